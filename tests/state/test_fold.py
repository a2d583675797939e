"""The fold: what each kind of observation does to a record."""

from collections.abc import Iterable

import pytest

from callbot.model import CallState, MediaState
from callbot.state import (
    Change,
    ContentSharingChange,
    Doubted,
    KeptAlive,
    MediaChange,
    Observation,
    OperationFinished,
    Policy,
    Record,
    RecordingChange,
    RosterChange,
    Source,
    Tone,
    TranscriptionChange,
    TransferBegun,
    Transition,
    Verdict,
    fold,
    next_due,
)
from tests.state.wire import (
    CALL_ID,
    PATH,
    TENANT_ID,
    created,
    gone,
    notified,
    operation,
    person,
    read,
    roster,
    state,
    tone,
)


def after(*observations: Observation) -> Record:
    record: Record | None = None
    for observation in observations:
        record = fold(record, observation).record
    assert record is not None
    return record


def changes(*observations: Observation) -> list[Change]:
    record: Record | None = None
    seen: list[Change] = []
    for observation in observations:
        folded = fold(record, observation)
        record = folded.record
        seen.extend(folded.changes)
    return seen


def steps(*observations: Observation) -> list[tuple[str | None, str]]:
    return [(one.old, one.new) for one in changes(*observations) if isinstance(one, Transition)]


def only(kind: type[Change], seen: Iterable[Change]) -> list[Change]:
    return [one for one in seen if isinstance(one, kind)]


def test_an_answered_call_is_seen_to_ring_connect_and_end() -> None:
    assert steps(state("incoming"), state("establishing"), state("established"), state("terminated")) == [
        (None, "incoming"),
        ("incoming", "establishing"),
        ("establishing", "established"),
        ("established", "terminated"),
    ]


def test_a_repeated_established_is_no_second_transition() -> None:
    assert steps(state("established"), state("established", mediaState={"audio": "active"})) == [
        (None, "established")
    ]


def test_establishing_that_comes_after_established_is_stale_and_raises_doubt() -> None:
    record = after(state("incoming"), state("established"))
    folded = fold(record, state("establishing", callChainId="chain", at=130.0))
    assert folded.verdict is Verdict.STALE
    assert folded.changes == ()
    assert folded.record is not None
    assert folded.record.state is CallState.ESTABLISHED
    assert folded.record.resource["state"] == "established"
    assert folded.record.resource["callChainId"] == "chain"
    assert folded.record.doubt == "stale notification"


def test_nothing_is_invented_between_establishing_and_the_end() -> None:
    assert steps(state("establishing"), state("terminated")) == [
        (None, "establishing"),
        ("establishing", "terminated"),
    ]


def test_a_deleted_call_has_ended_whatever_its_state_says() -> None:
    without_state = notified({"@odata.type": "#microsoft.graph.call"}, change="deleted")
    contradicting = notified({"state": "established"}, change="deleted")
    for deleted in (without_state, contradicting, notified(None, change="deleted")):
        record = after(state("incoming"), deleted)
        assert record.ended
        assert record.resource["state"] == "terminated"


def test_an_end_is_final() -> None:
    record = after(state("established"), state("terminated"))
    for late in (state("established"), state("terminated"), read("established"), gone(), created()):
        folded = fold(record, late)
        assert folded.verdict is Verdict.LATE
        assert folded.record is record
        assert folded.changes == ()


def test_a_call_that_is_gone_has_ended_by_inference() -> None:
    *_, end = changes(state("established"), gone())
    assert isinstance(end, Transition)
    assert (end.new, end.source, end.inferred) == (CallState.TERMINATED, Source.GONE, True)
    assert str(end.result.explain()).startswith("The call was not found any more. Graph keeps no history")


def test_the_result_of_a_transition_is_the_one_that_came_with_it() -> None:
    end = changes(
        state("established"),
        state("terminated", resultInfo={"code": 200, "subCode": 5002, "message": "over"}),
    )[-1]
    assert isinstance(end, Transition)
    assert (end.result.code, end.result.subcode, end.inferred) == (200, 5002, False)


def test_an_unknown_call_is_adopted_and_doubted() -> None:
    record = after(state("established"))
    assert record.doubt == "unknown call"
    assert (record.id, record.tenant_id) == (CALL_ID, TENANT_ID)
    assert after(state("incoming")).doubt is None
    assert after(created()).doubt is None


