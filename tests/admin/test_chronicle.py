"""A timeline has what happened, in order, and never grows too large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.admin.timeline import Chronicle, Entry
from callbot.admin.timeline.chronicle import LONGEST
from callbot.admin.timeline.entry import of_observation
from callbot.bot import Handled
from callbot.graph import Sent
from callbot.graph.verbs.calls import GET_CALL, HANG_UP
from callbot.model import CallState, ChangeType, ResourcePath, ResultInfo
from callbot.registry import Observed
from callbot.state import (
    KeptAlive,
    Notified,
    Record,
    SetBack,
    Source,
    Transition,
    Verdict,
)
from callbot.testing import ManualClock

ID = "57DAB8B1-894c"
KEY = "57dab8b1894c"


class Kept:
    """A chronicle, and what it published."""

    def __init__(self, most: int = 1_000) -> None:
        self.clock = ManualClock()
        self.known = {KEY}
        self.published: list[tuple[str, Entry]] = []
        self.chronicle = Chronicle(
            self.clock,
            is_known=self.known.__contains__,
            publish=lambda key, entry: self.published.append((key, entry)),
            most=most,
        )

    async def kept_alive(self, key: str = KEY) -> None:
        record = Record(key, key, "app", None, 0.0, 0.0, 0.0)
        await self.clock.advance(1)
        observed = Observed(record, (), (), Verdict.REPEATED)
        self.chronicle.seen(key, KeptAlive(self.clock.time()), observed)

    def refused(self, seconds: float) -> None:
        sent = Sent(HANG_UP, f"https://graph.microsoft.com/v1.0/communications/calls/{ID}", seconds, None)
        self.chronicle.sent(sent)


def transition() -> Transition:
    return Transition(
        ID, 1, None, CallState.INCOMING, Source.NOTIFICATION, 0.0, ResultInfo.view({"message": "+49301"})
    )


async def test_the_same_again_and_again_is_one_entry() -> None:
    kept = Kept()
    for _ in range(500):
        await kept.kept_alive()
    (entry,) = kept.chronicle.timeline(KEY)
    assert (entry.kind, entry.times, entry.last_at) == ("keep-alive", 500, kept.clock.time())
    assert kept.chronicle.entries == 1
    assert len(kept.published) == 500


def test_a_timeline_keeps_the_latest() -> None:
    kept = Kept()
    for number in range(3 * LONGEST):
        kept.refused(float(number))
    timeline = kept.chronicle.timeline(KEY)
    assert [entry.seconds for entry in timeline] == [float(one) for one in range(2 * LONGEST, 3 * LONGEST)]
    assert kept.chronicle.entries == LONGEST


@given(st.lists(st.sampled_from([0.0, 1.0, 1.0001, 1.0002, 2.0]), min_size=1, max_size=20))
def test_a_timeline_is_in_the_order_of_time_and_else_of_arrival(moments: list[float]) -> None:
    """After a restart what another process had accepted is seen late."""
    kept = Kept()
    record = Record(KEY, KEY, "app", None, 0.0, 0.0, 0.0)
    for number, at in enumerate(moments):
        change = transition()._replace(at=at, source=Source.READ if number % 2 else Source.GONE)
        kept.chronicle.seen(KEY, SetBack(at), Observed(record, (change,), (), Verdict.APPLIED))
    timeline = kept.chronicle.timeline(KEY)
    assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)
    assert sum(entry.times for entry in timeline) == len(moments)


async def test_what_is_seen_late_stands_where_it_belongs() -> None:
    kept = Kept()
    await kept.kept_alive()
    await kept.kept_alive()
    kept.refused(1.0)
    kept.chronicle.seen(
        KEY,
        SetBack(0.0),
        Observed(Record(KEY, KEY, "app", None, 0.0, 0.0, 0.0), (transition(),), (), Verdict.APPLIED),
    )
    assert [entry.kind for entry in kept.chronicle.timeline(KEY)] == ["transition", "keep-alive", "verb"]
    for number in range(LONGEST):
        kept.refused(float(number))
    assert {entry.kind for entry in kept.chronicle.timeline(KEY)} == {"verb"}


async def test_all_timelines_together_have_a_limit() -> None:
    kept = Kept(most=50)
    for number in range(80):
        await kept.kept_alive(f"call{number}")
    assert kept.chronicle.entries == 50
    assert kept.chronicle.timeline("call29") == ()
    assert len(kept.chronicle.timeline("call30")) == 1


async def test_the_timelines_of_forgotten_calls_go() -> None:
    kept = Kept(most=100_000)
    for number in range(5_000):
        await kept.kept_alive(f"call{number}")
    assert kept.chronicle.entries <= 1_001


def test_a_handler_runs_from_its_beginning_to_its_end() -> None:
    kept = Kept()
    kept.chronicle.began(ID, transition(), "test.<locals>.Bot.on_incoming")
    running = kept.chronicle.running(KEY)
    assert running is not None
    assert running.since == kept.clock.time()
    kept.chronicle.ended(Handled(transition(), "Bot.on_incoming", 1.5, RuntimeError("Ana +49301")))
    assert kept.chronicle.running(KEY) is None
    began, ended = kept.chronicle.timeline(KEY)
    assert (began.what, began.result) == ("Bot.on_incoming began", "for first seen -> incoming")
    assert (ended.what, ended.result, ended.seconds) == ("Bot.on_incoming ended", "raised RuntimeError", 1.5)


def test_a_read_that_had_success_is_no_entry_of_its_own() -> None:
    kept = Kept()
    kept.chronicle.sent(Sent(GET_CALL, f"https://g/v1.0/communications/calls/{ID}", 0.1, None))
    assert kept.chronicle.timeline(KEY) == ()


def test_a_request_about_no_known_call_is_not_kept() -> None:
    kept = Kept()
    kept.chronicle.sent(Sent(HANG_UP, "https://g/v1.0/communications/calls/another", 0.1, None))
    kept.chronicle.sent(Sent(HANG_UP, "https://g/v1.0/communications/calls", 0.1, None))
    assert kept.chronicle.entries == 0


def test_what_is_no_sighting_is_no_entry() -> None:
    assert of_observation(SetBack(0.0), Verdict.APPLIED) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("+493012345678"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    data=JSON
    | st.fixed_dictionaries(
        {}, optional={"state": JSON, "toneInfo": JSON, "mediaState": JSON, "status": JSON, "audio": JSON}
    ),
    path=st.sampled_from(["", "/participants", "/operations/o", "/contentSharingSessions/c", "/unheard/of"]),
)
def test_whatever_a_notification_says_is_told_in_words_without_what_people_typed(
    data: object, path: str
) -> None:
    notified = Notified(
        0.0,
        "app",
        None,
        ID,
        ResourcePath.parse(f"/communications/calls/{ID}{path}"),
        ChangeType.UPDATED,
        data,
    )
    entry = of_observation(notified, Verdict.APPLIED)
    assert entry is not None
    assert entry.what.isascii()
    assert "+49" not in entry.what
    assert len(entry.what) < 120


@pytest.mark.parametrize("digit", ["tone1", "tone7", "pound"])
def test_a_tone_is_told_without_its_key(digit: str) -> None:
    data = {"state": "established", "toneInfo": {"tone": digit, "sequenceId": 1}}
    notified = Notified(
        0.0, "app", None, ID, ResourcePath.parse(f"/communications/calls/{ID}"), ChangeType.UPDATED, data
    )
    assert digit not in str(of_observation(notified, Verdict.APPLIED))


def test_a_mistake_in_the_watching_does_not_reach_what_is_watched(caplog: pytest.LogCaptureFixture) -> None:
    def publish(key: str, entry: Entry) -> None:
        raise RuntimeError("a mistake")

    chronicle = Chronicle(ManualClock(), is_known=lambda _: True, publish=publish)
    record = Record(KEY, ID, "app", None, 0.0, 0.0, 0.0)
    chronicle.seen(KEY, KeptAlive(0.0), Observed(record, (), (), Verdict.REPEATED))
    chronicle.began(ID, transition(), "Bot.on_incoming")
    chronicle.ended(Handled(transition(), "Bot.on_incoming", 0.1))
    chronicle.sent(Sent(HANG_UP, f"https://g/v1.0/communications/calls/{ID}", 0.1, None))
    said = [one.message for one in caplog.records]
    assert said == ["what happened in a call could not be noted"] * 4
