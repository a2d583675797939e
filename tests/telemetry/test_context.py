"""What log lines say of the call, the callback and the hook that they are written in the course of."""

import asyncio
import logging

import pytest

from callbot.log import CONTEXT, NOTHING, Context, ContextFilter, about, get_logger
from callbot.model import CallState
from callbot.settings import Settings
from callbot.state import Gone, Observation, fold
from callbot.testing import ManualClock
from callbot.webhook import Callback, Full, Receiver
from callbot.webhook.auth.claims import Caller
from tests.state.wire import created, state

_log = get_logger("callbot.test")

CALLER = Caller("app", "tenant-1", expires=1e12)
HEADERS = {
    "content-type": "application/json",
    "x-microsoft-skype-message-id": "message-1",
    "x-microsoft-skype-chain-id": "chain-1",
    "scenario-id": "scenario-1",
}


def context(call_id: str, hook: str | None = None) -> Context:
    return (call_id, "tenant", "app", None, hook, None, ("request", "scenario", None, None))


def fields(record: logging.LogRecord) -> dict[str, object]:
    names = ("call_id", "tenant", "app_id", "scenario_id", "request_id", "chain_id", "hook")
    return {name: vars(record)[name] for name in names if name in vars(record)}


def test_a_line_says_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    with about(context("call-1", "on_tone")):
        _log.warning("something")
    _log.warning("something else")
    first, second = caplog.records
    assert fields(first) == {
        "call_id": "call-1",
        "tenant": "tenant",
        "app_id": "app",
        "scenario_id": "scenario",
        "request_id": "request",
        "hook": "on_tone",
    }
    assert fields(second) == {}


def test_what_a_line_says_itself_counts_more(caplog: pytest.LogCaptureFixture) -> None:
    with about(context("call-1")):
        _log.warning("something", call_id="call-2", request_id=None)
    assert fields(caplog.records[0])["call_id"] == "call-2"
    assert fields(caplog.records[0])["request_id"] == "request"


async def test_a_task_goes_on_with_what_it_began_with(caplog: pytest.LogCaptureFixture) -> None:
    async def later() -> None:
        await asyncio.sleep(0)
        _log.warning("later")

    with about(context("call-1")):
        task = asyncio.create_task(later())
    CONTEXT.set(context("call-2"))
    await task
    CONTEXT.set(NOTHING)
    assert fields(caplog.records[0])["call_id"] == "call-1"


def test_lines_of_a_hosts_own_code_say_it_too_through_a_filter(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(added := ContextFilter())
    try:
        with about(context("call-1")):
            logging.getLogger("a.bot").warning("plain", extra={"tenant": "its own"})
    finally:
        caplog.handler.removeFilter(added)
    assert fields(caplog.records[0])["call_id"] == "call-1"
    assert fields(caplog.records[0])["tenant"] == "its own"


class Knows:
    """Everybody is who they say."""

    async def authenticate(self, authorization: str | None) -> Caller:
        return CALLER


async def full(_: Callback) -> None:
    raise Full


async def test_a_line_about_a_refused_callback_says_whose_it_was(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(app_id="app", client_secret="s", callback_url="https://bot.example/api/calls")
    receiver = Receiver(settings=settings, authenticator=Knows(), accept=full, clock=ManualClock())
    for body in (
        b"no JSON",
        b'{"value": [{"resourceUrl": "/communications/calls/call-1", "changeType": "updated"}]}',
    ):
        await receiver.handle("POST", HEADERS, body)
    assert CONTEXT.get() is NOTHING  # the connection's next request may be a stranger's
    ids = {
        "tenant": "tenant-1",
        "app_id": "app",
        "scenario_id": "scenario-1",
        "request_id": "message-1",
        "chain_id": "chain-1",
    }
    assert [fields(one) for one in caplog.records] == [ids, {"call_id": "call-1", **ids}]


def test_a_call_keeps_the_scenario_that_the_bot_has_chosen_whichever_comes_first() -> None:
    chosen = created()
    chosen = type(chosen)(
        chosen.at, chosen.app_id, chosen.tenant_id, chosen.call_id, chosen.resource, None, "mine"
    )
    told = state("establishing")
    orders: list[list[Observation]] = [[chosen, told], [told, chosen]]
    for observations in orders:
        record = None
        for one in observations:
            record = fold(record, one).record
        assert record is not None
        assert record.scenario_id == "mine"
        assert fold(record, Gone(1e9)).record.context()[3] == "mine"  # type: ignore[union-attr]  # there is one
        assert record.state is not CallState.TERMINATED
