"""The fold under any order, loss and doubling."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from callbot.model import CallState
from callbot.state import Change, Observation, Record, Tone, Transition, Verdict, fold
from tests.state.wire import PATH, gone, notified, operation, person, read, roster, state, tone

STORY: list[Observation] = [
    state("incoming", subject="Hello"),
    state("establishing"),
    state("established", direction="incoming"),
    state("established", mediaState={"audio": "active"}),
    tone(1),
    tone(2, "tone2"),
    roster(person("a"), person("b")),
    roster(person("a")),
    operation("op-1", context="c"),
    state("terminated", resultInfo={"code": 200, "subcode": 5002}),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def run(observations: list[Observation]) -> tuple[Record | None, list[Change]]:
    record: Record | None = None
    seen: list[Change] = []
    for observation in observations:
        folded = fold(record, observation)
        record = folded.record
        seen.extend(folded.changes)
    return record, seen


@st.composite
def deliveries(draw: st.DrawFn) -> list[Observation]:
    """The story with notifications lost and doubled, in any order."""
    times = draw(st.lists(st.integers(0, 3), min_size=len(STORY), max_size=len(STORY)))
    copies = [one for one, count in zip(STORY, times, strict=True) for _ in range(count)]
    return draw(st.permutations(copies))


@given(st.permutations(STORY + STORY))
def test_every_order_and_doubling_gives_each_transition_at_most_once_and_one_end(
    order: list[Observation],
) -> None:
    record, seen = run(order)
    transitions = [one for one in seen if isinstance(one, Transition)]
    reached = Counter(one.new for one in transitions)
    assert all(times == 1 for times in reached.values())
    assert reached[CallState.TERMINATED] == 1
    assert transitions[-1].new is CallState.TERMINATED
    assert record is not None
    assert record.ended


@given(deliveries())
def test_sequence_numbers_have_no_gaps_and_each_transition_starts_where_the_last_one_ended(
    order: list[Observation],
) -> None:
    _, seen = run(order)
    transitions = [one for one in seen if isinstance(one, Transition)]
    assert [one.seq for one in transitions] == list(range(1, len(transitions) + 1))
    assert [one.old for one in transitions] == [None, *(one.new for one in transitions)][: len(transitions)]


@given(deliveries())
def test_a_tone_is_never_told_twice(order: list[Observation]) -> None:
    _, seen = run(order)
    numbers = [one.sequence_id for one in seen if isinstance(one, Tone)]
    assert len(numbers) == len(set(numbers))


@given(st.lists(st.integers(1, 10**18) | st.integers(1, 300), max_size=40))
def test_whatever_numbers_tones_have_few_are_waited_for(numbers: list[int]) -> None:
    record, seen = run([tone(number) for number in numbers])
    told = [one.sequence_id for one in seen if isinstance(one, Tone)]
    assert len(told) == len(set(told))
    if record is not None and record.last_tone is not None:
        assert record.last_tone == max(numbers)
        assert len(record.missing_tones) <= 64
        assert all(record.last_tone - 64 <= one < record.last_tone for one in record.missing_tones)
        assert not record.missing_tones.intersection(numbers)


@given(deliveries(), st.integers(0, 30))
def test_whatever_was_lost_a_call_that_is_gone_is_seen_to_end_once(
    order: list[Observation], position: int
) -> None:
    record, seen = run([state("incoming"), *order[:position], gone(), *order[position:], gone()])
    ends = [one for one in seen if isinstance(one, Transition) and one.new is CallState.TERMINATED]
    assert len(ends) == 1
    assert record is not None
    assert record.ended


@given(
    st.lists(
        st.sampled_from(["incoming", "establishing", "established", "terminating"]), min_size=1, max_size=4
    ),
    deliveries(),
)
def test_stale_reads_between_notifications_make_no_handler_run_twice(
    stale: list[str], order: list[Observation]
) -> None:
    mixed: list[Observation] = []
    for position, observation in enumerate(order):
        mixed.append(observation)
        mixed.append(read(stale[position % len(stale)], asked_at=90.0, at=101.0))
    _, seen = run(mixed)
    reached = Counter(one.new for one in seen if isinstance(one, Transition))
    assert all(times == 1 for times in reached.values())


@given(
    st.lists(
        st.tuples(
            json_values,
            st.sampled_from(
                ["", "/participants", "/operations/x", "/contentsharingsessions", "/what/is/this"]
            ),
            st.sampled_from(["created", "updated", "deleted", "vanished"]),
        ),
        max_size=6,
    )
)
def test_no_data_whatever_makes_the_fold_raise(items: list[tuple[object, str, str]]) -> None:
    record, _ = run([notified(data, path=PATH + path, change=change) for data, path, change in items])
    assert (record is None) is (not items)


@given(json_values, json_values, json_values)
def test_no_odd_field_makes_the_fold_raise(first: object, second: object, third: object) -> None:
    odd = state("established", toneInfo=first, mediaState=second, transcription=third, resultInfo=first)
    folded = fold(None, odd)
    assert folded.verdict is Verdict.APPLIED
