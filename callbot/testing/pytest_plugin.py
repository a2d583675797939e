"""Fixtures for tests of a bot.

Put `pytest_plugins = ["callbot.testing.pytest_plugin"]` into the `conftest.py` beside your tests. Tests that
are coroutines need a plugin of their own, such as pytest-asyncio.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from callbot.testing import World
from callbot.testing import simulate as simulated

Simulate = Callable[..., AbstractAsyncContextManager[World]]
"""What the fixture `simulate` is: see `callbot.testing.simulate`."""


@pytest.fixture
def simulate(request: pytest.FixtureRequest) -> Simulate:
    """Run a bot in a simulated world, with faults from the mark `faults` of the test, if it has one.

    `@pytest.mark.faults("callbacks doubled and reordered", seed=3)`; several marks add up.
    """
    marks = list(request.node.iter_markers("faults"))
    names = tuple(name for mark in marks for name in mark.args)
    usual = {"faults": names, **{key: value for mark in marks for key, value in mark.kwargs.items()}}

    def start(bot: object, **settings: object) -> AbstractAsyncContextManager[World]:
        return simulated(bot, **{**usual, **settings})  # type: ignore[arg-type]  # as the caller gave them

    return start


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "faults(*names, seed=0): what goes wrong in the simulated world")
