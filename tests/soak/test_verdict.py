"""What a soak calls missed, doubled, unseen, merged and unannounced."""

from collections.abc import Mapping

from soak.diary import Line
from soak.judging.facts import CallFacts
from soak.judging.handled import CallHandled, Ending
from soak.judging.verdict import Excuse, Verdict, judge
from tests.soak.stories import (
    CUT_OFF,
    FIRST,
    KILLED,
    SECOND,
    STOPPED,
    begin,
    each_once,
    end,
    facts,
    handled,
    shown,
    told,
)

LIFE = ("incoming", "established", "terminated")
NOTHING = CallHandled()


def verdict(call: CallFacts, found: CallHandled, endings: Mapping[int, Ending] = KILLED) -> Verdict:
    return judge(call, found, endings)


def faults(call: CallFacts, found: CallHandled, endings: Mapping[int, Ending] = KILLED) -> list[str]:
    return [one.fault for one in verdict(call, found, endings).findings]


def test_a_call_whose_every_transition_was_handled_once_is_right() -> None:
    found = verdict(facts(*LIFE), each_once(("incoming", 11.0), ("established", 21.0), ("terminated", 33.0)))
    assert (found.findings, found.merged, found.handled) == ([], [], 3)
    assert found.end_took == 3.0


def test_an_end_no_handler_was_told_of_is_unseen() -> None:
    assert faults(facts(*LIFE), each_once(("incoming", 11.0), ("established", 21.0))) == ["end unseen"]


# -- what came and went ------------------------------------------------------------------------------------


def test_a_state_no_accepted_callback_named_is_merged_as_lost() -> None:
    call = facts(*LIFE)
    call.told = [told("established", 20.0, accepted=False), told("established", 22.0, accepted=None)]
    found = verdict(call, each_once(("incoming", 11.0), ("terminated", 31.0)))
    assert found.findings == []
    assert [(one.state, one.excuse) for one in found.merged] == [("established", Excuse.LOST)]


def test_a_state_that_was_told_in_time_is_missed() -> None:
    call = facts(*LIFE)
    call.told = [told("established", 20.0), told("terminated", 30.0)]
    assert faults(call, each_once(("incoming", 11.0), ("terminated", 31.0))) == ["missed"]


def test_a_state_that_was_told_only_after_a_later_one_is_merged_as_overtaken() -> None:
    call = facts(*LIFE)
    call.told = [told("terminated", 30.0), told("established", 31.0)]
    (merged,) = verdict(call, each_once(("incoming", 11.0), ("terminated", 31.0))).merged
    assert merged.excuse is Excuse.OVERTAKEN


def test_a_later_state_may_also_be_known_from_a_read_or_from_a_callback_without_an_answer() -> None:
    call, seen = facts(*LIFE), each_once(("incoming", 11.0), ("terminated", 31.0))
    call.told, call.shown = [told("established", 35.0)], [shown(3, 34.0)]
    assert faults(call, seen) == []
    call.shown = [shown(2, 34.0)]
    assert faults(call, seen) == ["missed"]
    call.told.append(told("terminated", 34.0, accepted=None))
    assert faults(call, seen) == []


def test_two_callbacks_on_the_way_at_once_prove_nothing() -> None:
    call = facts(*LIFE)
    call.told = [told("established", 30.0), told("terminated", 30.5)]
    assert faults(call, each_once(("incoming", 11.0), ("terminated", 31.0))) == []


def test_a_state_the_call_had_been_in_before_is_told_by_no_callback() -> None:
    call = facts("established", "hold", "established", "terminated")
    call.told = [told("hold", 20.0), told("established", 30.0), told("terminated", 40.0)]
    (merged,) = verdict(call, each_once(("established", 11.0), ("hold", 21.0), ("terminated", 41.0))).merged
    assert (merged.state, merged.excuse) == ("established", Excuse.LOST)


def test_a_call_that_returns_from_a_state_nobody_saw_has_made_no_transition() -> None:
    call = facts("established", "transferring", "established", "terminated")
    call.told = [told("established", 30.0, with_result=True)]
    found = verdict(call, each_once(("established", 11.0), ("terminated", 41.0)))
    assert found.findings == []
    assert [(one.state, one.excuse) for one in found.merged] == [
        ("transferring", Excuse.LOST),
        ("established", Excuse.RETURNED),
    ]


