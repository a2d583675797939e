"""What calls repeat is kept once, and what only differs is not kept at all."""

import gc
import json
import tracemalloc

import pytest

from callbot.state import keeping
from callbot.state.keeping import packed

CALL = {
    "state": "established",
    "source": {"identity": {"user": {"id": "u-1", "tenantId": "t-1"}}},
    "modes": ["audio"],
}


@pytest.fixture(autouse=True)
def no_words_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_shared", keeping._Words())


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
