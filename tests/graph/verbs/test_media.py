"""The verbs of what is heard, against the emulator."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, PermissionDenied
from callbot.graph import GraphClient
from callbot.model import CommsOperation, MediaInfo, OperationStatus, RecordOperation, ToneName
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import GONE, Stage

PROMPT = MediaInfo(uri="https://localhost:9/welcome.wav", resource_id="w")

Verb = Callable[[GraphClient, str, str], Awaitable[CommsOperation]]


async def play(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.play_prompt(call_id, [PROMPT], tenant=None, client_context=context)


async def record(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.record_response(call_id, tenant=None, client_context=context)


async def cancel(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.cancel_media_processing(call_id, tenant=None, client_context=context)


async def subscribe(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.subscribe_to_tone(call_id, tenant=None, client_context=context)


async def send_tones(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.send_dtmf_tones(call_id, ["tone1"], tenant=None, client_context=context)


ALL: list[Verb] = [play, record, cancel, subscribe, send_tones]


@pytest.mark.parametrize("verb", ALL)
async def test_an_operation_brings_its_context_back(stage: Stage, verb: Verb) -> None:
    call = await stage.with_ana()
    operation = await verb(stage.client, call.id, "my-context")
    assert operation.client_context == "my-context"
    assert operation.id
    assert operation.status in set(OperationStatus) - {OperationStatus.FAILED}


@pytest.mark.parametrize("verb", ALL)
async def test_nothing_is_heard_in_a_call_that_is_over(stage: Stage, verb: Verb) -> None:
    with pytest.raises(CallNotFound):
        await verb(stage.client, GONE, "c")


@pytest.mark.parametrize("verb", ALL)
async def test_nothing_is_heard_before_a_call_is_established(stage: Stage, verb: Verb) -> None:
    call = await stage.rings()
    with pytest.raises(CallStateConflict):
        await verb(stage.client, call.id, "c")


@pytest.mark.parametrize("verb", ALL)
@pytest.mark.parametrize("context", ["", "x" * 257])
async def test_a_context_has_at_most_256_characters(stage: Stage, verb: Verb, context: str) -> None:
    with pytest.raises(InvalidArgument, match="client_context must be 1 to 256 characters"):
        await verb(stage.client, GONE, context)


@pytest.mark.parametrize("verb", [record, subscribe])
async def test_listening_needs_a_permission(open_stage: OpenStage, verb: Verb) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    call = await stage.with_ana()
    with pytest.raises(PermissionDenied):
        await verb(stage.client, call.id, "c")


async def test_prompts_are_heard_one_after_the_other(stage: Stage) -> None:
    call = await stage.with_ana()
    await stage.client.play_prompt(call.id, [PROMPT, PROMPT], tenant=None, client_context="c")
    await call.until_heard(2)


@pytest.mark.parametrize("prompts", [0, 21])
async def test_one_to_twenty_prompts_are_played_at_once(stage: Stage, prompts: int) -> None:
    with pytest.raises(InvalidArgument, match="prompts must be 1 to 20 prompts"):
        await stage.client.play_prompt(GONE, [PROMPT] * prompts, tenant=None, client_context="c")


@pytest.mark.parametrize(
    "limits",
    [
        {"prompts": [PROMPT, PROMPT]},
        {"initial_silence_timeout": 0},
        {"initial_silence_timeout": 121},
        {"max_silence_timeout": 121},
        {"max_record_duration": 121},
    ],
)
async def test_a_recording_keeps_to_its_limits(stage: Stage, limits: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument, match=r"prompts|1 to 120 seconds"):
        await stage.client.record_response(GONE, tenant=None, client_context="c", **limits)  # type: ignore[arg-type]  # of the parameters


async def test_a_recording_can_be_downloaded(stage: Stage, tmp_path: Path) -> None:
    call = await stage.with_ana()
    begun = await stage.client.record_response(
        call.id, tenant=None, client_context="c", max_record_duration=1, play_beep=False, stop_tones=("#",)
    )
    operation = await stage.ended(call, begun)
    assert isinstance(operation, RecordOperation)
    assert operation.status is OperationStatus.COMPLETED
    assert await stage.client.recordings.save(operation, tmp_path / "answer.wav") > 0


async def test_cancelling_ends_what_is_playing(open_stage: OpenStage) -> None:
    stage = await open_stage(prompt_seconds=3600)
    call = await stage.with_ana()
    playing = await stage.client.play_prompt(call.id, [PROMPT], tenant=None, client_context="long")
    operation = await stage.client.cancel_media_processing(call.id, tenant=None, client_context="c")
    assert operation.status is OperationStatus.COMPLETED
    cancelled = await stage.ended(call, playing)
    assert cancelled.result_info is not None
    assert cancelled.result_info.subcode == 8508


async def test_keys_are_reported_after_subscribing(stage: Stage) -> None:
    call = await stage.with_ana()
    operation = await stage.client.subscribe_to_tone(call.id, tenant=None, client_context="c")
    assert operation.status is OperationStatus.COMPLETED
    assert call.press("1")


async def test_keys_are_pressed_for_the_others(stage: Stage) -> None:
    call = await stage.with_ana()
    operation: CommsOperation = await stage.client.send_dtmf_tones(
        call.id,
        [ToneName.TONE1, ToneName.POUND],
        tenant=None,
        client_context="c",
        delay_between_tones_ms=1,
    )
    operation = await stage.ended(call, operation)
    assert call.sent_tones == ["tone1", "pound"]


async def test_at_least_one_key_is_pressed(stage: Stage) -> None:
    with pytest.raises(InvalidArgument, match="tones must be at least one tone"):
        await stage.client.send_dtmf_tones(GONE, [], tenant=None, client_context="c")
