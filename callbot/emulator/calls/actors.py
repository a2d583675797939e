"""What a person does by themselves while in a call: pressing keys, hanging up."""

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.lifecycle import end
from callbot.emulator.media.tones import press
from callbot.emulator.people import Person, Press
from callbot.emulator.platform import Platform


def take_part(platform: Platform, call: Call, person: Person) -> None:
    """Let `person` behave in `call` from the moment it is established."""
    call.hooks.established.append(lambda: _behave(platform, call, person))


def hang_up(platform: Platform, call: Call) -> None:
    """Let the person at the other end of a peer-to-peer call hang up, or give up while it rings."""
    outcomes = platform.settings.outcomes
    if call.connected:
        end(platform, call, outcomes.hung_up, "the person hung up")
    else:
        end(platform, call, outcomes.cancelled, "the caller gave up")


def _behave(platform: Platform, call: Call, person: Person) -> None:
    behaviour = person.behaviour
    for wanted in behaviour.presses:
        if wanted.prompts == 0:
            _press_later(platform, call, wanted)
    waiting = [wanted for wanted in behaviour.presses if wanted.prompts > 0]
    if waiting:
        call.hooks.prompt.append(lambda: _press_after_prompt(platform, call, waiting))
    if behaviour.hangs_up_after is not None:
        platform.later(call, behaviour.hangs_up_after, lambda: hang_up(platform, call))


def _press_after_prompt(platform: Platform, call: Call, waiting: list[Press]) -> None:
    played = sum(1 for heard in call.heard if heard.whole)
    for wanted in [wanted for wanted in waiting if wanted.prompts <= played]:
        waiting.remove(wanted)
        _press_later(platform, call, wanted)


def _press_later(platform: Platform, call: Call, wanted: Press) -> None:
    platform.later(call, wanted.after, lambda: press(platform, call, wanted.key))
