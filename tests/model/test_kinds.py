import pytest

from callbot.model import (
    AppHostedMediaConfig,
    CallOptions,
    CallResource,
    CommsOperation,
    CommunicationsPhoneIdentity,
    DeltaParticipants,
    IdentitySet,
    InviteNewBotResponse,
    InviteParticipantsOperation,
    JoinMeetingIdMeetingInfo,
    MediaConfig,
    MediaPrompt,
    MeetingInfo,
    MuteParticipantOperation,
    NotificationPayload,
    OrganizerMeetingInfo,
    ParticipantJoiningNotification,
    ParticipantJoiningResponse,
    ParticipantLeftNotification,
    PlayPromptOperation,
    Prompt,
    RecordOperation,
    RejectJoinResponse,
    Resource,
    ServiceHostedMediaConfig,
    TeleconferenceDeviceMediaQuality,
    TeleconferenceDeviceScreenSharingQuality,
    TokenMeetingInfo,
)
from tests.model.conftest import models


@pytest.mark.parametrize(
    "written",
    [
        "#microsoft.graph.recordOperation",
        "microsoft.graph.recordOperation",
        "recordOperation",
        "#Microsoft.Graph.RecordOperation",
    ],
)
def test_the_named_kind_is_taken_however_it_is_written(written: str) -> None:
    operation = CommsOperation.model_validate({"@odata.type": written, "id": "o"})
    assert type(operation) is RecordOperation
    assert operation.odata_type == written


@pytest.mark.parametrize(
    ("base", "wire", "kind"),
    [
        (MediaConfig, {"blob": "x"}, AppHostedMediaConfig),
        (MediaConfig, {"preFetchMedia": []}, ServiceHostedMediaConfig),
        (MeetingInfo, {"organizer": {}}, OrganizerMeetingInfo),
        (MeetingInfo, {"token": "x"}, TokenMeetingInfo),
        (MeetingInfo, {"joinMeetingId": "1", "passcode": None}, JoinMeetingIdMeetingInfo),
        (Prompt, {"mediaInfo": {}}, MediaPrompt),
        (CommsOperation, {"recordingLocation": "x"}, RecordOperation),
        (CommsOperation, {"prompts": []}, PlayPromptOperation),
        (NotificationPayload, {"sequenceNumber": 1, "participants": []}, DeltaParticipants),
        (NotificationPayload, {"participantId": "p", "call": {}}, ParticipantLeftNotification),
        (NotificationPayload, {"call": {}}, ParticipantJoiningNotification),
        (ParticipantJoiningResponse, {"reason": "Busy"}, RejectJoinResponse),
        (ParticipantJoiningResponse, {"inviteUri": "https://x"}, InviteNewBotResponse),
    ],
)
def test_a_kind_without_a_name_is_told_by_its_keys(
    base: type[Resource], wire: dict[str, object], kind: type[Resource]
) -> None:
    assert type(base.model_validate(wire)) is kind
    assert type(base.model_validate({"@odata.type": "#microsoft.graph.unheardOf", **wire})) is kind


@pytest.mark.parametrize(
    "base", [MediaConfig, MeetingInfo, Prompt, CommsOperation, CallOptions, NotificationPayload]
)
def test_an_unknown_kind_is_the_base_and_keeps_all(base: type[Resource]) -> None:
    wire = {"@odata.type": "#microsoft.graph.somethingNew", "novel": {"a": [1]}}
    resource = base.model_validate(wire)
    assert type(resource) is base
    assert resource.model_dump() == wire


def test_a_kind_that_was_asked_for_is_given_whatever_the_document_says() -> None:
    wire = {"@odata.type": "#microsoft.graph.recordOperation", "status": "completed"}
    assert type(PlayPromptOperation.model_validate(wire)) is PlayPromptOperation


@pytest.mark.parametrize("kind", models(CommsOperation))
def test_every_operation_is_found_by_its_type(kind: type[Resource]) -> None:
    assert type(CommsOperation.view({"@odata.type": "#microsoft.graph." + kind.graph_type})) is kind


def test_kinds_of_a_kind_are_found_from_the_top() -> None:
    wire = {"@odata.type": "#microsoft.graph.teleconferenceDeviceScreenSharingQuality"}
    assert (
        type(TeleconferenceDeviceMediaQuality.model_validate(wire))
        is TeleconferenceDeviceScreenSharingQuality
    )


def test_nested_kinds_are_told_apart() -> None:
    call = CallResource.model_validate(
        {
            "mediaConfig": {"@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "b"},
            "operations": [
                {"@odata.type": "#microsoft.graph.muteParticipantOperation"},
                {"prompts": [{"mediaInfo": {}}]},
            ],
        }
    )
    assert isinstance(call.media_config, AppHostedMediaConfig)
    muted, played = call.operations
    assert isinstance(muted, MuteParticipantOperation)
    assert isinstance(played, PlayPromptOperation)
    assert isinstance(played.prompts[0], MediaPrompt)


def test_the_kind_of_an_identity_is_told_by_its_place() -> None:
    identities = IdentitySet.model_validate(
        {"phone": {"@odata.type": "#microsoft.graph.identity", "id": "+1"}}
    )
    assert type(identities.phone) is CommunicationsPhoneIdentity


def test_an_operation_is_finished_when_it_completed_or_failed() -> None:
    for status, finished in (
        ("Running", False),
        ("notStarted", False),
        ("Completed", True),
        ("failed", True),
    ):
        assert InviteParticipantsOperation.model_validate({"status": status}).is_finished is finished
    assert not CommsOperation.model_validate({}).is_finished
