"""What a bot keeps of a call is stored with it, and there again after a restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from callbot import (
    Call,
    CallBot,
    CallState,
    ConfigurationError,
    HandlerFailure,
    StoreError,
    Tone,
    Transition,
    User,
)
from callbot.runtime import Runtime
from callbot.testing import HandlerRaised, simulate
from tests.end_to_end.conftest import Start

SINCE = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)


class Notes(BaseModel):
    model_config = ConfigDict(strict=True)

    keys: str = ""
    since: datetime | None = None
    tags: frozenset[str] = frozenset()


class Noting(CallBot[Notes]):
    """Notes every key."""

    def __init__(self) -> None:
        self.ends: list[Notes] = []

    async def on_established(self, call: Call[Notes], transition: Transition) -> None:
        call.data.since = SINCE
        call.data.tags |= {"vip"}
        await call.subscribe_to_tone()

    async def on_tone(self, call: Call[Notes], tone: Tone) -> None:
        call.data.keys += tone.key
        if tone.key == "*":
            raise LookupError("no such key")

    async def on_terminated(self, call: Call[Notes], transition: Transition) -> None:
        self.ends.append(call.data)

    async def on_error(self, call: Call[Notes], failure: HandlerFailure) -> None:
        await call.save()


@pytest.mark.parametrize("store", ["memory://", "sqlite:///{}/calls.db"])
async def test_what_one_handler_noted_the_next_one_reads(store: str, tmp_path: Path) -> None:
    bot = Noting()
    async with simulate(bot, store=store.format(tmp_path), handlers_may_raise=True) as world:
        ana = await world.person("Femi", answers_after=1)
        await bot.place_call(ana.callee)
        call = await world.outgoing()
        await call.is_asked_for("subscribeToTone")
        await call.press("1*2")
        await world.settled()
        (record,) = world.runtime.registry.live()
        assert record.data == {"keys": "1*2", "since": "2026-02-03T09:30:00Z", "tags": ["vip"]}
        await call.hangs_up()
        await call.is_over()
    assert bot.ends == [Notes(keys="1*2", since=SINCE, tags=frozenset({"vip"}))]


async def test_it_is_there_again_in_the_process_that_takes_over(start: Start, tmp_path: Path) -> None:
    first = Noting()
    async with start(first, store=f"sqlite:///{tmp_path}/calls.db") as world:
        call = await first.place_call(User(world.emulator.person("Femi").id), data=Notes(keys="0"))
        await call.until(CallState.ESTABLISHED)
        await world.emulator.call(call.id).until_subscribed()
        world.emulator.call(call.id).press("7")
        await world.settled()
        call.data.keys += "!"
        await call.save()
        await world.runtime.stop()
        heir = Noting()
        runtime = Runtime(heir, world.settings)
        await runtime.start()
        await runtime.ownership.until_held()
        world.emulator.call(call.id).hang_up()
        await runtime.refresh(call.id.replace("-", ""))
        await world.until(lambda: bool(heir.ends))
        await runtime.stop()
    assert heir.ends == [Notes(keys="07!", since=SINCE, tags=frozenset({"vip"}))]


async def test_stored_data_that_does_not_fit_any_more_says_which_field() -> None:
    class Numbers(BaseModel):
        keys: int = 0

    class Texts(BaseModel):
        keys: str = "many"

    class Counting(CallBot[Numbers]):
        async def on_tone(self, call: Call[Numbers], tone: Tone) -> None:
            call.data.keys += 1

    bot, earlier = Counting(), Texts()
    with pytest.raises(HandlerRaised, match=r"does not fit Numbers any more \(keys\): let new fields"):  # noqa: PT012
        async with simulate(bot) as world:
            femi = await world.person("Femi", answers_after=0)
            call = await bot.place_call(femi.callee, data=earlier)  # type: ignore[arg-type]  # as it was once
            staged = await world.outgoing()
            await call.until(CallState.ESTABLISHED)
            await call.subscribe_to_tone()
            await staged.press("1")
            await world.settled()


async def test_data_that_is_not_what_its_model_says_is_a_failure_of_the_handler() -> None:
    failures: list[Exception] = []

    class Sloppy(CallBot[Notes]):
        async def on_incoming(self, call: Call[Notes], transition: Transition) -> None:
            call.data.keys = 5  # type: ignore[assignment]  # what is tested
            await call.reject(wait=False)

        async def on_error(self, call: Call[Notes], failure: HandlerFailure) -> None:
            failures.append(failure.error)
            with pytest.raises(TypeError, match="is a Notes, not a str"):
                call.data = "text"  # type: ignore[assignment]  # as above
            call.data = Notes()

    async with simulate(Sloppy(), handlers_may_raise=True) as world:
        call = await world.incoming()
        await call.is_rejected()
    assert isinstance(failures[0], StoreError)
    assert str(failures[0]) == "the data of a call does not fit Notes (keys)"


async def test_a_bot_without_a_model_is_told_how_to_have_one() -> None:
    class Plain(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.reject(wait=False)
            with pytest.raises(ConfigurationError, match=r"class MyBot\(CallBot\[MyModel\]\)"):
                _ = call.data

    async with simulate(Plain()) as world:
        call = await world.incoming()
        await call.is_rejected()