def test_the_first_transfer_that_fails_is_told_by_the_callback_with_its_result() -> None:
    call = facts("established", "transferring", "established", "terminated")
    seen = each_once(("established", 11.0), ("transferring", 21.0), ("terminated", 41.0))
    call.told = [told("established", 30.0)]
    assert faults(call, seen) == []
    call.told = [told("established", 30.0, with_result=True)]
    assert faults(call, seen) == ["missed"]
    late = each_once(("established", 11.0), ("transferring", 32.0), ("terminated", 41.0))
    assert faults(call, late) == []


# -- what did not happen -----------------------------------------------------------------------------------


def test_a_transition_that_did_not_happen_is_doubled() -> None:
    seen = each_once(("incoming", 11.0), ("established", 21.0), ("hold", 22.0), ("terminated", 31.0))
    assert faults(facts(*LIFE), seen) == ["doubled"]


def test_a_transition_told_before_it_happened_is_doubled() -> None:
    seen = each_once(("incoming", 11.0), ("established", 19.0), ("terminated", 31.0))
    assert faults(facts(*LIFE), seen) == ["doubled"]


def test_a_transition_told_twice_is_doubled() -> None:
    seen = each_once(("incoming", 11.0), ("established", 21.0), ("established", 22.0), ("terminated", 31.0))
    assert faults(facts(*LIFE), seen) == ["doubled"]


# -- runs of one handler -----------------------------------------------------------------------------------


def test_a_handler_cut_off_by_a_kill_may_run_again_when_it_is_told_so() -> None:
    found = verdict(
        facts("terminated"),
        handled(
            begin(1, "terminated", 99.0),
            begin(1, "terminated", 110.0, pid=SECOND, again=True),
            end(1, 111.0, pid=SECOND),
        ),
    )
    assert (found.findings, found.handled, found.redelivered) == ([], 1, {"kill": 1})


def test_so_may_one_that_had_ended_just_before_the_kill() -> None:
    first: list[Line] = [begin(1, "terminated", 98.0), end(1, 99.0)]
    again: list[Line] = [begin(1, "terminated", 110.0, pid=SECOND, again=True), end(1, 111.0, pid=SECOND)]
    assert faults(facts("terminated"), handled(*first, *again)) == []


def test_one_that_had_ended_long_before_the_kill_may_not() -> None:
    first: list[Line] = [begin(1, "terminated", 90.0), end(1, 91.0)]
    again: list[Line] = [begin(1, "terminated", 110.0, pid=SECOND, again=True), end(1, 111.0, pid=SECOND)]
    assert faults(facts("terminated"), handled(*first, *again)) == ["doubled"]


def again_after(*first: Line, told_so: bool = True) -> CallHandled:
    """The only handler of a call, which runs again in the next process."""
    return handled(
        *first, begin(1, "terminated", 110.0, pid=SECOND, again=told_so), end(1, 111.0, pid=SECOND)
    )


def test_a_handler_cut_off_by_a_stop_may_run_again_when_it_is_told_so() -> None:
    cut_off = begin(1, "terminated", 99.0), end(1, 104.0, outcome=CUT_OFF)
    found = verdict(facts("terminated"), again_after(*cut_off), STOPPED)
    assert (found.findings, found.handled, found.redelivered) == ([], 1, {"stop": 1})
    assert faults(facts("terminated"), again_after(*cut_off, told_so=False), STOPPED) == ["doubled"]


def test_a_handler_cut_off_by_a_stop_must_run_again_unless_its_call_was_over() -> None:
    cut_off = handled(begin(1, "terminated", 99.0), end(1, 104.0, outcome=CUT_OFF))
    assert faults(facts("terminated"), cut_off, STOPPED) == ["missed"]
    over = handled(begin(1, "terminated", 99.0), end(1, 104.0, outcome=CUT_OFF, over=True))
    assert faults(facts("terminated"), over, STOPPED) == []


def test_a_handler_that_had_ended_may_not_run_again_after_a_stop_however_late_it_ended() -> None:
    for outcome in (None, "MetOnPurpose"):
        by_itself = begin(1, "terminated", 99.0), end(1, 104.0, outcome=outcome)
        assert faults(facts("terminated"), again_after(*by_itself), STOPPED) == ["doubled"]
    over_before = begin(1, "terminated", 98.0), end(1, 99.0, outcome=CUT_OFF, over=True)
    assert faults(facts("terminated"), again_after(*over_before), STOPPED) == ["doubled"]


