"""The verbs of a call as a whole, against the emulator."""

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, PermissionDenied
from callbot.graph import GraphClient, MeetingId, group_call, meeting_call, peer_to_peer
from callbot.model import Application, CallDirection, CallState, Guest, User
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import ANA, BEN, CALLBACK, FEMI, GONE, MEETING, QUICK, Stage

TO_ANA = peer_to_peer(User(ANA), callback_uri=CALLBACK)


# -- create -------------------------------------------------------------------------------------------


async def test_one_person_is_called(stage: Stage) -> None:
    call = await stage.client.create_call(TO_ANA, tenant=None, scenario_id="sc-1")
    assert (call.state, call.direction) == (CallState.ESTABLISHING, CallDirection.OUTGOING)
    assert call.id
    await stage.emulator.call(call.id).until("established")


async def test_calling_without_the_permission_is_denied(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.JoinGroupCall.All",)),))
    with pytest.raises(PermissionDenied) as caught:
        await stage.client.create_call(TO_ANA, tenant=None)
    assert caught.value.code == "7504"
    assert "Calls.Initiate.All" in caught.value.explain().fix
    assert caught.value.request_id


async def test_calling_in_another_tenant_than_the_tokens_is_denied(stage: Stage) -> None:
    body = peer_to_peer(User(ANA), callback_uri=CALLBACK, tenant="11111111-0000-4000-8000-000000000000")
    with pytest.raises(PermissionDenied) as caught:
        await stage.client.create_call(body, tenant=None)
    assert caught.value.code == "7505"


@pytest.mark.parametrize(
    "body",
    [
        peer_to_peer(User(ANA), callback_uri="http://bot.example.com"),
        peer_to_peer(User(ANA), callback_uri=CALLBACK, ringing_timeout=116),
        group_call([User(ANA)] * 6, source=Application("b"), callback_uri=CALLBACK),
    ],
)
async def test_a_call_beyond_a_limit_is_not_placed(stage: Stage, body: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        await stage.client.create_call(body, tenant=None)
    assert caught.value.status is None
    assert not stage.emulator.calls


async def test_a_group_is_called(stage: Stage) -> None:
    app = Application(stage.emulator.settings.apps[0].app_id)
    body = group_call([User(ANA), User(FEMI)], source=app, callback_uri=CALLBACK)
    call = await stage.client.create_call(body, tenant=None)
    assert call.id
    await stage.emulator.call(call.id).until("established")


async def test_a_meeting_is_joined_by_its_number(stage: Stage) -> None:
    call = await stage.meeting()
    shown = await stage.client.get_call(call.id, tenant=None)
    assert shown.chat_info is not None
    assert shown.chat_info.thread_id


async def test_a_wrong_passcode_is_refused(stage: Stage) -> None:
    wrong = MeetingId(MEETING.join_meeting_id, "wrong")
    with pytest.raises(InvalidArgument) as caught:
        await stage.client.create_call(meeting_call(wrong, callback_uri=CALLBACK), tenant=None)
    assert caught.value.status == 400


async def test_a_guest_waits_in_the_lobby(stage: Stage) -> None:
    body = meeting_call(MEETING, callback_uri=CALLBACK, guest=Guest(GONE, "A guest"))
    call = await stage.client.create_call(body, tenant=None)
    assert call.id
    await stage.emulator.call(call.id).until("established")
    (me,) = await stage.client.list_participants(call.id, tenant=None)
    assert me.is_in_lobby


# -- get ----------------------------------------------------------------------------------------------


async def test_a_call_is_read(stage: Stage) -> None:
    call = await stage.with_ana()
    shown = await stage.client.get_call(call.id, tenant=None)
    assert (shown.id, shown.state) == (call.id, CallState.ESTABLISHED)
    assert shown.targets[0].identity.who == User(ANA)


async def test_a_read_may_ask_for_some_properties_only(stage: Stage) -> None:
    call = await stage.with_ana()
    shown = await stage.client.get_call(call.id, tenant=None, select=("id", "state"))
    assert {key for key in shown.to_wire() if not key.startswith("@")} == {"id", "state"}


async def test_a_call_that_is_over_is_not_found(stage: Stage) -> None:
    call = await stage.with_ana()
    call.hang_up()
    await call.until_over()
    with pytest.raises(CallNotFound) as caught:
        await stage.client.get_call(call.id, tenant=None)
    assert (caught.value.status, caught.value.code) == (404, "8522")


# -- keep alive, hang up ------------------------------------------------------------------------------


async def test_a_call_is_kept_alive(stage: Stage) -> None:
    call = await stage.with_ana()
    await stage.client.keep_alive(call.id, tenant=None)
    assert not call.over


async def test_the_bot_leaves_a_call(stage: Stage) -> None:
    call = await stage.with_ana()
    await stage.client.hang_up(call.id, tenant=None)
    await call.until_over()


@pytest.mark.parametrize("verb", ["keep_alive", "hang_up"])
async def test_a_call_that_never_was_can_neither_be_kept_nor_left(stage: Stage, verb: str) -> None:
    method = {"keep_alive": GraphClient.keep_alive, "hang_up": GraphClient.hang_up}[verb]
    with pytest.raises(CallNotFound):
        await method(stage.client, GONE, tenant=None)


# -- transfer -----------------------------------------------------------------------------------------


async def test_a_call_is_passed_on(stage: Stage) -> None:
    call = await stage.with_ana()
    await stage.client.transfer(call.id, User(FEMI), tenant=None)
    await call.until_over()
    assert "transferring" in call.states
    assert "transferAccepted" in call.states


async def test_a_transfer_nobody_takes_leaves_the_call_established(open_stage: OpenStage) -> None:
    stage = await open_stage(timing=QUICK.model_copy(update={"transfer_ring": 0.01}))
    call = await stage.with_ana()
    await stage.client.transfer(call.id, User(BEN), tenant=None)
    await stage.emulator.log.until(lambda: call.states[-2:] == ["transferring", "established"])


async def test_a_call_that_still_rings_cannot_be_passed_on(stage: Stage) -> None:
    call = await stage.rings()
    with pytest.raises(CallStateConflict):
        await stage.client.transfer(call.id, User(FEMI), tenant=None)


async def test_a_transferee_is_refused_where_the_cloud_lacks_it(open_stage: OpenStage) -> None:
    stage = await open_stage(client={"cloud": "UsGovL4"})
    call = await stage.with_ana()
    info = (await stage.client.get_call(call.id, tenant=None)).source
    with pytest.raises(InvalidArgument, match="transferee"):
        await stage.client.transfer(call.id, User(FEMI), tenant=None, transferee=info)
