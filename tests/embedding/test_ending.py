"""The end of a process, whatever its tasks do."""

import asyncio
import gc

import pytest

from callbot.signals import run_to_the_end


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbot.signals._LAST_MOMENT", 0.01)


def test_a_task_that_goes_on_does_not_keep_the_process_alive(caplog: pytest.LogCaptureFixture) -> None:
    cancelled = 0

    async def stubborn() -> None:
        nonlocal cancelled
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    async def main() -> str:
        left.append(asyncio.create_task(stubborn()))
        await asyncio.sleep(0)
        return "over"

    left: list[asyncio.Task[None]] = []
    assert run_to_the_end(main()) == "over"
    assert cancelled == 1
    assert "tasks go on although they were cancelled" in caplog.text
    left.clear()
    gc.collect()


def test_a_task_that_ends_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    tidied = []

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    async def main() -> None:
        left.append(asyncio.create_task(tidy()))
        await asyncio.sleep(0)

    left: list[asyncio.Task[None]] = []
    run_to_the_end(main())
    assert tidied == [True]
    assert caplog.text == ""


def test_what_main_raises_is_raised() -> None:
    async def main() -> None:
        raise ValueError("as it is")

    with pytest.raises(ValueError, match="as it is"):
        run_to_the_end(main())
