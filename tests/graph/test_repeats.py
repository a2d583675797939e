"""Whatever happens on the way, in any order: what may have had its effect is sent once only."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from callbot.errors import GraphError
from callbot.graph import Repeat, Verb
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.connection import Connection, NoAnswer
from callbot.graph.transport.funnel import Funnel
from callbot.graph.transport.retry import MAX_ATTEMPTS, Fate
from callbot.graph.verbs import VERBS
from callbot.testing import ManualClock

ONCE_ONLY = [verb for verb in VERBS if verb.repeat is Repeat.REFUSED]
ANY_TIMES = [verb for verb in VERBS if verb.repeat is Repeat.FREELY]
IDS = dict.fromkeys(("call_id", "participant_id", "group_id", "content_sharing_id", "operation_id"), "x")

OUTCOMES: dict[str, Answer | NoAnswer] = {
    "done": Answer(200, {}, b"{}"),
    "throttled": Answer(429, {"Retry-After": "3"}, b""),
    "shed": Answer(503, {"Retry-After": "1.5"}, b""),
    "broken": Answer(500, {}, b""),
    "gateway": Answer(503, {}, b""),
    "late": Answer(504, {"Retry-After": "1"}, b""),
    "unauthorized": Answer(401, {}, b""),
    "wrong": Answer(400, {}, b""),
    "refused": NoAnswer("no connection", Fate.NOT_SENT),
    "cut": NoAnswer("broken off", Fate.UNKNOWN),
    "silent": NoAnswer("no answer", Fate.UNKNOWN, timed_out=True),
}
HAD_EFFECT = {"done", "broken", "gateway", "late", "cut", "silent"}


class HastyClock(ManualClock):
    """A clock on which every pause is over at once, and no deadline ever comes."""

    def call_later(self, delay: float, callback: Callable[[], object]):  # type: ignore[no-untyped-def]  # ManualClock's
        if delay > 1e6:
            return super().call_later(delay, callback)
        self._elapsed += delay
        return asyncio.get_running_loop().call_soon(callback)


class ScriptedConnection(Connection):
    """A connection to which one thing after the other happens; the last one goes on happening."""

    def __init__(self, script: list[str]) -> None:
        self.script = script
        self.happened: list[str] = []

    async def exchange(
        self, method: str, url: URL | str, headers: Mapping[str, str], body: bytes | None, within: float
    ) -> Answer:
        name = self.script[min(len(self.happened), len(self.script) - 1)]
        self.happened.append(name)
        outcome = OUTCOMES[name]
        if isinstance(outcome, NoAnswer):
            raise outcome
        return outcome


@dataclass
class EndlessTokens:
    dropped: list[str] = field(default_factory=list)

    def cached(self, tenant: str) -> str | None:
        return f"token-{len(self.dropped)}"

    async def token(self, tenant: str) -> str:
        return f"token-{len(self.dropped)}"

    def drop(self, tenant: str, token: str) -> bool:
        self.dropped.append(token)
        return True

    async def close(self) -> None:
        return


def send(verb: Verb, script: list[str]) -> tuple[list[str], GraphError | None]:
    """Send a verb and return what happened to it on the way, and the error it ended with."""
    clock = HastyClock()
    connection = ScriptedConnection(script)
    funnel = Funnel(
        connection, EndlessTokens(), clock, URL("https://g"), "Global", "t", 1e9, random.Random(1)
    )
    try:
        asyncio.run(_send(funnel, verb))
    except GraphError as error:
        return connection.happened, error
    return connection.happened, None


async def _send(funnel: Funnel, verb: Verb) -> None:
    await funnel.send(verb, tenant=None, ids=IDS)


scripts = st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=1, max_size=8)


@given(st.sampled_from(ONCE_ONLY), scripts)
def test_what_must_happen_once_is_never_sent_after_it_may_have_happened(
    verb: Verb, script: list[str]
) -> None:
    happened, _ = send(verb, script)
    assert not HAD_EFFECT & set(happened[:-1])


@given(st.sampled_from(VERBS), scripts)
def test_every_request_ends_after_a_few_attempts_and_as_it_was_answered(
    verb: Verb, script: list[str]
) -> None:
    happened, error = send(verb, script)
    assert len(happened) <= MAX_ATTEMPTS + 1
    assert error is None or happened[-1] != "done"
    assert error is not None or happened[-1] == "done" or verb.settled_by


@given(st.sampled_from(ANY_TIMES), st.lists(st.sampled_from(sorted(HAD_EFFECT - {"done"})), max_size=4))
def test_what_may_happen_twice_gets_through_a_few_lost_answers(verb: Verb, script: list[str]) -> None:
    _, error = send(verb, [*script, "done"])
    assert error is None


@pytest.mark.parametrize("verb", ONCE_ONLY, ids=lambda verb: verb.name)
@pytest.mark.parametrize("refusal", ["throttled", "shed", "refused"])
def test_what_must_happen_once_is_sent_again_when_it_was_refused(verb: Verb, refusal: str) -> None:
    happened, error = send(verb, [refusal, "done"])
    assert error is None
    assert happened == [refusal, "done"]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.settled_by], ids=lambda verb: verb.name)
def test_a_verb_that_was_done_before_its_answer_was_lost_succeeds(
    verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, code = (404, "8522") if verb.method == "DELETE" else (409, "8519")
    body = b'{"error": {"code": "%s", "message": "x"}}' % code.encode()
    monkeypatch.setitem(OUTCOMES, "too late", Answer(status, {}, body))
    happened, error = send(verb, ["cut", "too late"])
    assert error is None
    _, error = send(verb, ["too late"])
    assert isinstance(error, verb.settled_by)
    assert happened == ["cut", "too late"]
