"""The bodies of a create: one function for each way to place a call or to join a meeting.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from collections.abc import Iterable, Sequence

from callbot.errors import InvalidArgument
from callbot.graph.meetings import Meeting
from callbot.model import (
    AcsUser,
    Application,
    CallOptions,
    Guest,
    InvitationParticipantInfo,
    MediaConfig,
    Modality,
    Phone,
    Resource,
    ResourceAccount,
    ServiceHostedMediaConfig,
    User,
)

Callee = User | Phone | ResourceAccount | AcsUser | Application
Caller = Application | ResourceAccount

_VERB = "create_call"
_AUDIO = (Modality.AUDIO,)


def peer_to_peer(
    to: Callee,
    *,
    callback_uri: str,
    tenant: str | None = None,
    source: Caller | None = None,
    subject: str | None = None,
    modalities: Iterable[Modality | str] = _AUDIO,
    media_config: MediaConfig | None = None,
    options: CallOptions | None = None,
    ringing_timeout: int | None = None,
) -> dict[str, object]:
    """Return the body that calls one person. It needs Calls.Initiate.All.

    A telephone is called from a resource account that has a number: that is `source` then.
    `ringing_timeout` is in seconds, 115 at most, and a property of the beta API.
    """
    if isinstance(to, Phone) and not isinstance(source, ResourceAccount):
        raise InvalidArgument(
            "a telephone can only be called from a resource account with a number: "
            "give it as source=ResourceAccount(its object id)",
            verb=_VERB,
        )
    return _call(
        callback_uri,
        modalities,
        media_config,
        targets=[invitation(to).to_wire()],
        source=None if source is None else {"identity": source.to_identity_set().to_wire()},
        tenantId=tenant,
        subject=subject,
        callOptions=options,
        ringingTimeoutInSeconds=ringing_timeout,
    )


def group_call(
    to: Sequence[Callee],
    *,
    source: Caller,
    callback_uri: str,
    tenant: str | None = None,
    subject: str | None = None,
    modalities: Iterable[Modality | str] = _AUDIO,
    media_config: MediaConfig | None = None,
    options: CallOptions | None = None,
) -> dict[str, object]:
    """Return the body that calls two to five people at once. It needs Calls.InitiateGroupCall.All.

    `source` is the bot itself. Such a call has neither chat nor recording.
    """
    if len(to) < 2:  # noqa: PLR2004 - one callee is no group
        raise InvalidArgument("a group call needs at least two people to call", verb=_VERB)
    return _call(
        callback_uri,
        modalities,
        media_config,
        targets=[invitation(one).to_wire() for one in to],
        source={"identity": source.to_identity_set().to_wire()},
        tenantId=tenant,
        subject=subject,
        callOptions=options,
    )


def meeting_call(
    meeting: Meeting,
    *,
    callback_uri: str,
    tenant: str | None = None,
    guest: Guest | None = None,
    modalities: Iterable[Modality | str] = _AUDIO,
    media_config: MediaConfig | None = None,
    options: CallOptions | None = None,
) -> dict[str, object]:
    """Return the body that joins a meeting. It needs Calls.JoinGroupCall.All, or ...AsGuest.All for a guest.

    The meeting's own tenant comes before `tenant`. A guest may have to wait in the lobby.
    """
    return _call(
        callback_uri,
        modalities,
        media_config,
        chatInfo=meeting.chat_info,
        meetingInfo=meeting.meeting_info,
        source=None if guest is None else {"identity": guest.to_identity_set().to_wire()},
        tenantId=meeting.tenant_id or tenant,
        callOptions=options,
    )


def _call(
    callback_uri: str,
    modalities: Iterable[Modality | str],
    media_config: MediaConfig | None,
    **rest: object,
) -> dict[str, object]:
    body: dict[str, object] = {
        "@odata.type": "#microsoft.graph.call",
        "direction": "outgoing",
        "callbackUri": callback_uri,
        "requestedModalities": [str(modality) for modality in modalities],
        "mediaConfig": (media_config or ServiceHostedMediaConfig()).to_wire(),
    }
    for key, value in rest.items():
        if value is not None:
            body[key] = value.to_wire() if isinstance(value, Resource) else value
    return body


def invitation(
    who: Callee | InvitationParticipantInfo, *, replaces_call_id: str | None = None
) -> InvitationParticipantInfo:
    """Return how somebody is invited, called or transferred to; what is one already is left as it is."""
    if isinstance(who, InvitationParticipantInfo):
        return who
    plain = InvitationParticipantInfo(identity=who.to_identity_set())
    if replaces_call_id is None:
        return plain
    return plain.model_copy(update={"replaces_call_id": replaces_call_id})
