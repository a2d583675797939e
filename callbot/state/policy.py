"""Folding what only a policy-recording bot is told: about those it was asked to look after too.

https://learn.microsoft.com/microsoftteams/teams-recording-policy
"""

from callbot.model import NotificationPayload, ParticipantJoiningNotification, ParticipantLeftNotification
from callbot.state.changes import ParticipantLeft
from callbot.state.folded import Folded, Verdict
from callbot.state.observation import Notified
from callbot.state.record import Record

_KINDS = {kind.graph_type.lower() for kind in (ParticipantJoiningNotification, ParticipantLeftNotification)}
_CALL = "#microsoft.graph.call"  # what nearly every notification carries
_REMEMBERED = 32


def policy_payload(data: object) -> NotificationPayload | None:
    """Return what a notification tells a policy-recording bot; None when it is about the call itself.

    Only its type tells: nobody has published on which path these notifications come.
    """
    if not isinstance(data, dict):
        return None
    named = data.get("@odata.type")
    if named == _CALL or not isinstance(named, str) or named.rpartition(".")[2].lower() not in _KINDS:
        return None
    return NotificationPayload.view(data)


def fold_policy(record: Record, seen: Notified, payload: NotificationPayload) -> Folded:
    """Who left counts once. Who wants to join is asked about before anything is folded."""
    after = record._replace(seen_at=seen.at)
    if not isinstance(payload, ParticipantLeftNotification) or payload.participant_id is None:
        return Folded(after, (), Verdict.UNKNOWN)
    mark = f"left {payload.participant_id}"
    if mark in record.finished_operations:
        return Folded(after, (), Verdict.REPEATED)
    after = after._replace(finished_operations=(*record.finished_operations, mark)[-_REMEMBERED:])
    return Folded(after, (ParticipantLeft(record.id, payload.participant_id, seen.at),), Verdict.APPLIED)
