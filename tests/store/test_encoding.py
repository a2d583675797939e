"""Records and notifications survive being written down."""

import json
from collections.abc import Mapping
from typing import TypeVar, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot import StoreError, UnfitRecord
from callbot.model import (
    CallState,
    CallTranscriptionState,
    CommsOperation,
    MediaState,
    Participant,
    PathKind,
    PlayPromptOperation,
    RecordingStatus,
    ResourcePath,
    ResultInfo,
    ToneName,
)
from callbot.state import (
    Change,
    ContentSharingChange,
    MediaChange,
    Notified,
    OperationFinished,
    ParticipantLeft,
    Record,
    RecordingChange,
    RosterChange,
    Source,
    Tone,
    TranscriptionChange,
    Transition,
)
from callbot.state.record import Retreat
from callbot.store.encoding import decode_notified, decode_record, encode
from callbot.testing.stores.base import notified, record

T = TypeVar("T")
PLAY = "#microsoft.graph.playPromptOperation"
RECORD = record()

any_text = st.text(st.characters())  # lone surrogates, too: JSON can write them
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(any_text, values, max_size=4)
kinds = st.sampled_from([PLAY, "#microsoft.graph.recordOperation", "#microsoft.graph.newKind"])
operations = st.builds(lambda one, kind: {**one, "@odata.type": kind}, documents, kinds)
times = st.floats(0, 1e12)
states = st.sampled_from(CallState) | st.just(CallState("aStateOfTomorrow"))
participants = documents.map(Participant.view)
crowds = st.lists(participants, max_size=3).map(tuple)

TRIED: dict[type, st.SearchStrategy[Change]] = {
    Transition: st.builds(
        Transition,
        call_id=any_text,
        seq=st.integers(1),
        old=st.none() | states,
        new=states,
        source=st.sampled_from(Source),
        at=times,
        result=documents.map(ResultInfo.view),
        inferred=st.booleans(),
        redelivered=st.booleans(),
    ),
    MediaChange: st.builds(MediaChange, any_text, st.sampled_from(MediaState), times),
    ParticipantLeft: st.builds(ParticipantLeft, any_text, any_text, times),
    Tone: st.builds(Tone, any_text, st.integers(), st.sampled_from(ToneName), times),
    RosterChange: st.builds(RosterChange, any_text, crowds, crowds, crowds, times),
    OperationFinished: st.builds(OperationFinished, any_text, operations.map(CommsOperation.view), times),
    ContentSharingChange: st.builds(ContentSharingChange, any_text, any_text, st.booleans(), times),
    TranscriptionChange: st.builds(
        TranscriptionChange, any_text, st.sampled_from(CallTranscriptionState), times
    ),
    RecordingChange: st.builds(
        RecordingChange, any_text, participants, st.sampled_from(RecordingStatus), times
    ),
}
changes = st.one_of(*TRIED.values())
paths = st.text("abc/'()?#-", max_size=30).map(
    lambda tail: ResourcePath.parse(f"/communications/calls/{tail}")
)


KNOWN: dict[object, st.SearchStrategy[object]] = {
    str: any_text,
    str | None: st.none() | any_text,
    float: times,
    int: st.integers(),
    int | None: st.none() | st.integers(),
    bool: st.booleans(),
    object: values,
    Mapping[str, object]: documents,
    Mapping[str, object] | None: st.none() | documents,
    Mapping[str, Mapping[str, object]]: st.dictionaries(any_text, documents, max_size=3),
    tuple[str, ...]: st.lists(any_text, max_size=3).map(tuple),
    tuple[Change, ...]: st.lists(changes, max_size=4).map(tuple),
    frozenset[int]: st.frozensets(st.integers()),
    frozenset[str]: st.frozensets(any_text),
    CallState | None: st.none() | states,
    Retreat | None: st.none() | st.builds(Retreat, states, times),
    ResourcePath: paths,
}


def made(kind: type[T]) -> st.SearchStrategy[T]:
    """Any value of each field, by the field's type: a field that is added later is tried, too."""
    strategies = {name: KNOWN.get(of, st.from_type(of)) for name, of in get_type_hints(kind).items()}
    return st.builds(kind, **strategies)


@given(made(Record))
def test_a_record_is_given_back_as_it_was(record: Record) -> None:
    assert decode_record(encode(record)) == record


@given(made(Notified))
def test_a_notification_is_given_back_as_it_was(notified: Notified) -> None:
    given_back = decode_notified(encode(notified))
    assert given_back == notified
    assert isinstance(given_back.path.kind, PathKind)


@given(st.lists(changes, min_size=1))
def test_changes_keep_their_kind_and_the_kind_of_what_is_in_them(unhandled: list[Change]) -> None:
    kept = decode_record(encode(RECORD._replace(unhandled=tuple(unhandled)))).unhandled
    assert [type(change) for change in kept] == [type(change) for change in unhandled]
    for change in kept:
        if isinstance(change, OperationFinished) and change.operation.odata_type == PLAY:
            assert isinstance(change.operation, PlayPromptOperation)


def test_every_kind_of_change_is_tried_above() -> None:
    assert set(TRIED) == set(get_args(Change))


def test_a_field_that_an_earlier_version_did_not_write_takes_its_default() -> None:
    document = json.loads(encode(RECORD._replace(transitions=4)))
    del document["transitions"]
    assert decode_record(json.dumps(document)) == RECORD


NEWER = "written by a newer callbot"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 2}, "format 2"),
        ({"mood": "good"}, "Record has mood"),
        ({"unhandled": [{"kind": "MoodChange"}]}, "MoodChange"),
        ({"retreat": {"state": "hold", "at": 1.0, "why": "x"}}, "Retreat has why"),
    ],
)
def test_what_a_later_version_wrote_is_refused_and_not_dropped_unseen(
    change: dict[str, object], complaint: str
) -> None:
    text = json.dumps({**json.loads(encode(RECORD)), **change})
    with pytest.raises(StoreError, match=f"{NEWER}: .*{complaint}"):
        decode_record(text)


def test_what_calls_have_alike_is_kept_once_also_after_a_restart() -> None:
    bot = {"identity": {"application": {"id": "bot-1", "displayName": "Greeter"}}}
    first, second = (
        decode_record(encode(record(key)._replace(resource={"id": key, "targets": [bot]})))
        for key in ("a", "b")
    )
    assert first.resource["targets"] == [bot]
    assert first.resource["targets"] is second.resource["targets"]


def test_what_is_at_its_default_is_not_written() -> None:
    assert (
        json.loads(encode(RECORD)).keys().isdisjoint({"unhandled", "roster", "doubt", "version", "detours"})
    )


def test_a_record_with_every_field_written_is_read_as_well() -> None:
    defaults: dict[str, object] = {
        "unhandled": [],
        "roster": {},
        "doubt": None,
        "version": 0,
        "detours": [],
        "retreat": None,
    }
    assert decode_record(json.dumps({**json.loads(encode(RECORD)), **defaults})) == RECORD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": "1"}',
        '{"format": 1}',
        encode(notified(1)),
        encode(RECORD).replace('"format":1', '"format":1,"unhandled":[7]'),
        encode(RECORD).replace('"format":1', '"format":1,"unhandled":{}'),
        "[" * 100_000,
    ],
)
def test_a_damaged_record_is_a_clear_error(text: str) -> None:
    with pytest.raises(StoreError, match=r"a stored Record is damaged|Record has"):
        decode_record(text)


def test_what_json_cannot_hold_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for data in (object(), deep, {1, 2}):
        with pytest.raises(UnfitRecord, match="a Notified cannot be written as JSON"):
            encode(notified(1)._replace(data=data))
