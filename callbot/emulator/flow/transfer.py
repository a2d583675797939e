"""The bot hands its caller to somebody else: blind, after asking them (consultative), or out of a group.

https://learn.microsoft.com/graph/api/call-transfer
"""

import base64
from collections.abc import Mapping

from callbot.emulator.calls.call import Call, State
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.calls.operation import outcome_json
from callbot.emulator.errors import not_established, wrong_state
from callbot.emulator.flow import notify, roster
from callbot.emulator.flow.lifecycle import activate_audio, end, move, silence_audio
from callbot.emulator.flow.ringing import find_person, ring
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject


def transfer(
    platform: Platform, call: Call, target: Mapping[str, object], transferee: Participant | None
) -> None:
    """Start a transfer to the identity in `target`; `transferee` is who leaves a group call.

    Raises `ApiError` when the state of the call does not allow it.
    """
    if call.state in (State.TRANSFERRING, State.TRANSFER_ACCEPTED):
        raise wrong_state()
    if not call.connected:
        raise not_established()
    move(platform, call, State.TRANSFERRING, "transferred by the bot")
    notify.call_updated(platform, call)
    replaced_id = target.get("replacesCallId")
    if isinstance(replaced_id, str):
        _replace(platform, call, replaced_id, transferee)
    else:
        _ring_target(platform, call, find_person(platform, target.get("identity")), transferee)


def _ring_target(platform: Platform, call: Call, person: Person, transferee: Participant | None) -> None:
    outcomes, timing = platform.settings.outcomes, platform.settings.timing
    if person.tenant_id and person.tenant_id.lower() != call.tenant_id.lower():
        platform.later(call, 0, lambda: _fail(platform, call, outcomes.transfer_failed, "another tenant"))
        return

    def answered() -> None:
        _accept(platform, call, transferee, consulted=None)

    def failed(_: Outcome, why: str) -> None:
        _fail(platform, call, outcomes.transfer_failed, why)

    ring(platform, call, person, timing.transfer_ring, answered, failed)


def _replace(platform: Platform, call: Call, replaced_id: str, transferee: Participant | None) -> None:
    """Join the caller with whom the bot talks to in another call."""
    other = platform.calls.find(replaced_id)
    if other is None or other is call or other.app is not call.app or not other.connected:
        outcome = platform.settings.outcomes.replacement_failed
        platform.later(call, 0, lambda: _fail(platform, call, outcome, "no call to replace"))
        return
    platform.later(call, 0, lambda: _accept(platform, call, transferee, consulted=other))


def _accept(platform: Platform, call: Call, transferee: Participant | None, consulted: Call | None) -> None:
    if platform.settings.unsettled.media_first_on_transfer:
        silence_audio(platform, call)
    move(platform, call, State.TRANSFER_ACCEPTED, "the target has accepted")
    notify.call_updated(platform, call)
    silence_audio(platform, call)
    seconds = platform.settings.timing.transfer_done
    platform.later(call, seconds, lambda: _complete(platform, call, transferee, consulted))


def _complete(platform: Platform, call: Call, transferee: Participant | None, consulted: Call | None) -> None:
    stays = transferee is not None and not platform.settings.unsettled.group_transfer_ends_call
    if stays:
        _return(platform, call, {})
    elif consulted is None:
        end(platform, call, platform.settings.outcomes.transferred, "transferred")
    else:
        for leg in (call, consulted):
            _end_as_transferred(platform, leg)
    if transferee is not None:
        roster.leave(platform, call.conversation, transferee, "Transferred")


def _end_as_transferred(platform: Platform, call: Call) -> None:
    if call.over:
        return
    end(platform, call, None, "transferred", silent=True)
    notify.call_ended(platform, call, terminationReason="AppTransferred")


def _fail(platform: Platform, call: Call, outcome: Outcome, why: str) -> None:
    result = outcome_json(outcome) or {}
    # the wire spells it with a capital C here
    told = {("subCode" if key == "subcode" else key): value for key, value in result.items()}
    context = base64.b64encode(f"{platform.root}/conversations/{call.conversation.id}".encode()).decode()
    _return(platform, call, {"resultInfo": told, "replacesContext": context}, why)


def _return(platform: Platform, call: Call, fields: JsonObject, why: str = "the transferee has left") -> None:
    move(platform, call, State.ESTABLISHED, why)
    notify.call_updated(platform, call, **fields)
    platform.later(call, platform.settings.timing.media, lambda: activate_audio(platform, call))
