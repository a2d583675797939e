"""What is done to participants: muting, hold music, sharing, removing.

https://learn.microsoft.com/graph/api/participant-mute
"""

import secrets

from callbot.emulator.callbacks.shapes import ChangeType
from callbot.emulator.calls.call import Call, State
from callbot.emulator.calls.conversation import Conversation, Participant
from callbot.emulator.flow import notify, roster
from callbot.emulator.flow.lifecycle import end, move
from callbot.emulator.platform import Platform


def set_muted(
    platform: Platform, conversation: Conversation, participant: Participant, *, muted: bool
) -> None:
    """Mute or unmute somebody for everybody, who are all told."""
    if participant.muted is not muted:
        participant.muted = muted
        roster.changed(platform, conversation, [participant])


def set_hold_music(platform: Platform, call: Call, participant: Participant, *, playing: bool) -> None:
    """Put somebody on hold with music, or bring them back."""
    participant.hears_music = playing
    roster.changed(platform, call.conversation, [participant])


def share_screen(
    platform: Platform, conversation: Conversation, participant: Participant, *, shares: bool
) -> None:
    """Let somebody show their screen, or stop."""
    if participant.sharing is not shares:
        participant.sharing = shares
        roster.changed(platform, conversation, [participant])


def share_content(
    platform: Platform, conversation: Conversation, participant: Participant, *, shares: bool
) -> None:
    """Let somebody show slides, or stop; bots that asked for it are told."""
    if shares:
        content_id = conversation.shared.setdefault(participant.id, secrets.token_hex(32))
        change = ChangeType.CREATED
    else:
        gone = conversation.shared.pop(participant.id, None)
        if gone is None:
            return
        content_id, change = gone, ChangeType.DELETED
    for leg in platform.calls.legs(conversation):
        if leg.connected and leg.option("isContentSharingNotificationEnabled"):
            notify.content_sharing(platform, leg, change, content_id)


def remove(platform: Platform, conversation: Conversation, participant: Participant) -> None:
    """Remove somebody; the leg of a bot ends."""
    leg = next((leg for leg in platform.calls.legs(conversation) if leg.me is participant), None)
    if leg is not None:
        end(platform, leg, platform.settings.outcomes.removed, "removed by a participant")
    else:
        roster.leave(platform, conversation, participant, "Removed")


def hold(platform: Platform, call: Call, *, held: bool) -> None:
    """Let the person at the other end put the bot's call on hold, or take it back."""
    if not platform.settings.unsettled.hold_state:
        return
    if held and call.state is State.ESTABLISHED:
        move(platform, call, State.HOLD, "put on hold by the person")
    elif not held and call.state is State.HOLD:
        move(platform, call, State.ESTABLISHED, "taken back by the person")
    else:
        return
    notify.call_updated(platform, call)
