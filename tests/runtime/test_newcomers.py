"""Callbacks of which not all is for this process: calls sent elsewhere, calls that come in during a drain."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from callbot import Call, CallBot, CallResource, Transition
from callbot.model import call_key
from callbot.testing import ManualClock, settle
from tests.runtime.test_trouble import callback, idle, item, running
from tests.state.wire import CALL_ID

OTHER_ID = "1d2f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a02"
THIRD_ID = "2e3f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a03"
NEAR, FAR = "https://near.example.com/api/calls", "https://far.example.com/api/calls"


def incoming(call_id: str, subject: str = "") -> Mapping[str, object]:
    return item("incoming", call_id, change="created", id=call_id, subject=subject)


class Placing(CallBot):
    """Sends a call to the address that its subject is."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def on_announced(self, announced: CallResource) -> str | None:
        return announced.subject or None

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.told.append((call.id, transition.new))


async def test_what_else_is_in_a_callback_stays_when_one_call_is_sent_elsewhere() -> None:
    bot = Placing()
    async with running(bot, ManualClock()) as (runtime, _):
        reply = await runtime.intake.accept(
            callback(runtime, item("established"), incoming(OTHER_ID, NEAR), incoming(THIRD_ID))
        )
        await settle()
        assert reply is not None
        assert (reply.status, reply.headers) == (307, {"Location": NEAR})
        assert bot.told == [(CALL_ID, "established"), (THIRD_ID, "incoming")]
        assert runtime.record(call_key(OTHER_ID)) is None
        assert runtime.intake.counts["moved"] == 1


async def test_a_callback_goes_to_one_address_a_call_for_another_is_taken_here() -> None:
    bot = Placing()
    async with running(bot, ManualClock()) as (runtime, _):
        calls = [incoming(CALL_ID, NEAR), incoming(OTHER_ID, FAR), incoming(THIRD_ID, NEAR)]
        reply = await runtime.intake.accept(callback(runtime, *calls))
        await settle()
        assert reply is not None
        assert reply.headers == {"Location": NEAR}
        assert bot.told == [(OTHER_ID, "incoming")]


async def test_a_drain_sends_new_calls_elsewhere_and_takes_the_rest_of_the_callback() -> None:
    bot = Placing()
    async with running(bot, ManualClock(), drain_incoming=FAR) as (runtime, _):
        await runtime.drain()
        reply = await runtime.intake.accept(callback(runtime, item("established"), incoming(OTHER_ID)))
        await settle()
        assert reply is not None
        assert reply.headers == {"Location": FAR}
        assert bot.told == [(CALL_ID, "established")]
        assert runtime.newcomers.counts["redirected"] == 1


async def test_the_process_that_looks_after_a_call_queues_what_another_accepted_before_it(
    tmp_path: Path,
) -> None:
    bot, clock, store = Placing(), ManualClock(), f"sqlite:////{tmp_path}/calls.db"
    async with running(bot, clock, store) as (owner, _), running(CallBot(), clock, store) as (waiting, _):
        for first, second in ((waiting, owner), (owner, waiting), (waiting, owner)):
            call_id = f"{len(bot.told):08x}{CALL_ID[8:]}"
            await first.intake.accept(callback(first, item("establishing", call_id)))
            await second.intake.accept(callback(second, item("established", call_id)))
            await owner.intake.look_into_inbox()
            await idle(owner)
            assert bot.told[-2:] == [(call_id, "establishing"), (call_id, "established")]


class Stubborn(CallBot):
    """Has a handler that does not end."""

    async def on_established(self, call: Call, transition: Transition) -> None:
        await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("new", [True, False])
async def test_a_call_that_is_kept_for_the_next_process_makes_the_drain_short(
    tmp_path: Path, *, new: bool
) -> None:
    clock, store = ManualClock(), f"sqlite:////{tmp_path}/calls.db"
    async with running(Stubborn(), clock, store, drain_incoming="accept") as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established")))
        while runtime.handlers == 0:  # noqa: ASYNC110 - a store works in a thread
            await asyncio.sleep(0.001)
        draining = asyncio.create_task(runtime.drain())
        await settle()
        if new:
            await runtime.intake.accept(callback(runtime, incoming(OTHER_ID)))
        await clock.advance(5.0)
        await settle()
        assert draining.done() is new
        kept = [entry.notified.call_id async for entry in runtime._store.inbox()]
        assert kept == ([OTHER_ID] if new else [])
        await clock.advance(15.0)
        await draining
