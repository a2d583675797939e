"""What no source settles about the real platform: each default is a guess that can be turned around."""

from typing import Literal

from pydantic import Field

from callbot.emulator.settings.base import Frozen, Seconds


class Unsettled(Frozen):
    """The guesses of the emulator."""

    legacy_probe: bool = Field(
        default=False, description="ask in the legacy form first; 204 then gets the Graph form"
    )
    callback_attempts: int = Field(1, ge=1, description="how often a failing callback is sent")
    callback_retry_after: Seconds = Field(1.0, description="seconds between such attempts")
    callback_token_reuse: Seconds = Field(
        60.0, description="callbacks within so many seconds carry the same token"
    )
    failed_callback_ends_call: bool = Field(
        default=False, description="a failing callback ends a call that is not established yet"
    )
    ringing_state: bool = Field(default=False, description="outgoing calls pass through ringing")
    redirecting_state: bool = Field(default=False, description="redirected calls pass through redirecting")
    terminating_state: bool = Field(default=False, description="a deleted call passes through terminating")
    hold_state: bool = Field(default=True, description="a person who holds puts the bot's call on hold")
    media_first_on_transfer: bool = Field(
        default=False, description="audio inactive is told before transferAccepted, not after"
    )
    group_transfer_ends_call: bool = Field(
        default=True, description="the bot's call ends after a transfer from a group call"
    )
    unknown_people_answer: bool = Field(
        default=False, description="a user nobody has defined answers; else there are no callee endpoints"
    )
    common_is_home: bool = Field(
        default=True, description="the authority common gives tokens of the app's home tenant"
    )
    bad_join_ends_call: bool = Field(
        default=False, description="a wrong meeting id or passcode ends the call instead of the request"
    )
    p2p_invite_escalates: bool = Field(
        default=False, description="an invitation from a peer-to-peer call makes it a group call"
    )
    multi_invite_odd_path: bool = Field(
        default=False, description="an invitation of several is finished at /operations/participants"
    )
    hold_music_without_slash: bool = Field(
        default=False, description="the path of a hold-music operation has no leading slash"
    )
    participant_not_found: Literal["8522", "8558"] = Field(
        "8558", description="the code of the 404 for a participant who is not in the call"
    )
    limit_status: Literal[403, 429] = Field(403, description="the status of codes 8529 and 8530")
    joining_change: Literal["created", "updated"] = Field(
        "created", description="the changeType of the participant-joining question"
    )
    joining_path: str = Field(
        "", pattern=r"^(/.*)?$", description="what follows the call's path in that question"
    )