def test_a_stop_may_leave_no_handler_behind_that_runs() -> None:
    left = begin(1, "terminated", 99.0)
    assert faults(facts("terminated"), again_after(left), STOPPED) == ["doubled"]


def test_a_handler_that_begins_while_the_one_before_runs_in_another_process_is_disordered() -> None:
    lines: list[Line] = [
        begin(1, "incoming", 11.0),
        begin(2, "terminated", 21.0, old="incoming", pid=SECOND),
        end(2, 22.0, pid=SECOND),
        end(1, 23.0),
    ]
    assert faults(facts("incoming", "terminated"), handled(*lines), STOPPED) == ["disordered"]


def test_a_handler_that_runs_again_without_being_told_is_doubled() -> None:
    again: list[Line] = [begin(1, "terminated", 110.0, pid=SECOND), end(1, 111.0, pid=SECOND)]
    assert faults(facts("terminated"), handled(begin(1, "terminated", 99.0), *again)) == ["doubled"]


def test_a_handler_that_runs_twice_in_one_process_is_doubled() -> None:
    lines: list[Line] = [
        begin(1, "terminated", 50.0),
        end(1, 51.0),
        begin(1, "terminated", 52.0, again=True),
        end(1, 53.0),
    ]
    assert faults(facts("terminated"), handled(*lines)) == ["doubled"]


def test_a_handler_that_never_came_to_its_end_is_missed() -> None:
    assert faults(facts("terminated"), handled(begin(1, "terminated", 99.0))) == ["missed"]


def test_a_transition_between_others_that_no_handler_was_told_of_is_missed() -> None:
    lines: list[Line] = [
        begin(1, "incoming", 11.0),
        end(1, 12.0),
        begin(3, "terminated", 31.0, old="established"),
        end(3, 32.0),
    ]
    call = facts(*LIFE)
    assert faults(call, handled(*lines)) == ["missed"]


def test_handlers_that_overlap_or_do_not_follow_each_other_are_disordered() -> None:
    overlapping: list[Line] = [
        begin(1, "incoming", 11.0),
        begin(2, "established", 21.0, old="incoming"),
        end(1, 22.0),
        end(2, 23.0),
    ]
    assert "disordered" in faults(facts(*LIFE), handled(*overlapping))
    leaping = each_once(("incoming", 11.0), ("established", 21.0), ("terminated", 31.0))
    leaping.handlers[3].runs[0] = type(leaping.handlers[3].runs[0])(
        begin(3, "terminated", 31.0, old="hold"), leaping.handlers[3].runs[0].end
    )
    assert faults(facts(*LIFE), leaping) == ["disordered"]


# -- what nobody could know of -----------------------------------------------------------------------------


def test_a_call_of_which_no_callback_was_accepted_was_never_announced() -> None:
    call = facts("incoming", "terminated")
    call.told = [told("incoming", 10.0, accepted=None), told("terminated", 20.0, accepted=False)]
    found = verdict(call, NOTHING)
    assert (found.unannounced, found.findings, found.merged) == (True, [], [])


def test_a_call_of_which_anything_was_accepted_must_be_seen_to_end() -> None:
    call = facts("incoming", "terminated")
    call.told = [told("terminated", 20.0)]
    assert faults(call, NOTHING) == ["end unseen"]


def test_a_call_the_bot_has_placed_is_known_by_the_answer_unless_a_kill_came_at_once() -> None:
    call = facts("establishing", "terminated")
    assert verdict(call, NOTHING).unannounced
    call.created = 10.5
    assert faults(call, NOTHING) == ["end unseen"]
    assert verdict(call, NOTHING, {FIRST: Ending(FIRST, 11.0, 11.0)}).unannounced
    assert faults(call, NOTHING, {FIRST: Ending(FIRST, 18.0, 18.0)}) == ["end unseen"]


def test_a_stop_excuses_no_call_the_bot_has_placed() -> None:
    call = facts("establishing", "terminated")
    call.created = 10.5
    assert faults(call, NOTHING, {FIRST: Ending(FIRST, 11.0, 11.0, orderly=True)}) == ["end unseen"]
