"""A scrape says what happened: calls on a bad line, a handler that fails, Graph that throttles."""

import asyncio
import platform
from collections import Counter

from callbot import Call, CallBot, CallResource, MediaChange, RejectReason, Tone, Transition, __version__
from callbot.emulator import APP_ID, CallbackEntry, RequestEntry
from tests.metrics.conftest import Watch, Watched


class Clerk(CallBot):
    """Answers, stumbles over a tone, and is held up in `on_established` until `go` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.toned = asyncio.Event()

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        await call.subscribe_to_tone()
        await self.go.wait()

    async def on_tone(self, call: Call, tone: Tone) -> None:
        self.toned.set()
        raise RuntimeError("no such extension")

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        pass


async def settled_after_calls(world: Watched, bot: Clerk) -> None:
    """One call on a bad line: a doubled callback, one that comes too late, a 429, a handler that fails."""
    faults = world.emulator.faults
    faults.inject("duplicate", where="created incoming")
    faults.inject("reorder", where="updated establishing")
    faults.inject("throttle", where="POST answer")
    emulated = await world.emulator.place_call("Ana")
    await emulated.until_subscribed()
    emulated.press("1")
    await world.until(lambda: world.runtime.handlers_waiting > 0)
    bot.go.set()
    await bot.toned.wait()
    world.post.deliver(2)
    await world.settled()
    await world.until(lambda: world.runtime.caretaker.reads.get("stale notification") == 1)
    await world.until(lambda: world.emulator.log.of(RequestEntry)[-1].method == "GET")
    await world.settled()
    emulated.hang_up()
    await emulated.until_over()
    await world.settled()


async def test_the_numbers_are_what_happened(watch: Watch) -> None:
    bot = Clerk()
    async with watch(bot) as world:
        await settled_after_calls(world, bot)
        scraped, log = await world.scrape(), world.emulator.log
        callbacks = log.of(CallbackEntry)
        assert scraped.by("callbot_callbacks_total", "result") == {
            "accepted": len(callbacks) - 1,
            "redelivered": 1,
        }
        assert scraped.by("callbot_notifications_total", "result") == {"accepted": len(callbacks) - 1}
        told = Counter((one.new, one.source) for one in world.transitions)
        for (state, source), times in told.items():
            assert scraped.of("callbot_transitions_total", state=state, source=source) == times
        assert scraped.of("callbot_transitions_total") == len(world.transitions)
        assert scraped.of("callbot_observations_total", kind="notification", result="stale") == 1
        assert scraped.by("callbot_reads_total", "trigger") == {"stale notification": 1}
        assert scraped.of("callbot_observations_total", kind="read") == 1
        assert scraped.of("callbot_ends_inferred_total") == 0
        assert scraped.of("callbot_calls") == 0
        assert scraped.of("callbot_tombstones") == 1


async def test_the_requests_to_graph_are_what_graph_got(watch: Watch) -> None:
    bot = Clerk()
    async with watch(bot) as world:
        await settled_after_calls(world, bot)
        scraped = await world.scrape()
        asked = [one for one in world.emulator.log.of(RequestEntry) if "/communications/" in one.path]
        assert scraped.of("callbot_graph_requests_total") == len(asked)
        assert scraped.by("callbot_graph_requests_total", "result") == {
            "ok": len(asked) - 1,
            "throttled": 1,
        }
        assert scraped.of("callbot_graph_requests_total", verb="answer", result="throttled") == 1
        assert scraped.of("callbot_graph_requests_total", verb="answer", result="ok") == 1
        assert scraped.of("callbot_graph_throttled_total") == 1
        assert 0 < scraped.of("callbot_graph_throttle_wait_seconds_total", waiting="requests") < 0.1
        assert scraped.of("callbot_graph_request_seconds_count", verb="answer") == 2
        assert scraped.of("callbot_graph_request_seconds_count") == len(asked)
        assert scraped.by("callbot_sign_ins_total", "result") == {"ok": 1}
        assert scraped.by("callbot_key_fetches_total", "result") == {"ok": 1}


async def test_handlers_are_counted_by_hook_and_outcome(watch: Watch) -> None:
    bot = Clerk()
    async with watch(bot) as world:
        await settled_after_calls(world, bot)
        scraped = await world.scrape()
        assert scraped.by("callbot_handler_seconds_count", "hook") == {
            "on_incoming": 1,
            "on_established": 1,
            "on_tone": 1,
            "on_terminated": 1,
        }
        assert scraped.of("callbot_handler_seconds_count", hook="on_tone", outcome="failed") == 1
        assert scraped.of("callbot_handler_seconds_count", outcome="ok") == 3
        assert scraped.of("callbot_handler_failures_total") == 1
        ran = [one for one in world.handled if one.handler is not None]
        assert scraped.of("callbot_handler_seconds_sum") == sum(one.seconds for one in ran)
        assert scraped.of("callbot_callback_lag_seconds_count") == len(ran)
        assert scraped.of("callbot_callback_lag_seconds_bucket", le="+Inf") == len(ran)
        assert scraped.of("callbot_handlers_waiting") == scraped.of("callbot_handlers_running") == 0


async def test_a_bot_that_is_well_says_so(watch: Watch) -> None:
    async with watch(CallBot(), max_queued=77) as world:
        scraped = await world.scrape()
        well = {
            "callbot_ready": 1,
            "callbot_store_ok": 1,
            "callbot_ownership_held": 1,
            "callbot_keys_ready": 1,
            "callbot_callbacks_stopped": 0,
            "callbot_callback_stops_total": 0,
            "callbot_store_failures_total": 0,
            "callbot_notifications_waiting": 0,
            "callbot_notifications_waiting_limit": 77,
        }
        assert {name: scraped.of(name, bot=APP_ID) for name in well} == well
        build = {"version": __version__, "python": platform.python_version()}
        assert scraped.of("callbot_build_info", **build) == 1
        assert scraped.of("process_resident_memory_bytes") > 0


async def test_a_bot_that_drains_is_not_ready(watch: Watch) -> None:
    async with watch(CallBot()) as world:
        await world.runtime.drain()
        assert (await world.scrape()).of("callbot_ready") == 0


class Waiting(CallBot):
    """Keeps each call where it is."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await self.go.wait()
        await call.reject(RejectReason.BUSY)


