"""Who is in a conversation, and who is told of it.

https://learn.microsoft.com/graph/api/resources/participant
"""

from collections.abc import Sequence

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Conversation, Participant
from callbot.emulator.calls.roster_document import roster_entry
from callbot.emulator.flow import notify
from callbot.emulator.flow.lifecycle import end
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.wire import JsonObject, typed


def visible_to(call: Call) -> list[Participant]:
    """Return whom a leg sees: only itself in the lobby, else everybody who is not hidden."""
    if call.me.in_lobby:
        return [call.me]
    everybody = call.conversation.participants.values()
    return [one for one in everybody if not one.hidden or one is call.me]


def join(platform: Platform, conversation: Conversation, participant: Participant) -> None:
    """Take somebody in and tell everybody."""
    conversation.add(participant)
    changed(platform, conversation, [participant])


def arrive(platform: Platform, call: Call) -> None:
    """Tell a new leg who is there, and everybody else that it has come."""
    changed(platform, call.conversation, [call.me], but=call)
    welcome(platform, call)


def leave(platform: Platform, conversation: Conversation, participant: Participant, reason: str) -> None:
    """Take somebody out and tell everybody; a bot that stays alone is removed a little later."""
    if conversation.participants.pop(participant.id, None) is None:
        return
    conversation.shared.pop(participant.id, None)
    for leg in platform.calls.legs(conversation):
        if leg.policy is not None and leg.policy.observed is participant:
            end(platform, leg, platform.settings.outcomes.hung_up, "the recorded person left")
    changed(platform, conversation, [], gone=[participant], reason=reason)
    look_for_loneliness(platform, conversation)


def changed(
    platform: Platform,
    conversation: Conversation,
    participants: Sequence[Participant],
    *,
    gone: Sequence[Participant] = (),
    reason: str = "",
    but: Call | None = None,
) -> None:
    """Tell every connected leg but one that participants have changed or are gone."""
    if not conversation.has_roster:
        return
    conversation.sequence += 1
    for leg in platform.calls.legs(conversation):
        if leg is not but and leg.connected and (not leg.me.in_lobby or leg.me in participants):
            _tell(platform, leg, participants, gone, reason)


def welcome(platform: Platform, call: Call) -> None:
    """Tell a new leg who is there."""
    if call.conversation.has_roster:
        _tell(platform, call, visible_to(call), (), "")


def look_for_loneliness(platform: Platform, conversation: Conversation) -> None:
    """Start the time after which a bot that was left alone is removed."""
    timing, outcomes = platform.settings.timing, platform.settings.outcomes
    for leg in platform.calls.legs(conversation):
        if is_alone(leg):
            _remove_if_alone(platform, leg, timing.alone, outcomes.alone)


def expect_company(platform: Platform, call: Call) -> None:
    """Remove a bot that nobody joins."""
    if is_alone(call):
        timing, outcomes = platform.settings.timing, platform.settings.outcomes
        _remove_if_alone(platform, call, timing.nobody_joined, outcomes.nobody_joined)


def is_alone(call: Call) -> bool:
    """Say whether only bots are with a connected leg, and nobody's phone rings to join it."""
    conversation = call.conversation
    return call.connected and conversation.has_roster and not conversation.people() and not call.pending


def _remove_if_alone(platform: Platform, call: Call, seconds: float, outcome: Outcome) -> None:
    def remove() -> None:
        if is_alone(call):
            end(platform, call, outcome, "nobody else is there")

    platform.later(call, seconds, remove)


def _tell(
    platform: Platform,
    call: Call,
    participants: Sequence[Participant],
    gone: Sequence[Participant],
    reason: str,
) -> None:
    if not call.option("isDeltaRosterEnabled"):
        notify.roster(platform, call, [roster_entry(one) for one in visible_to(call)])
        return
    sequence = call.conversation.sequence
    seen = visible_to(call)
    entries = [{**roster_entry(one), "rosterSequenceNumber": sequence} for one in participants if one in seen]
    entries += [_removed(one, sequence, reason) for one in gone if not one.hidden]
    notify.roster_delta(platform, call, entries, sequence)


def _removed(participant: Participant, sequence: int, reason: str) -> JsonObject:
    return {
        **roster_entry(participant),
        "rosterSequenceNumber": sequence,
        "removedState": typed("removedState", {"reason": reason}),
    }
