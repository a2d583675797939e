"""The verbs of who hears whom, of what is shared, of operations and reports, against the emulator."""

import asyncio

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, NotFound, PermissionDenied
from callbot.model import RoutingMode, TeleconferenceDeviceAudioQuality, TeleconferenceDeviceQuality
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import GONE, Stage


async def ids(stage: Stage, call_id: str) -> list[str]:
    people = await stage.client.list_participants(call_id, tenant=None)
    return [one.id for one in people if one.id]


async def test_a_group_is_made_read_changed_and_removed(stage: Stage) -> None:
    client = stage.client
    call = await stage.meeting()
    one, two, *_ = await ids(stage, call.id)
    made = await client.create_audio_routing_group(
        call.id, "whisper", tenant=None, mode=RoutingMode.ONE_TO_ONE, sources=[one], receivers=[two]
    )
    assert (made.id, made.routing_mode) == ("whisper", RoutingMode.ONE_TO_ONE)
    assert [group.id for group in await client.list_audio_routing_groups(call.id, tenant=None)] == ["whisper"]
    changed = await client.update_audio_routing_group(
        call.id, "whisper", tenant=None, mode=RoutingMode.MULTICAST, sources=[one], receivers=[one, two]
    )
    assert list(changed.receivers) == [one, two]
    read = await client.get_audio_routing_group(call.id, "whisper", tenant=None)
    assert read.routing_mode is RoutingMode.MULTICAST
    await client.delete_audio_routing_group(call.id, "whisper", tenant=None)
    assert await client.list_audio_routing_groups(call.id, tenant=None) == []


async def test_a_group_that_is_not_there_is_not_found_but_the_call_is(stage: Stage) -> None:
    call = await stage.meeting()
    requests = (
        stage.client.get_audio_routing_group(call.id, "no", tenant=None),
        stage.client.delete_audio_routing_group(call.id, "no", tenant=None),
        stage.client.update_audio_routing_group(
            call.id, "no", tenant=None, mode="multicast", sources=["a"], receivers=["b"]
        ),
    )
    errors = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(error) for error in errors] == [NotFound] * 3


async def test_two_groups_of_one_name_are_a_conflict(stage: Stage) -> None:
    call = await stage.meeting()
    one, two, *_ = await ids(stage, call.id)

    async def make() -> None:
        await stage.client.create_audio_routing_group(
            call.id, "x", tenant=None, mode="oneToOne", sources=[one], receivers=[two]
        )

    await make()
    with pytest.raises(CallStateConflict):
        await make()


async def test_routing_needs_a_permission(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    call = await stage.with_ana()
    with pytest.raises(PermissionDenied):
        await stage.client.list_audio_routing_groups(call.id, tenant=None)


@pytest.mark.parametrize(("sources", "receivers"), [(["a", "b"], ["c"]), (["a"], []), (["a"], ["b", "c"])])
async def test_one_to_one_means_one_source_and_one_receiver(
    stage: Stage, sources: list[str], receivers: list[str]
) -> None:
    with pytest.raises(InvalidArgument, match="one participant where routing_mode is oneToOne"):
        await stage.client.create_audio_routing_group(
            GONE, "x", tenant=None, mode=RoutingMode.ONE_TO_ONE, sources=sources, receivers=receivers
        )


# -- what is shared -----------------------------------------------------------------------------------


async def test_what_is_shared_is_read(stage: Stage) -> None:
    call = await stage.meeting()
    assert await stage.client.list_content_sharing_sessions(call.id, tenant=None) == []
    call.group.share_content("Ana")
    (shared,) = await stage.client.list_content_sharing_sessions(call.id, tenant=None)
    assert shared.id
    one = await stage.client.get_content_sharing_session(call.id, shared.id, tenant=None)
    assert one.id == shared.id
    png = await stage.client.beta.current_slide(call.id, shared.id, tenant=None)
    assert png.startswith(b"\x89PNG")


async def test_what_is_not_shared_is_not_found(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(NotFound) as caught:
        await stage.client.get_content_sharing_session(call.id, GONE, tenant=None)
    assert not isinstance(caught.value, CallNotFound)
    with pytest.raises(NotFound):
        await stage.client.beta.current_slide(call.id, GONE, tenant=None)


@pytest.mark.parametrize("cloud", ["UsGovL4", "UsGovL5"])
async def test_the_government_clouds_have_neither_groups_nor_sharing(
    open_stage: OpenStage, cloud: str
) -> None:
    stage = await open_stage(cloud=cloud, client={"cloud": cloud})
    call = await stage.meeting()
    requests = (
        stage.client.list_audio_routing_groups(call.id, tenant=None),
        stage.client.list_content_sharing_sessions(call.id, tenant=None),
        stage.client.beta.current_slide(call.id, "x", tenant=None),
    )
    for error in await asyncio.gather(*requests, return_exceptions=True):
        assert isinstance(error, InvalidArgument)
        assert error.status is None
        assert cloud in str(error)


# -- operations, reports ------------------------------------------------------------------------------


async def test_operations_are_read(stage: Stage) -> None:
    call = await stage.with_ana()
    begun = await stage.client.subscribe_to_tone(call.id, tenant=None, client_context="c")
    assert begun.id
    one = await stage.client.get_operation(call.id, begun.id, tenant=None)
    assert (one.id, one.client_context, type(one)) == (begun.id, "c", type(begun))
    assert [each.id for each in await stage.client.list_operations(call.id, tenant=None)] == [begun.id]


async def test_an_operation_that_never_was_is_not_found(stage: Stage) -> None:
    call = await stage.with_ana()
    with pytest.raises(NotFound) as caught:
        await stage.client.get_operation(call.id, GONE, tenant=None)
    assert not isinstance(caught.value, CallNotFound)
    with pytest.raises(CallNotFound):
        await stage.client.list_operations(GONE, tenant=None)


QUALITY = TeleconferenceDeviceQuality(
    call_chain_id=GONE,
    participant_id=GONE,
    media_leg_id=GONE,
    device_name="room",
    device_description="a room",
    media_quality_list=[TeleconferenceDeviceAudioQuality(channel_index=1)],
)


async def test_the_quality_of_a_device_is_reported(stage: Stage) -> None:
    await stage.client.log_device_quality(QUALITY, tenant=None)


async def test_reporting_needs_a_permission(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    with pytest.raises(PermissionDenied):
        await stage.client.log_device_quality(QUALITY, tenant=None)


async def test_a_report_without_what_it_needs_is_wrong(stage: Stage) -> None:
    incomplete = TeleconferenceDeviceQuality.view({"deviceName": "room"})
    with pytest.raises(InvalidArgument) as caught:
        await stage.client.log_device_quality(incomplete, tenant=None)
    assert caught.value.code == "8523"
