"""The verbs of the bot about itself in a group call: muting, screen sharing, recording status, gallery.

https://learn.microsoft.com/graph/api/call-updaterecordingstatus
"""

from enum import StrEnum

from callbot.emulator.api.answers import ACCEPTED as ACCEPTED_STATUS
from callbot.emulator.api.answers import completed_reply, operation_reply
from callbot.emulator.api.checks.calls import need_connected, need_group
from callbot.emulator.api.checks.media import ACCESS_MEDIA
from callbot.emulator.api.exchange import ACCEPTED, Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.calls.operation import Operation
from callbot.emulator.errors import ApiError
from callbot.emulator.flow import notify, roster
from callbot.emulator.meetings.moderating import set_muted, share_screen
from callbot.emulator.platform import Platform

GALLERY_ROLES = (
    "Calls.JoinGroupCall.All",
    "Calls.JoinGroupCallAsGuest.All",
    "Calls.InitiateGroupCall.All",
)


class ScreenSharingRole(StrEnum):
    """What a bot does with the shared screen."""

    VIEWER = "viewer"
    SHARER = "sharer"


class RecordingStatus(StrEnum):
    """What a policy-recording bot reports."""

    NOT_RECORDING = "notRecording"
    RECORDING = "recording"
    FAILED = "failed"


async def mute(exchange: Exchange) -> Reply:
    """Mute the bot."""
    return _set_muted(exchange, "muteParticipantOperation", muted=True)


async def unmute(exchange: Exchange) -> Reply:
    """Unmute the bot."""
    return _set_muted(exchange, "unmuteParticipantOperation", muted=False)


async def change_screen_sharing_role(exchange: Exchange) -> Reply:
    """Share the bot's screen, or stop."""
    exchange.need_role(ACCESS_MEDIA)
    exchange.body.need("role")
    role = exchange.body.choice("role", ScreenSharingRole)
    call = exchange.call
    need_group(call)
    if call.service_hosted:
        raise ApiError(400, 8500, "The operation needs application-hosted media.")
    shares = role is ScreenSharingRole.SHARER
    share_screen(exchange.platform, call.conversation, call.me, shares=shares)
    return ACCEPTED


async def update_recording_status(exchange: Exchange) -> Reply:
    """Report whether the bot records the one it was called for."""
    exchange.need_role("Calls.JoinGroupCall.All", ACCESS_MEDIA)
    exchange.body.need("status")
    status = exchange.body.choice("status", RecordingStatus)
    operation = Operation(
        type="updateRecordingStatusOperation", client_context=exchange.body.client_context()
    )
    call = exchange.call
    need_connected(call)
    if call.policy is None:
        raise ApiError(400, 8506, "The call is not a compliance recording call.")
    observed = call.policy.observed
    observed.recording, observed.recorded_by = str(status), call.me.identity
    roster.changed(exchange.platform, call.conversation, [observed])
    return completed_reply(exchange, operation)


async def add_large_gallery_view(exchange: Exchange) -> Reply:
    """Add the large gallery view."""
    exchange.need_role(*GALLERY_ROLES)
    call, platform = exchange.call, exchange.platform
    operation = Operation(type="addLargeGalleryViewOperation", client_context=exchange.body.client_context())
    need_group(call)
    call.operations[operation.id] = operation

    def done(platform: Platform = platform) -> None:
        operation.finish()
        notify.operation_finished(platform, call, operation)

    platform.later(call, platform.settings.timing.gallery, done)
    return operation_reply(exchange, operation, ACCEPTED_STATUS)


def _set_muted(exchange: Exchange, kind: str, *, muted: bool) -> Reply:
    operation = Operation(type=kind, client_context=exchange.body.client_context())
    call = exchange.call
    need_group(call)
    set_muted(exchange.platform, call.conversation, call.me, muted=muted)
    return completed_reply(exchange, operation)


VERBS = (
    Verb("mute", "POST", "{call}/mute", mute),
    Verb("unmute", "POST", "{call}/unmute", unmute),
    Verb("changeScreenSharingRole", "POST", "{call}/changeScreenSharingRole", change_screen_sharing_role),
    Verb("updateRecordingStatus", "POST", "{call}/updateRecordingStatus", update_recording_status),
    Verb(
        "addLargeGalleryView",
        "POST",
        "{call}/addLargeGalleryView",
        add_large_gallery_view,
        global_only=True,
    ),
)
