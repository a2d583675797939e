"""What calls repeat is kept once, and what only differs is not kept at all."""

import gc
import json
import tracemalloc
from marshal import dumps

import pytest

from callbot.model import CallResource, MediaState
from callbot.state import Notified, Read, Record, fold, keeping
from callbot.state.keeping import packed
from tests.state.wire import CALL_ID, read, state, tone

CALL = {
    "state": "established",
    "source": {"identity": {"user": {"id": "u-1", "tenantId": "t-1"}}},
    "modes": ["audio"],
}


@pytest.fixture(autouse=True)
def no_words_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_shared", keeping._Words())
    monkeypatch.setattr(keeping, "_objects", {})


def parsed(document: object) -> dict[str, object]:
    """As each callback brings it: every string a copy of its own."""
    found: dict[str, object] = json.loads(json.dumps(document))
    return found


def strings(document: object) -> list[str]:
    if isinstance(document, str):
        return [document]
    if isinstance(document, dict):
        return [one for pair in document.items() for part in pair for one in strings(part)]
    return [one for part in document for one in strings(part)] if isinstance(document, list) else []


def test_what_is_packed_is_equal_and_shares_the_words_of_the_wire() -> None:
    first, second = packed(parsed(CALL)), packed(parsed(CALL))
    assert first == second == CALL
    own = {one for one, other in zip(strings(first), strings(second), strict=True) if one is not other}
    assert own == {"u-1"}


def test_words_that_differ_in_every_call_do_not_stay() -> None:
    """Nobody may make the bot grow by inventing keys."""
    tracemalloc.start()
    try:
        for number in range(100_000):
            word = f"invented-{number:030}"
            packed({word: 1, "region": word, "modes": [f"{word}-mode"]})
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000
    assert packed(parsed({"invented": "later"})) == {"invented": "later"}


def test_a_long_word_is_not_kept_for_others() -> None:
    long = {"k" * 10_000: {"region": "r" * 10_000}}
    first, second = packed(parsed(long)), packed(parsed(long))
    assert first == second == long
    assert all(
        one is not other for one, other in zip(strings(first), strings(second), strict=True) if len(one) > 9
    )


def called(**identity: object) -> dict[str, object]:
    """A call for somebody, as the platform announces it."""
    return {"targets": [{"@odata.type": "invitation", "region": None, "identity": identity}]}


def test_the_bot_as_it_is_called_is_kept_once_for_all_its_calls() -> None:
    bot = called(applicationInstance={"id": "bot-1", "displayName": "Greeter"})
    first, second = packed(parsed(bot)), packed(parsed(bot))
    assert first == second == bot
    assert first["targets"] is second["targets"]


def test_what_differs_is_never_taken_for_the_same() -> None:
    ours, theirs = called(application={"id": "bot-1"}), called(application={"id": "bot-2"})
    assert [packed(parsed(one)) for one in (ours, theirs, ours)] == [ours, theirs, ours]
    assert packed({"mediaState": {"audio": None}}) == {"mediaState": {"audio": None}}
    assert packed({"mediaState": {"audio": False}})["mediaState"] == {"audio": False}
    assert packed({"mediaState": {"audio": "None"}})["mediaState"] == {"audio": "None"}
    assert repr(packed(called(application={"hidden": True}))) == repr(called(application={"hidden": True}))
    assert repr(packed(called(application={"hidden": 1}))) == repr(called(application={"hidden": 1}))


def test_equal_objects_are_shared_whoever_has_made_them() -> None:
    """A word of the source is not the same object to Python as one of the wire."""
    written = packed({"mediaState": {"@odata.type": "#microsoft.graph.callMediaState", "audio": "active"}})
    assert packed(parsed(written))["mediaState"] is written["mediaState"]


def test_what_json_would_not_give_is_packed_as_well() -> None:
    state = {"mediaState": {"audio": MediaState.ACTIVE}}
    assert packed(state) == state


@pytest.mark.parametrize("kind", ["user", "phone", "guest", "encrypted"])
def test_a_person_is_not_remembered_for_other_calls(kind: str) -> None:
    person = called(**{kind: {"id": "u-1", "displayName": "Ana", "tenantId": "t-1"}})
    first, second = packed(parsed(person)), packed(parsed(person))
    assert first == second == person
    assert first["targets"] is not second["targets"]
    assert not keeping._objects


@pytest.mark.parametrize(
    "document",
    [
        called(application={"id": "bot-1", "user": {"displayName": "Ana", "mail": "ana@example.com"}}),
        called(application={"id": "bot-1", "mail": "ana@example.com"}),
        {"targets": ["+4930123456"]},
        {"mediaState": {"audio": ["Ana"]}},
    ],
    ids=["below a bot", "beside a bot's name", "as a word", "in a list"],
)
def test_nor_is_one_who_stands_where_the_platform_names_none(document: dict[str, object]) -> None:
    assert packed(parsed(document)) == document
    assert not keeping._objects


def test_what_is_nested_and_large_is_written_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []

    def noted(value: object, version: int) -> bytes:
        written.append(value)
        return dumps(value, version)  # type: ignore[arg-type]  # what the real one takes

    monkeypatch.setattr(keeping, "dumps", noted)
    document: dict[str, object] = {"audio": ["x" * 100] * 100}
    for _ in range(50):
        document = {"audio": document}
    assert packed(document) == document
    assert len(written) == 1


def test_objects_that_differ_in_every_call_do_not_stay() -> None:
    tracemalloc.start()
    try:
        for number in range(5_000):
            packed(called(application={"id": f"invented-{number:030}"}))
            packed({"mediaState": {"audio": "active", "sequence": number}})
        packed(called(application={"id": "r" * 10_000_000}))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000
    assert packed(called(application={"id": "later"})) == called(application={"id": "later"})


def test_a_list_that_was_read_from_a_call_may_be_changed() -> None:
    first, second = (CallResource.view(packed(parsed({"requestedModalities": ["audio"]}))) for _ in range(2))
    modalities = first.requested_modalities
    assert isinstance(modalities, list)
    modalities.clear()
    assert second.requested_modalities == ["audio"]


def at_rest(*news: Notified | Read) -> Record:
    """A call of which `news` came after it was answered, each read from a body of its own."""
    record: Record | None = None
    for seen in (state("incoming"), state("established"), *news):
        brought = seen.resource if isinstance(seen, Read) else seen.data
        own = parsed({**dict(brought), "callChainId": CHAIN})  # type: ignore[call-overload]  # an object
        alone = seen._replace(resource=own) if isinstance(seen, Read) else seen._replace(data=own)
        record = fold(record, alone).record
    assert record is not None
    return record


AUDIO = state("established", mediaState={"@odata.type": "#microsoft.graph.callMediaState", "audio": "active"})
CHAIN = "f2a40001-5d3e-4a6b-9c1d-000000000004"


@pytest.mark.parametrize(
    "news",
    [[AUDIO], [AUDIO, tone(1)], [read("established", direction="incoming", mediaState={"audio": "active"})]],
    ids=["audio", "a tone", "a read"],
)
def test_what_is_heard_of_a_call_at_rest_is_shared_with_others(news: list[Notified | Read]) -> None:
    first, second = at_rest(*news).resource, at_rest(*news).resource
    assert first == second
    pairs = zip(strings(first), strings(second), strict=True)
    assert {one for one, other in pairs if one is not other} <= {CALL_ID, CHAIN}
    assert first["mediaState"] is second["mediaState"]
