"""The verbs of the beta API, against the emulator."""

from collections.abc import Awaitable, Callable

import pytest

from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, NotFound
from callbot.graph import GraphClient, peer_to_peer
from callbot.model import CommsOperation, MediaInfo, OperationStatus, User
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import ANA, CALLBACK, FEMI, GONE, Stage

PROMPT = MediaInfo(uri="https://localhost:9/welcome.wav")

Verb = Callable[[GraphClient, str, str], Awaitable[CommsOperation]]


async def start_recording(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.beta.start_recording(call_id, tenant=None, client_context=context)


async def stop_recording(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.beta.stop_recording(call_id, tenant=None, client_context=context)


async def start_transcription(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.beta.start_transcription(
        call_id, tenant=None, client_context=context, language="en-us"
    )


async def stop_transcription(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.beta.stop_transcription(call_id, tenant=None, client_context=context)


async def admit_all(client: GraphClient, call_id: str, context: str) -> CommsOperation:
    return await client.beta.admit_all_from_lobby(call_id, tenant=None, client_context=context)


OF_THE_MEETING: list[Verb] = [
    start_recording,
    stop_recording,
    start_transcription,
    stop_transcription,
    admit_all,
]


@pytest.mark.parametrize("verb", OF_THE_MEETING)
async def test_it_is_done_in_a_meeting(stage: Stage, verb: Verb) -> None:
    call = await stage.meeting()
    operation = await stage.ended(call, await verb(stage.client, call.id, "c"))
    assert operation.status is OperationStatus.COMPLETED


@pytest.mark.parametrize("verb", OF_THE_MEETING)
async def test_it_cannot_be_done_in_a_call_with_one_person(stage: Stage, verb: Verb) -> None:
    call = await stage.with_ana()
    with pytest.raises(CallStateConflict):
        await verb(stage.client, call.id, "c")


@pytest.mark.parametrize("verb", OF_THE_MEETING)
async def test_it_cannot_be_done_in_a_call_that_is_over(stage: Stage, verb: Verb) -> None:
    with pytest.raises(CallNotFound):
        await verb(stage.client, GONE, "c")


@pytest.mark.parametrize("verb", OF_THE_MEETING)
async def test_a_context_has_at_most_256_characters(stage: Stage, verb: Verb) -> None:
    with pytest.raises(InvalidArgument, match="client_context"):
        await verb(stage.client, GONE, "x" * 257)


async def test_somebody_is_admitted_or_sent_away(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    beta = stage.client.beta
    admitted = await beta.admit_from_lobby(call.id, somebody.id, tenant=None, client_context="c")
    assert (await stage.ended(call, admitted)).status is OperationStatus.COMPLETED
    sent_away = await beta.remove_from_lobby(call.id, somebody.id, tenant=None, client_context="c")
    assert (await stage.ended(call, sent_away)).status is OperationStatus.COMPLETED


async def test_nobody_is_admitted_or_sent_away_who_is_not_there(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(NotFound):
        await stage.client.beta.admit_from_lobby(call.id, GONE, tenant=None, client_context="c")
    with pytest.raises(NotFound):
        await stage.client.beta.remove_from_lobby(call.id, GONE, tenant=None, client_context="c")


async def test_many_are_muted(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    begun = await stage.client.beta.mute_all(call.id, [somebody.id], tenant=None, client_context="c")
    await stage.ended(call, begun)
    assert (await stage.client.get_participant(call.id, somebody.id, tenant=None)).is_muted


async def test_nobody_is_muted_who_is_not_there(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(InvalidArgument):
        await stage.client.beta.mute_all(call.id, [GONE], tenant=None, client_context="c")


# -- verbs that know more than in v1.0 ----------------------------------------------------------------


async def test_a_call_is_placed_that_rings_for_a_while_only(stage: Stage) -> None:
    body = peer_to_peer(User(ANA), callback_uri=CALLBACK, ringing_timeout=30)
    call = await stage.client.beta.create_call(body, tenant=None)
    assert call.id
    await stage.emulator.call(call.id).until("established")


async def test_a_call_rings_for_115_seconds_at_most(stage: Stage) -> None:
    body = peer_to_peer(User(ANA), callback_uri=CALLBACK, ringing_timeout=116)
    with pytest.raises(InvalidArgument, match="1 to 115 seconds"):
        await stage.client.beta.create_call(body, tenant=None)


async def test_a_call_is_sent_on_with_a_mask(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.beta.redirect(call.id, [User(FEMI)], tenant=None, mask_caller=True)
    await call.until_over()


async def test_a_call_that_is_over_is_not_sent_on(stage: Stage) -> None:
    with pytest.raises(CallNotFound):
        await stage.client.beta.redirect(GONE, [User(FEMI)], tenant=None)
    with pytest.raises(InvalidArgument, match="timeout"):
        await stage.client.beta.redirect(GONE, [User(FEMI)], tenant=None, timeout=91)


async def test_a_prompt_is_played_and_an_answer_recorded(stage: Stage) -> None:
    call = await stage.with_ana()
    beta = stage.client.beta
    played = await beta.play_prompt(call.id, [PROMPT], tenant=None, client_context="c", loop=False)
    assert played.client_context == "c"
    recorded = await beta.record(
        call.id, tenant=None, client_context="r", max_record_duration=1, stream_while_recording=False
    )
    assert (await stage.ended(call, recorded)).client_context == "r"


async def test_what_is_played_and_recorded_keeps_to_the_limits(stage: Stage) -> None:
    beta = stage.client.beta
    with pytest.raises(InvalidArgument, match="1 to 20 prompts"):
        await beta.play_prompt(GONE, [], tenant=None, client_context="c")
    with pytest.raises(InvalidArgument, match="1 to 120 seconds"):
        await beta.record(GONE, tenant=None, client_context="c", max_record_duration=121)
    with pytest.raises(CallNotFound):
        await beta.play_prompt(GONE, [PROMPT], tenant=None, client_context="c")
    with pytest.raises(CallNotFound):
        await beta.record(GONE, tenant=None, client_context="c")


async def test_a_cloud_that_lacks_a_beta_verb_says_so(open_stage: OpenStage) -> None:
    stage = await open_stage(client={"cloud": "UsGovL4"})
    with pytest.raises(InvalidArgument, match="UsGovL4"):
        await stage.client.beta.mute_all(GONE, [GONE], tenant=None, client_context="c")
