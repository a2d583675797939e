"""What a person does by themselves while in a call: pressing keys, hanging up."""

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.flow import roster
from callbot.emulator.flow.lifecycle import end
from callbot.emulator.media.tones import press
from callbot.emulator.platform import Platform
from callbot.emulator.tenant.people import Press


def take_part(platform: Platform, call: Call, participant: Participant) -> None:
    """Let a person behave in `call` from the moment it is established."""
    call.hooks.established.append(lambda: behave(platform, call, participant))


def behave(platform: Platform, call: Call, participant: Participant) -> None:
    """Let a person behave in `call` from now on."""
    if participant.person is None:
        return
    behaviour = participant.person.behaviour
    for wanted in behaviour.presses:
        if wanted.prompts == 0:
            _press_later(platform, call, wanted)
    waiting = [wanted for wanted in behaviour.presses if wanted.prompts > 0]
    if waiting:
        call.hooks.prompt.append(lambda: _press_after_prompt(platform, call, waiting))
    if behaviour.hangs_up_after is not None:
        platform.later(call, behaviour.hangs_up_after, lambda: depart(platform, call, participant))


def depart(platform: Platform, call: Call, participant: Participant) -> None:
    """Let a person leave: a peer-to-peer call ends, a conversation of more goes on."""
    if call.conversation.has_roster and call.connected:
        roster.leave(platform, call.conversation, participant, "Left")
        return
    outcomes = platform.settings.outcomes
    if not call.connected:
        end(platform, call, outcomes.cancelled, "the caller gave up")
        return
    by_phone = participant.person is not None and participant.person.phone is not None
    outcome = outcomes.hung_up_by_phone if by_phone else outcomes.hung_up
    end(platform, call, outcome, "the person hung up")


def _press_after_prompt(platform: Platform, call: Call, waiting: list[Press]) -> None:
    played = sum(1 for heard in call.heard if heard.whole)
    for wanted in [wanted for wanted in waiting if wanted.prompts <= played]:
        waiting.remove(wanted)
        _press_later(platform, call, wanted)


def _press_later(platform: Platform, call: Call, wanted: Press) -> None:
    platform.later(call, wanted.after, lambda: press(platform, call, wanted.key))
