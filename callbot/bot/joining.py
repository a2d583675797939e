"""The question whether somebody may join a call that a policy-recording bot records."""

from collections.abc import Sequence
from typing import NamedTuple

from callbot.model import (
    AcceptJoinResponse,
    InviteNewBotResponse,
    Participant,
    RejectJoinResponse,
    RejectReason,
)

JoinDecision = AcceptJoinResponse | RejectJoinResponse | InviteNewBotResponse
"""What a bot decides; it is the HTTP response of the callback that asks."""


class ParticipantJoining(NamedTuple):
    """Somebody under the same recording policy wants to join the call; `at` is wall time in seconds.

    https://learn.microsoft.com/graph/api/resources/participantjoiningnotification
    """

    call_id: str
    participants: Sequence[Participant]
    at: float

    def accept(self) -> AcceptJoinResponse:
        """Let this call of the bot look after them too."""
        return AcceptJoinResponse()

    def reject(self, reason: RejectReason = RejectReason.BUSY) -> RejectJoinResponse:
        """Do not let them join."""
        return RejectJoinResponse(reason=reason)

    def invite_new_bot(self, uri: str) -> InviteNewBotResponse:
        """Let another instance look after them: it is called at the callback address `uri`."""
        return InviteNewBotResponse(invite_uri=uri)