def test_a_read_answers_the_doubt_unless_it_was_asked_before() -> None:
    doubted = after(created(), Doubted(120.0, "unreadable callback"))
    assert after_read(doubted, asked_at=121.0).doubt is None
    assert after_read(doubted, asked_at=119.0).doubt == "unreadable callback"


def after_read(record: Record, *, asked_at: float) -> Record:
    folded = fold(record, read("establishing", asked_at=asked_at))
    assert folded.record is not None
    return folded.record


def test_a_notification_that_beats_the_answer_to_the_create_is_not_undone_by_it() -> None:
    assert steps(state("established"), created()) == [(None, "established")]
    record = after(state("established", callChainId="new"), created())
    assert record.resource["direction"] == "outgoing"
    assert record.resource["callChainId"] == "new"


def test_the_answer_to_a_create_is_the_first_transition() -> None:
    (first,) = changes(created())
    assert isinstance(first, Transition)
    assert (first.old, first.new, first.source, first.seq) == (None, "establishing", Source.CREATED, 1)


def test_a_notification_leaves_alone_what_it_does_not_mention() -> None:
    record = after(state("incoming", subject="Hello", source={"region": "emea"}), state("establishing"))
    assert record.resource["subject"] == "Hello"
    assert record.resource["source"] == {"region": "emea"}


def test_a_read_replaces_the_document_but_not_the_last_tone_or_the_roster() -> None:
    record = after(
        state("established", subject="old", mediaState={"audio": "active"}),
        tone(3),
        roster(person("a")),
        read("established", subject=None, mediaState=None),
    )
    assert record.resource["subject"] is None
    assert record.resource["toneInfo"] == {"sequenceId": 3, "tone": "tone1"}
    assert record.audio is MediaState.ACTIVE
    assert list(record.roster) == ["a"]


def test_a_tone_that_a_read_repeats_is_none_that_was_pressed_now() -> None:
    repeated = read("established", toneInfo={"sequenceId": 4, "tone": "tone1"})
    assert only(Tone, changes(state("established"), repeated)) == []


def test_a_read_finds_a_state_that_was_never_notified() -> None:
    seen = changes(created(), read("established"))
    assert isinstance(seen[-1], Transition)
    assert (seen[-1].new, seen[-1].source) == (CallState.ESTABLISHED, Source.READ)
    assert steps(created(), read("terminated"))[-1] == ("establishing", "terminated")


def test_a_read_that_was_overtaken_by_a_notification_changes_nothing_back() -> None:
    record = after(created(), state("established", subject="new", at=151.0))
    folded = fold(record, read("establishing", subject="old", asked_at=150.0, at=152.0))
    assert folded.changes == ()
    assert folded.record is not None
    assert folded.record.state is CallState.ESTABLISHED
    assert folded.record.resource["subject"] == "new"


def test_a_read_moves_a_call_back_only_when_a_second_one_agrees() -> None:
    first = read("establishing", asked_at=150.0, at=151.0)
    too_soon = read("establishing", asked_at=160.0, at=161.0)
    second = read("establishing", asked_at=166.0, at=167.0)
    assert steps(state("established"), first, too_soon) == [(None, "established")]
    assert steps(state("established"), first, second)[-1] == ("established", "establishing")


def test_a_read_that_agrees_ends_the_suspicion_of_an_earlier_one() -> None:
    stale = read("establishing", asked_at=150.0, at=151.0)
    fresh = read("established", asked_at=159.0, at=160.0)
    assert steps(state("established"), stale, fresh, read("establishing", asked_at=170.0, at=171.0)) == [
        (None, "established")
    ]


def test_a_contradicting_read_keeps_the_document_that_is_believed() -> None:
    record = after(state("established", subject="kept"), read("establishing", subject="not kept"))
    assert record.resource["subject"] == "kept"
    assert record.retreat is not None


def test_a_call_goes_on_hold_and_back() -> None:
    held = (state("established"), state("hold"))
    assert steps(*held)[1:] == [("established", "hold")]
    assert steps(*held, state("established", at=180.0), read("established", asked_at=180.1))[2:] == [
        ("hold", "established")
    ]


def test_an_established_that_comes_late_takes_no_call_back_from_hold() -> None:
    """Nothing tells it from the one that ends the hold, so a read has to say which it was."""
    late = state("established", mediaState={"audio": "active"}, at=110.0)
    record = after(state("established"), state("hold"), late)
    assert record.state is CallState.HOLD
    assert record.audio is MediaState.ACTIVE
    assert record.doubt == "ambiguous notification"
    assert after(state("established"), state("hold"), late, read("hold")).state is CallState.HOLD


