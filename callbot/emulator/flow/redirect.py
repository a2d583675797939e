"""The bot sends an incoming call on to somebody else.

https://learn.microsoft.com/graph/api/call-redirect
"""

from callbot.emulator.calls.call import Call, Pending, State
from callbot.emulator.errors import wrong_state
from callbot.emulator.flow import notify
from callbot.emulator.flow.lifecycle import end, move, stop_ringing
from callbot.emulator.flow.ringing import find_person, ring, stop
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject, identity_set, typed


def redirect(platform: Platform, call: Call, targets: list[JsonObject], seconds: float) -> None:
    """Ring `targets` in the bot's place; the first who answers has the call, which ends for the bot.

    Raises `ApiError` when the call does not ring any more.
    """
    if call.state is not State.INCOMING or call.redirected:
        raise wrong_state()
    call.redirected = True
    stop_ringing(call)
    if platform.settings.unsettled.redirecting_state:
        move(platform, call, State.REDIRECTING, "redirected by the bot")
        notify.call_updated(platform, call)
    for target in targets:
        _ring(platform, call, find_person(platform, target.get("identity")), seconds)


def _ring(platform: Platform, call: Call, person: Person, seconds: float) -> None:
    def answered() -> None:
        _cancel_others(call)
        if person.phone is not None:
            identity = identity_set(encrypted={"id": f"8:{person.phone.lstrip('+')}"})
            call.answered_by = typed("participantInfo", {"identity": identity})
        end(platform, call, None, "redirected by the bot", silent=True)
        notify.call_redirected(platform, call)

    def failed(outcome: Outcome, why: str) -> None:
        if not call.pending:
            end(platform, call, outcome, f"redirected, but {why}")

    ring(platform, call, person, seconds, answered, failed)


def _cancel_others(call: Call) -> None:
    others: list[Pending] = list(call.pending)
    for other in others:
        stop(call, other)
