"""The spans of a call, as OpenTelemetry's own SDK collects them."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from callbot import Call, CallBot, ConfigurationError, Settings, Tone, Transition
from callbot.log import ContextFilter
from callbot.runtime import Runtime
from callbot.state import Gone
from callbot.testing import ManualClock, simulate
from callbot.tracing import tracing_of
from callbot.tracing.spans import OpenTelemetry
from tests.runtime.test_restart import Noting, keep, settings, unhandled
from tests.state.wire import state

NAME = "Xanthippe Quisenberry"
EXPORTER = InMemorySpanExporter()
PROVIDER = TracerProvider()
PROVIDER.add_span_processor(SimpleSpanProcessor(EXPORTER))
trace.set_tracer_provider(PROVIDER)  # one for the process; without `tracing` nothing uses it


@pytest.fixture(autouse=True)
def _none_yet() -> None:
    EXPORTER.clear()


class Greeter(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        logging.getLogger("tests").warning("it rings")
        with trace.get_tracer("the bot's own").start_as_current_span("look up the caller"):
            await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        await call.subscribe_to_tone()

    async def on_tone(self, call: Call, tone: Tone) -> None:
        raise LookupError(f"nothing is known of {NAME}")

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        pass


def spans() -> Sequence[ReadableSpan]:
    return EXPORTER.get_finished_spans()


def named(name: str) -> list[ReadableSpan]:
    return [span for span in spans() if span.name == name]


def above(span: ReadableSpan) -> ReadableSpan | None:
    """The span that `span` is part of; fails where it is not among those that were told."""
    if span.parent is None:
        return None
    return next(one for one in spans() if one.context.span_id == span.parent.span_id)


def way(span: ReadableSpan) -> list[str]:
    """The names from the root of the trace down to `span`."""
    found = [span.name]
    while (upper := above(span)) is not None:
        span = upper
        found.insert(0, span.name)
    return found


async def one_call(*, tracing: bool = False) -> str:
    async with simulate(Greeter(), handlers_may_raise=True, tracing=tracing) as world:
        await world.person(NAME)
        call = await world.incoming(NAME)
        await call.is_established()
        await world.settled()
        await call.press("1")
        await world.settled()
        await call.hangs_up()
        await call.is_over()
        return call.id


async def test_a_call_is_told_from_the_callback_to_the_handler_to_the_request() -> None:
    call_id = await one_call(tracing=True)
    (answer,) = named("POST /communications/calls/{call_id}/answer")
    callback = "POST /api/calls"
    assert way(answer) == [callback, "Greeter.on_incoming", "look up the caller", answer.name]
    (sign_in,) = named("sign in")
    assert way(sign_in) == [*way(answer), "sign in"]
    (subscribe,) = named("POST /communications/calls/{call_id}/subscribeToTone")
    assert way(subscribe) == [callback, "Greeter.on_established", subscribe.name]
    (ended,) = named("Greeter.on_terminated")
    assert way(ended) == [callback, "Greeter.on_terminated"]
    assert all(above(span) is None for span in named(callback))
    handlers = [span for span in spans() if span.name.startswith("Greeter.")]
    assert {(span.attributes or {})["callbot.call.id"] for span in handlers} == {call_id}


async def test_a_span_says_what_conventions_and_operators_ask_for() -> None:
    await one_call(tracing=True)
    (answer,) = named("POST /communications/calls/{call_id}/answer")
    about = dict(answer.attributes or {})
    assert answer.kind is SpanKind.CLIENT
    assert about.pop("callbot.request_id")
    assert about.pop("callbot.client_request_id")
    assert about.pop("callbot.call.id")
    assert about == {
        "http.request.method": "POST",
        "url.template": "/communications/calls/{call_id}/answer",
        "server.address": "localhost",
        "callbot.verb": "answer",
        "http.response.status_code": 202,
    }
    callback = named("POST /api/calls")[0]
    assert callback.kind is SpanKind.SERVER
    assert dict(callback.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/api/calls",
        "url.path": "/api/calls",
        "http.response.status_code": 202,
        "callbot.result": "accepted",
        "callbot.notifications": 1,
    }
    (handler,) = named("Greeter.on_established")
    about = dict(handler.attributes or {})
    assert (about["callbot.transition.old"], about["callbot.transition.new"]) == (
        "establishing",
        "established",
    )
    assert [event.name for event in handler.events] == ["observed"]


async def test_a_handler_that_raises_is_an_error_without_its_words() -> None:
    await one_call(tracing=True)
    (failed,) = named("Greeter.on_tone")
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "LookupError"
    assert NAME not in "".join(span.to_json() for span in spans())


async def test_a_trace_the_platform_names_is_linked_and_not_joined() -> None:
    named_there = "0af7651916cd43dd8448eb211c80319c"
    tracing = OpenTelemetry()
    with tracing.callback("/api/calls", {"traceparent": f"00-{named_there}-b7ad6b7169203331-01"}):
        pass
    (callback,) = spans()
    assert callback.parent is None
    assert f"{callback.context.trace_id:032x}" != named_there
    assert [f"{link.context.trace_id:032x}" for link in callback.links] == [named_there]


async def test_a_span_of_the_hosts_own_server_is_above() -> None:
    with trace.get_tracer("the host").start_as_current_span("POST"), OpenTelemetry().callback("/calls", {}):
        pass
    assert way(named("POST /calls")[0]) == ["POST", "POST /calls"]


async def test_a_request_that_is_repeated_is_one_span() -> None:
    async with simulate(Greeter(), tracing=True) as world:
        await world.fault("throttle", times=2, where="answer")
        call = await world.incoming()
        await call.is_established()
    (answer,) = named("POST /communications/calls/{call_id}/answer")
    assert (answer.attributes or {})["http.request.resend_count"] == 2
    assert answer.status.status_code is StatusCode.UNSET


async def test_a_request_that_fails_says_with_what() -> None:
    async with simulate(Greeter(), handlers_may_raise=True, tracing=True) as world:
        await world.fault("refuse", times=9, where="answer")
        await world.incoming()
        await world.settled()
    (answer,) = named("POST /communications/calls/{call_id}/answer")
    assert answer.status.status_code is StatusCode.ERROR
    assert (answer.attributes or {})["error.type"] == "Unavailable"
    assert "http.response.status_code" not in (answer.attributes or {})


async def test_a_read_that_is_due_is_no_part_of_the_callback_before_it() -> None:
    async with simulate(Greeter(), tracing=True) as world:
        call = await world.incoming()
        await call.is_established()
        await world.advance(2000)
    reads = named("GET /communications/calls/{call_id}")
    kept = named("POST /communications/calls/{call_id}/keepAlive")
    assert reads
    assert kept
    assert [way(span) for span in (*reads, *kept)] == [[span.name] for span in (*reads, *kept)]


async def test_a_handler_of_what_no_callback_told_is_a_trace_of_its_own() -> None:
    async with simulate(Greeter(), tracing=True) as world:
        call = await world.incoming()
        await call.is_established()
        await world.settled()
        await world.silence(3600)
        await call.hangs_up()
        await call.is_over(within=3600)
    (ended,) = named("Greeter.on_terminated")
    assert way(ended) == ["Greeter.on_terminated"]


async def test_handlers_that_a_killed_process_left_are_traces_of_their_own(tmp_path: Path) -> None:
    store = tmp_path / "calls.db"
    await keep(store, unhandled(state("incoming"), Gone(200.0)))
    traced = settings(store).model_copy(update={"tracing": True})
    runtime = Runtime(Noting(), traced, clock=ManualClock(start=300.0))
    await runtime.start()
    await runtime.stop()
    both = named("Noting.on_transition")
    assert [way(span) for span in both] == [["Noting.on_transition"]] * 2
    assert [(span.attributes or {})["callbot.transition.redelivered"] for span in both] == [True, False]


async def test_log_lines_lead_to_the_trace(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(found := ContextFilter())
    await one_call(tracing=True)
    caplog.handler.removeFilter(found)
    (line,) = (one for one in caplog.records if one.getMessage() == "it rings")
    (handler,) = named("Greeter.on_incoming")
    assert vars(line)["trace_id"] == f"{handler.context.trace_id:032x}"
    assert vars(line)["span_id"] == f"{handler.context.span_id:016x}"


async def test_nothing_is_traced_unless_it_is_wanted() -> None:
    await one_call()
    assert [span.name for span in spans()] == ["look up the caller"]  # the bot's own


def test_opentelemetry_is_not_even_imported_unless_it_is_wanted() -> None:
    code = "import callbot, callbot.service, sys; print('opentelemetry' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_without_the_extra_the_mistake_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "callbot.tracing.spans", None)
    wanting = Settings(
        app_id="a", client_secret="s", callback_url="https://bot.example/api/calls", tracing=True
    )
    with pytest.raises(ConfigurationError, match=r"pip install '/path/to/callbot\[otel\]'"):
        tracing_of(wanting)
