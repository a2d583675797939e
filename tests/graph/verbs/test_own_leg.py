"""The verbs of the bot's own part in a group call, against the emulator."""

from collections.abc import Awaitable, Callable

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, PermissionDenied
from callbot.graph import GraphClient, meeting_call
from callbot.model import (
    AppHostedMediaConfig,
    CommsOperation,
    OperationStatus,
    RecordingStatus,
    ScreenSharingRole,
)
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import CALLBACK, GONE, MEETING, Stage

Verb = Callable[[GraphClient, str, str], Awaitable[CommsOperation]]


async def mute(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.mute(call_id, tenant=None, client_context=context)


async def unmute(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.unmute(call_id, tenant=None, client_context=context)


async def gallery(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.add_large_gallery_view(call_id, tenant=None, client_context=context)


async def status(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.update_recording_status(
        call_id, RecordingStatus.RECORDING, tenant=None, client_context=context
    )


@pytest.mark.parametrize("verb", [mute, unmute, gallery])
async def test_the_bot_does_it_in_a_meeting(stage: Stage, verb: Verb) -> None:
    call = await stage.meeting()
    operation = await stage.ended(call, await verb(stage.client, call.id, "c"))
    assert operation.status is OperationStatus.COMPLETED
    assert operation.client_context == "c"


@pytest.mark.parametrize("verb", [mute, unmute, gallery])
async def test_it_cannot_be_done_in_a_call_with_one_person(stage: Stage, verb: Verb) -> None:
    call = await stage.with_ana()
    with pytest.raises(CallStateConflict) as caught:
        await verb(stage.client, call.id, "c")
    assert caught.value.code == "8548"


@pytest.mark.parametrize("verb", [mute, unmute, gallery, status])
async def test_it_cannot_be_done_in_a_call_that_is_over(stage: Stage, verb: Verb) -> None:
    with pytest.raises(CallNotFound):
        await verb(stage.client, GONE, "c")


@pytest.mark.parametrize("verb", [mute, unmute, gallery, status])
async def test_a_context_has_at_most_256_characters(stage: Stage, verb: Verb) -> None:
    with pytest.raises(InvalidArgument, match="client_context"):
        await verb(stage.client, GONE, "x" * 257)


async def test_the_bot_is_seen_as_muted(stage: Stage) -> None:
    call = await stage.meeting()
    await mute(stage.client, call.id, "c")
    shown = await stage.client.get_call(call.id, tenant=None)
    assert shown.my_participant_id
    me = await stage.client.get_participant(call.id, shown.my_participant_id, tenant=None)
    assert me.is_muted


# -- screen -------------------------------------------------------------------------------------------


async def test_a_bot_with_media_of_its_own_shares_its_screen(stage: Stage) -> None:
    body = meeting_call(MEETING, callback_uri=CALLBACK, media_config=AppHostedMediaConfig(blob="{}"))
    call = await stage.client.create_call(body, tenant=None)
    assert call.id
    await stage.emulator.call(call.id).until("established")
    await stage.client.change_screen_sharing_role(call.id, ScreenSharingRole.SHARER, tenant=None)
    shown = await stage.client.get_call(call.id, tenant=None)
    assert shown.my_participant_id
    me = await stage.client.get_participant(call.id, shown.my_participant_id, tenant=None)
    assert any(stream.label == "applicationsharing-video" for stream in me.media_streams)


async def test_a_bot_whose_media_graph_hosts_has_no_screen_to_share(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(InvalidArgument) as caught:
        await stage.client.change_screen_sharing_role(call.id, ScreenSharingRole.SHARER, tenant=None)
    assert caught.value.code == "8500"


async def test_a_screen_sharing_role_is_one_of_two(stage: Stage) -> None:
    with pytest.raises(InvalidArgument, match="viewer, sharer"):
        await stage.client.change_screen_sharing_role(GONE, "owner", tenant=None)


# -- recording status ---------------------------------------------------------------------------------


async def test_a_policy_recording_bot_says_that_it_records(stage: Stage) -> None:
    call = await stage.recorded()
    operation = await status(stage.client, call.id, "c")
    assert operation.status is OperationStatus.COMPLETED


async def test_only_a_policy_recording_bot_may_say_so(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(CallStateConflict) as caught:
        await status(stage.client, call.id, "c")
    assert caught.value.code == "8506"


async def test_saying_so_needs_a_permission(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    call = await stage.with_ana()
    with pytest.raises(PermissionDenied):
        await status(stage.client, call.id, "c")


async def test_a_recording_status_is_one_of_three(stage: Stage) -> None:
    with pytest.raises(InvalidArgument, match="notRecording, recording, failed"):
        await stage.client.update_recording_status(GONE, "unknown", tenant=None, client_context="c")
