"""The checks a store must pass: prove your own store with those callbot's stores are proven with.

`StoreSuite` is for every store, `DurableStoreSuite` for one that outlives its process and is shared by
several. Both are classes of asynchronous pytest tests. Make a subclass in a test module, and say where the
store is:

    import pytest
    from callbot.testing.stores import DurableStoreSuite

    class TestMyStore(DurableStoreSuite):
        opener = "mypackage.stores:open_store"

        @pytest.fixture(autouse=True)
        def place(self, tmp_path):
            self.url = f"mine://{tmp_path}/calls"

`opener` names a function that takes the URL and the clock that leases run on, and returns the `Store`, not
yet open. Every test must get a URL of its own, and the same URL must give the same data. It needs pytest with
pytest-asyncio in its `auto` mode; elsewhere mark the class with `@pytest.mark.asyncio`. For failures that
show their values, say `pytest.register_assert_rewrite("callbot.testing.stores")` in `conftest.py`.
"""

from callbot.testing.stores.base import Opener, opener_named
from callbot.testing.stores.durability import DurabilityChecks
from callbot.testing.stores.inbox import InboxChecks
from callbot.testing.stores.leases import LeaseChecks
from callbot.testing.stores.records import RecordChecks
from callbot.testing.stores.sharing import SharingChecks

__all__ = ["DurableStoreSuite", "Opener", "StoreSuite", "opener_named"]


class StoreSuite(RecordChecks, InboxChecks, LeaseChecks):
    """What every store must do."""


class DurableStoreSuite(StoreSuite, SharingChecks, DurabilityChecks):
    """What a store must do besides, when it outlives its process and several have it open."""