def test_a_state_a_call_can_return_to_is_told_once_however_often_it_is_notified() -> None:
    there_and_back = (
        state("established"),
        state("hold"),
        state("established", at=120.0),
        read("established", asked_at=120.0, at=121.0),
    )
    doubled = state("hold", at=125.0)
    assert steps(*there_and_back, doubled) == steps(*there_and_back)
    again = read("hold", asked_at=140.0, at=141.0)
    assert steps(*there_and_back, doubled, again)[-1] == ("established", "hold")


def test_a_repeated_state_is_no_reason_to_read_the_call() -> None:
    twice = after(state("established"), state("established"), state("hold"), state("hold"))
    assert (twice.doubt, twice.retreat) == ("unknown call", None)


def test_a_read_is_believed_sideways_when_no_replica_can_be_that_old() -> None:
    back = steps(state("established"), state("hold"), read("established", asked_at=114.0, at=114.0))
    assert back[-1] == ("established", "hold")
    back = steps(state("established"), state("hold"), read("established", asked_at=115.0, at=116.0))
    assert back[-1] == ("hold", "established")


def test_an_old_replica_does_not_settle_what_a_notification_has_said() -> None:
    """It was asked just after the notification: that it does not know of the change yet proves nothing."""
    told = state("established", at=180.0)
    record = after(state("established"), state("hold"), told, read("hold", asked_at=180.1, at=180.2))
    assert record.doubt is None
    due = next_due(record, Policy())
    assert due is not None
    assert due.at == 195.0
    sure = read("hold", asked_at=195.0, at=195.1)
    assert after(state("established"), state("hold"), told, sure).retreat is None


def test_a_transfer_that_the_bot_asks_for_again_is_believed_at_once() -> None:
    failure = state("established", resultInfo={"code": 500, "subCode": 7700})
    failed = (state("established"), state("transferring"), failure)
    assert steps(*failed, state("transferring"))[-1] == ("transferring", "established")
    assert steps(*failed, TransferBegun(101.0), state("transferring"))[-1] == ("established", "transferring")


def test_a_failed_transfer_goes_back_to_established_and_a_late_repetition_does_not() -> None:
    failure = state("established", resultInfo={"code": 500, "subCode": 7700})
    assert steps(state("established"), state("transferring"), state("established")) == [
        (None, "established"),
        ("established", "transferring"),
    ]
    assert steps(state("established"), state("transferring"), failure)[-1] == ("transferring", "established")
    assert steps(state("established"), state("transferAccepted"), state("transferring")) == [
        (None, "established"),
        ("established", "transferAccepted"),
    ]


def test_a_state_callbot_has_never_heard_of_is_kept_and_told() -> None:
    seen = steps(state("established"), state("levitating"), state("terminated"))
    assert seen == [(None, "established"), ("established", "levitating"), ("levitating", "terminated")]


def test_the_sentinel_for_states_to_come_says_nothing() -> None:
    assert steps(state("established"), state("unknownFutureValue")) == [(None, "established")]


def test_enum_case_does_not_matter() -> None:
    assert steps(state("Established"), state("ESTABLISHED")) == [(None, "established")]


def test_audio_that_becomes_active_is_told_once() -> None:
    active = state("established", mediaState={"audio": "active"})
    assert [
        one.active for one in only(MediaChange, changes(active, active)) if isinstance(one, MediaChange)
    ] == [True]


def test_each_tone_counts_once_by_its_number_also_when_it_was_overtaken() -> None:
    seen = only(Tone, changes(tone(1), tone(1), tone(3), tone(2), tone(2), tone("4"), tone(3)))
    assert [one.sequence_id for one in seen if isinstance(one, Tone)] == [1, 3, 2, 4]


@pytest.mark.parametrize(
    "info", [None, {}, {"tone": "tone1"}, {"sequenceId": 1}, {"sequenceId": True}, 7, "1"]
)
def test_a_malformed_tone_is_no_tone(info: object) -> None:
    assert only(Tone, changes(state("established", toneInfo=info))) == []


def test_a_tone_has_the_key_that_is_printed_on_the_phone() -> None:
    pressed = only(Tone, changes(tone(1, "tone4"), tone(2, "star"), tone(3, "pound")))
    assert [one.key for one in pressed if isinstance(one, Tone)] == ["4", "*", "#"]


