"""What the examples of the wire say, in typed values."""

from datetime import UTC, datetime

from callbot.model import (
    CallDirection,
    CallResource,
    CallState,
    CallTranscriptionState,
    DeltaParticipants,
    Guest,
    InviteParticipantsOperation,
    MediaDirection,
    MediaState,
    Modality,
    OrganizerMeetingInfo,
    Participant,
    Phone,
    PlayPromptCompletionReason,
    PlayPromptOperation,
    RecordCompletionReason,
    RecordOperation,
    ServiceHostedMediaConfig,
    TokenMeetingInfo,
    ToneName,
    User,
)
from tests.model.conftest import document


def data(name: str) -> object:
    return document(f"notification_{name}")["resourceData"]


def test_the_documented_peer_to_peer_call() -> None:
    call = CallResource.model_validate(document("get_peer_to_peer"))
    assert call.id == "2e1a0b00-2db4-4022-9570-243709c565ab"
    assert call.state is CallState.ESTABLISHED
    assert call.direction is CallDirection.OUTGOING
    assert call.requested_modalities == [Modality.AUDIO]
    assert call.targets[0].identity.who == User("112f7296-5fa4-42ca-bae8-6a692b15d4b8")
    assert isinstance(call.media_config, ServiceHostedMediaConfig)
    assert [media.uri for media in call.media_config.pre_fetch_media] == [
        "https://cdn.contoso.com/beep.wav",
        "https://cdn.contoso.com/cool.wav",
    ]
    assert call.subject is None
    assert call.answered_by is None


def test_the_documented_group_call() -> None:
    call = CallResource.model_validate(document("get_group"))
    assert call.targets == []
    assert call.chat_info is not None
    assert call.chat_info.message_id == "0"
    assert isinstance(call.meeting_info, OrganizerMeetingInfo)
    assert call.meeting_info.allow_conversation_without_host is True
    assert call.meeting_info.organizer.who == User("5810cede-f3cc-42eb-b2c1-e9bd5d53ec96")
    assert call.transcription is not None
    assert call.transcription.state is CallTranscriptionState.INACTIVE
    assert call.transcription.last_modified_date_time == datetime(2020, 5, 28, 0, 10, 54, 104318, tzinfo=UTC)


def test_media_and_tones() -> None:
    active = CallResource.model_validate(data("media_active"))
    assert active.media_state is not None
    assert active.media_state.audio is MediaState.ACTIVE
    tone = CallResource.model_validate(data("tone")).tone_info
    assert tone is not None
    assert (tone.sequence_id, tone.tone) == (1, ToneName.TONE4)


def test_operations() -> None:
    played = PlayPromptOperation.model_validate(data("prompt_played"))
    assert played.is_finished
    assert played.completion_reason is PlayPromptCompletionReason.COMPLETED_SUCCESSFULLY
    assert len(played.prompts) == 1
    recorded = RecordOperation.model_validate(data("record_done"))
    assert recorded.completion_reason is RecordCompletionReason.STOP_TONE_DETECTED
    assert recorded.recording_access_token == "example-token"
    assert recorded.result_info is not None
    assert recorded.result_info.is_success
    assert recorded.result_info.subcode == 8514
    invited = InviteParticipantsOperation.model_validate(data("invite_failed"))
    assert invited.participants[0].identity.who == Phone("+61000000000")
    assert invited.result_info is not None
    assert not invited.result_info.is_success
    assert "invited" in invited.result_info.explain().meaning


def test_rosters() -> None:
    listed = data("roster")
    assert isinstance(listed, list)
    person = Participant.model_validate(listed[0])
    assert person.media_streams[0].direction is MediaDirection.SEND_RECEIVE
    assert person.meeting_role == "none"
    delta = DeltaParticipants.model_validate(data("delta_roster"))
    assert delta.sequence_number == 12
    assert delta.participants[0].removed_state is not None
    assert delta.participants[0].info.identity.who == Guest("g1", "Visitor")


def test_policy_recording() -> None:
    call = CallResource.model_validate(data("policy_incoming"))
    assert isinstance(call.meeting_info, TokenMeetingInfo)
    assert call.application_metadata is not None
    bot_data = call.application_metadata.bot_data
    assert bot_data is not None
    assert bot_data.invite_reasons == ["PolicyBasedRecording"]
    assert bot_data.user is not None
    assert bot_data.user.client_location == "DE"


def test_a_failed_transfer() -> None:
    call = CallResource.model_validate(data("transfer_failed"))
    assert call.state is CallState.ESTABLISHED
    assert call.result_info is not None
    assert call.result_info.subcode == 7700
    assert call.replaces_context == "aHR0cHM6Ly9leGFtcGxlLmNvbS8="