async def test_live_calls_and_what_waits_are_seen_while_they_do(watch: Watch) -> None:
    bot = Waiting()
    async with watch(bot) as world:
        calls = [await world.emulator.place_call("Ana") for _ in range(3)]
        await world.until(lambda: world.runtime.handlers == 3)
        scraped = await world.scrape()
        assert scraped.by("callbot_calls", "state") == {"incoming": 3}
        assert scraped.of("callbot_handlers_running") == 3
        bot.go.set()
        for call in calls:
            await call.until_over()
        await world.settled()
        scraped = await world.scrape()
        assert scraped.by("callbot_calls", "state") == {}
        assert scraped.of("callbot_tombstones") == 3


class Choosy(CallBot):
    """Cannot say where a call is to be taken."""

    def __init__(self) -> None:
        self.failing = True

    async def on_announced(self, announced: CallResource) -> str | None:
        if self.failing:
            raise LookupError("no map")
        return None


async def test_hooks_that_the_platform_waits_for_are_handlers_too(watch: Watch) -> None:
    bot = Choosy()
    async with watch(bot) as world:
        for failing in (True, False):
            bot.failing = failing
            await world.emulator.place_call("Ana")
            await world.settled()
        scraped = await world.scrape()
        for outcome in ("ok", "failed"):
            name = "callbot_handler_seconds_count"
            assert scraped.of(name, hook="on_announced", outcome=outcome) == 1


async def test_callbacks_that_stop_are_seen(watch: Watch) -> None:
    """Three ends that no callback told of, found as Graph does not know the calls any more."""

    class Answering(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()

        async def on_media(self, call: Call, change: MediaChange) -> None:
            pass

    async with watch(Answering()) as world:
        calls = [await world.emulator.place_call("Ana") for _ in range(3)]
        await world.until(lambda: len(world.transitions) == 9)
        await world.emulator.until_idle()
        world.emulator.faults.silence(3600)
        for call in calls:
            call.hang_up()
            await call.until_over()
            await world.runtime.refresh(call.id.replace("-", ""))
        await world.settled()
        scraped = await world.scrape()
        assert scraped.of("callbot_callbacks_stopped") == 1
        assert scraped.of("callbot_callback_stops_total") == 1
        assert scraped.of("callbot_ends_inferred_total") == 3
        assert scraped.of("callbot_transitions_total", state="terminated", source="gone") == 3
        assert scraped.by("callbot_reads_total", "trigger") == {"asked for": 3}
        world.emulator.faults.clear()
        await world.emulator.place_call("Ana")
        await world.until(lambda: len(world.transitions) == 15)
        scraped = await world.scrape()
        assert scraped.of("callbot_callbacks_stopped") == 0
        assert scraped.of("callbot_callback_stops_total") == 1
