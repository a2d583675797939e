"""callbot's stores pass the suite that is shipped for others."""

from pathlib import Path

import pytest

from callbot.testing.stores import DurableStoreSuite, StoreSuite


class TestMemoryStore(StoreSuite):
    url = "memory://"


class TestSqliteStore(DurableStoreSuite):
    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path}/calls.db"


class TestSqliteStoreThatDoesNotWaitForTheDisk(DurableStoreSuite):
    """Without that wait it must still outlive its process."""

    seed = 4711

    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path}/calls.db?synchronous=normal"
