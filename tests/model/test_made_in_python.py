from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from callbot.model import (
    AudioRoutingGroup,
    CallResource,
    CallTranscriptionInfo,
    CallTranscriptionState,
    InvitationParticipantInfo,
    MediaInfo,
    MediaPrompt,
    OrganizerMeetingInfo,
    OutgoingCallOptions,
    RejectJoinResponse,
    RejectReason,
    RoutingMode,
    ServiceHostedMediaConfig,
    TeleconferenceDeviceAudioQuality,
    User,
)


def test_what_was_given_is_written_under_its_wire_name_with_its_type() -> None:
    info = MediaInfo(uri="https://bot.example.com/a.wav", resource_id="a")
    assert info.to_wire() == {
        "@odata.type": "#microsoft.graph.mediaInfo",
        "uri": "https://bot.example.com/a.wav",
        "resourceId": "a",
    }
    assert info.model_dump() == info.to_wire()
    assert MediaInfo.model_validate(info.to_wire()) == info


def test_what_was_not_given_is_not_written_and_null_is() -> None:
    prompt = MediaPrompt(media_info=MediaInfo(uri="https://x", resource_id=None))
    assert prompt.to_wire() == {
        "@odata.type": "#microsoft.graph.mediaPrompt",
        "mediaInfo": {"@odata.type": "#microsoft.graph.mediaInfo", "uri": "https://x", "resourceId": None},
    }


def test_nested_resources_are_written_whole() -> None:
    call = CallResource(
        targets=[InvitationParticipantInfo(identity=User("u").to_identity_set(), hidden=True)],
        media_config=ServiceHostedMediaConfig(pre_fetch_media=[MediaInfo(uri="https://x")]),
        call_options=OutgoingCallOptions(is_delta_roster_enabled=True),
        meeting_info=OrganizerMeetingInfo(
            organizer=User("o", tenant_id="t").to_identity_set(), allow_conversation_without_host=True
        ),
    )
    again = CallResource.model_validate_json(call.model_dump_json())
    assert again == call
    assert isinstance(again.media_config, ServiceHostedMediaConfig)
    assert isinstance(again.meeting_info, OrganizerMeetingInfo)
    assert again.meeting_info.organizer.who == User("o")
    assert "state" not in again.to_wire()


def test_enum_members_dates_and_durations_are_written_as_the_wire_writes_them() -> None:
    transcription = CallTranscriptionInfo(
        state=CallTranscriptionState.ACTIVE, last_modified_date_time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )
    assert transcription.to_wire()["state"] == "active"
    assert transcription.to_wire()["lastModifiedDateTime"] == "2026-01-02T03:04:05Z"
    quality = TeleconferenceDeviceAudioQuality(
        media_duration=timedelta(minutes=2), local_ip_address="10.0.0.1"
    )
    assert quality.to_wire()["mediaDuration"] == "PT2M"
    assert quality.to_wire()["localIPAddress"] == "10.0.0.1"
    assert quality.media_duration == timedelta(minutes=2)
    assert RejectJoinResponse(reason=RejectReason.BUSY).to_wire()["reason"] == "busy"


def test_lists_and_own_keys_are_written() -> None:
    group = AudioRoutingGroup(
        id="g", routing_mode=RoutingMode.MULTICAST, sources=("a",), receivers=["b", "c"]
    )
    assert group.to_wire()["sources"] == ["a"]
    assert group.receivers == ["b", "c"]
    extended = CallResource.model_validate({**CallResource(subject="x").to_wire(), "ownKey": {"a": 1}})
    assert extended.to_wire()["ownKey"] == {"a": 1}
    assert CallResource(ownKey={"at": [timedelta(seconds=1)]}).to_wire()["ownKey"] == {"at": ["PT1S"]}


def test_names_of_the_wire_are_taken_too() -> None:
    assert CallResource(callbackUri="https://x") == CallResource(callback_uri="https://x")


def test_a_wrong_argument_is_an_error_that_names_it() -> None:
    with pytest.raises(ValidationError, match="uri"):
        MediaInfo(uri=5)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=r"routing_?[mM]ode"):
        AudioRoutingGroup(id="g")  # type: ignore[call-arg]


def test_a_resource_is_the_same_whether_made_or_parsed() -> None:
    made = InvitationParticipantInfo(identity=User("u").to_identity_set(), replaces_call_id="c")
    parsed = InvitationParticipantInfo.model_validate(made.to_wire())
    assert made == parsed
    assert repr(made) == repr(parsed)
    assert made.model_fields_set == {"identity", "replaces_call_id"}
