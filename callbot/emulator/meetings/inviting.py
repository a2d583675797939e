"""A bot invites people to its group call, and takes somebody over from another call.

https://learn.microsoft.com/graph/api/participant-invite
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callbot.emulator.calls.call import Call, Pending
from callbot.emulator.calls.operation import SUCCESS, Operation
from callbot.emulator.flow import notify
from callbot.emulator.flow.lifecycle import end
from callbot.emulator.flow.ringing import find_person, ring, stop
from callbot.emulator.meetings.group import take_in
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject


@dataclass(slots=True)
class _Invitation:
    """How far an invitation of several people is."""

    operation: Operation
    waiting: int
    failures: list[Outcome] = field(default_factory=list)


def invite(platform: Platform, call: Call, invited: list[JsonObject], operation: Operation) -> None:
    """Ring everybody in `invited`; the operation is finished when all have reacted."""
    call.operations[operation.id] = operation
    replaced = invited[0].get("replacesCallId")
    if isinstance(replaced, str):
        platform.later(call, 0, lambda: _replace(platform, call, replaced, invited[0], operation))
        return
    invitation = _Invitation(operation, len(invited))
    for target in invited:
        _ring(platform, call, invitation, target)


def cancel_invitation(call: Call, participant_id: str) -> bool:
    """Stop ringing somebody who was invited under this participant id; say whether there was one."""
    for pending in list(call.pending):
        if pending.participant_id == participant_id:
            stop(call, pending)
            return True
    return False


def _ring(platform: Platform, call: Call, invitation: _Invitation, target: Mapping[str, object]) -> None:
    person = find_person(platform, target.get("identity"))
    participant_id = target.get("participantId") or target.get("id")

    def answered() -> None:
        joined = take_in(platform, call, person, pending.participant_id)
        joined.hidden = target.get("hidden") is True
        _settle(platform, call, invitation)

    def failed(outcome: Outcome, _: str) -> None:
        invitation.failures.append(_underlying(person, outcome))
        _settle(platform, call, invitation)

    pending: Pending = ring(platform, call, person, platform.settings.timing.ring, answered, failed)
    if isinstance(participant_id, str):
        pending.participant_id = participant_id


def _settle(platform: Platform, call: Call, invitation: _Invitation) -> None:
    invitation.waiting -= 1
    if invitation.waiting == 0:
        outcome = invitation.failures[0] if invitation.failures else SUCCESS
        _finish(platform, call, invitation.operation, outcome)


def _replace(
    platform: Platform, call: Call, replaced_id: str, target: Mapping[str, object], operation: Operation
) -> None:
    """Move the person of another call of the same bot over; that call then ends."""
    other = platform.calls.find(replaced_id)
    if other is None or other is call or other.app is not call.app:
        outcome = platform.settings.operation_outcomes.nothing_to_replace
        _finish(platform, call, operation, outcome)
        return
    take_in(platform, call, find_person(platform, target.get("identity")))
    _finish(platform, call, operation, SUCCESS)
    end(platform, other, platform.settings.outcomes.hung_up, "replaced by a group call")


def _finish(platform: Platform, call: Call, operation: Operation, outcome: Outcome) -> None:
    operation.finish(outcome)
    people = operation.details.get("participants")
    several = isinstance(people, list) and len(people) > 1
    odd = several and platform.settings.unsettled.multi_invite_odd_path
    notify.operation_finished(platform, call, operation, path="operations/participants" if odd else None)


def _underlying(person: Person, outcome: Outcome) -> Outcome:
    name = f"4:{person.phone}" if person.phone else f"8:orgid:{person.id}"
    message = (
        f"addParticipants failed for participant {name}. Underlying reason: {outcome.message} "
        f"DiagCode: 412#{outcome.subcode}."
    )
    return Outcome(code=412, subcode=9999, message=message)
