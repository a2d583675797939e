"""What the demo calls right: each way to be wrong is found out."""

import pytest

from callbot import CallState, Source, Transition
from callbot.bot import Handled
from callbot.cli.demo.verdict import Step, judge
from callbot.model import ResultInfo

DONE: list[Step] = [(None, "incoming"), ("incoming", "established"), ("established", "terminated")]


def transition(seq: int, step: Step) -> Transition:
    old, new = step
    return Transition(
        call_id="one",
        seq=seq,
        old=CallState(old) if old else None,
        new=CallState(new),
        source=Source.NOTIFICATION,
        at=0.0,
        result=ResultInfo.view({}),
    )


def handled(*seqs: int) -> list[Handled]:
    return [Handled(transition(seq, DONE[seq - 1]), "on_transition") for seq in seqs]


def test_every_transition_once_and_in_order_is_right() -> None:
    verdict = judge({"one": DONE}, handled(1, 2, 3))
    assert verdict.ok
    assert (verdict.calls, verdict.transitions, verdict.handled) == (1, 3, 3)


@pytest.mark.parametrize(
    ("seqs", "fault"),
    [((1, 3), "missing"), ((1, 2, 2, 3), "doubled"), ((1, 3, 2), "disordered"), ((1, 2), "ends_unseen")],
)
def test_a_transition_missed_doubled_or_late_is_found(seqs: tuple[int, ...], fault: str) -> None:
    verdict = judge({"one": DONE}, handled(*seqs))
    assert not verdict.ok
    assert getattr(verdict, fault) == 1


def test_a_transition_nobody_made_is_found() -> None:
    invented = Handled(transition(2, ("incoming", "ringing")), "on_ringing")
    assert judge({"one": DONE[:1]}, [*handled(1), invented]).unexpected == 1


def test_a_transition_without_a_handler_is_missing() -> None:
    first, second, third = handled(1, 2, 3)
    unheard = Handled(second.change, None)
    assert judge({"one": DONE}, [first, unheard, third]).missing == 1


def test_a_gap_in_the_sequence_numbers_is_found() -> None:
    first, second, third = (one.change for one in handled(1, 2, 3))
    assert isinstance(second, Transition)
    jumped = transition(7, (second.old, second.new))
    run = [Handled(change, "on_transition") for change in (first, jumped, third)]
    assert judge({"one": DONE}, run).seq_gaps == 1


def test_a_handler_that_raised_is_found() -> None:
    *rest, last = handled(1, 2, 3)
    failed = Handled(last.change, "on_terminated", error=ValueError("no"))
    verdict = judge({"one": DONE}, [*rest, failed])
    assert verdict.failed_handlers == 1
    assert "on_terminated raised ValueError" in verdict.complaints[0]


def test_what_is_left_running_and_what_went_wrong_otherwise_is_told() -> None:
    verdict = judge({"one": DONE}, handled(1, 2, 3), left_running=["task x"], mishaps=["Ana heard nothing"])
    assert verdict.complaints == ("Ana heard nothing", "still running: task x")


def test_no_call_at_all_is_not_right() -> None:
    assert not judge({}, []).ok