def test_rosters_are_compared_by_participant() -> None:
    joined, second = only(
        RosterChange,
        changes(roster(person("A-1"), person("b")), roster(person("a1", isMuted=True), person("c"))),
    )
    assert isinstance(joined, RosterChange)
    assert isinstance(second, RosterChange)
    assert [one.id for one in joined.joined] == ["A-1", "b"]
    assert [[one.id for one in group] for group in (second.joined, second.left, second.changed)] == [
        ["c"],
        ["b"],
        ["a1"],
    ]


def test_the_same_roster_twice_is_no_change() -> None:
    assert len(only(RosterChange, changes(roster(person("a")), roster(person("a"))))) == 1


def test_a_delta_roster_adds_and_marks_who_left() -> None:
    delta = {
        "@odata.type": "#microsoft.graph.deltaParticipants",
        "sequenceNumber": 2,
        "participants": [person("b"), person("a", removedState={"reason": "left"})],
    }
    record = after(roster(person("a")), notified(delta, path=f"{PATH}/participants"))
    assert list(record.roster) == ["b"]


@pytest.mark.parametrize("data", [None, "text", {}, {"participants": "none"}])
def test_a_roster_that_is_none_is_unknown_and_harmless(data: object) -> None:
    folded = fold(after(roster(person("a"))), notified(data, path=f"{PATH}/participants"))
    assert folded.verdict is Verdict.UNKNOWN
    assert folded.record is not None
    assert list(folded.record.roster) == ["a"]


def test_a_participant_that_shows_recording_is_told_apart() -> None:
    recording = person("a", recordingInfo={"recordingStatus": "recording"})
    seen = only(RecordingChange, changes(roster(person("a")), roster(recording), roster(recording)))
    assert [one.status for one in seen if isinstance(one, RecordingChange)] == ["recording"]


def test_a_finished_operation_counts_once() -> None:
    seen = only(OperationFinished, changes(operation("op-1", context="c"), operation("OP1", context="c")))
    assert len(seen) == 1


def test_an_operation_without_an_id_is_known_by_its_context() -> None:
    first = operation(None, context="one", path="participants")
    second = operation(None, context="two", path="participants")
    assert len(only(OperationFinished, changes(first, first, second))) == 2


def test_an_operation_that_is_only_running_is_not_finished() -> None:
    running = operation("op-1", status="Running", change="updated")
    assert only(OperationFinished, changes(running)) == []
    assert (
        len(only(OperationFinished, changes(running, operation("op-1", status="Failed", change="updated"))))
        == 1
    )


def test_a_roster_on_the_path_of_an_operation_is_a_roster() -> None:
    odd = notified([person("a")], path=f"{PATH}/operations/participants")
    assert len(only(RosterChange, changes(odd))) == 1


def test_content_sharing_is_told_when_it_starts_and_when_it_stops() -> None:
    def sharing(change: str) -> Observation:
        return notified([{"id": "s1"}, {"no": "id"}, 5], path=f"{PATH}/contentsharingsessions", change=change)

    seen = changes(sharing("created"), sharing("updated"), sharing("deleted"), sharing("deleted"))
    assert [one.started for one in seen if isinstance(one, ContentSharingChange)] == [True, False]
    odd = notified("nothing", path=f"{PATH}/contentsharingsessions")
    assert fold(after(created()), odd).verdict is Verdict.UNKNOWN


def test_transcription_is_told_when_it_changes() -> None:
    def transcribing(name: str) -> Observation:
        return state("established", transcription={"state": name})

    seen = only(
        TranscriptionChange, changes(transcribing("active"), transcribing("active"), transcribing("inactive"))
    )
    assert [one.state for one in seen if isinstance(one, TranscriptionChange)] == ["active", "inactive"]


def test_an_unknown_path_is_a_sighting_and_nothing_else() -> None:
    folded = fold(after(created(at=100.0)), notified({"x": 1}, path=f"{PATH}/telepathy/1", at=140.0))
    assert folded.verdict is Verdict.UNKNOWN
    assert folded.record is not None
    assert folded.record.seen_at == 140.0


def test_a_keep_alive_is_a_sighting() -> None:
    record = after(created(at=100.0), KeptAlive(900.0))
    assert (record.seen_at, record.kept_alive_at) == (900.0, 900.0)


def test_what_does_not_name_a_call_cannot_begin_a_record() -> None:
    for nameless in (read("established"), gone(), KeptAlive(1.0), Doubted(1.0, "why")):
        assert fold(None, nameless).record is None


def test_a_first_sighting_of_an_end_is_an_end() -> None:
    assert steps(state("terminated"), state("incoming"), state("established")) == [(None, "terminated")]
