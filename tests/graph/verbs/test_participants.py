"""The verbs of the others in a group call, against the emulator."""

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, NotFound, PermissionDenied
from callbot.graph.outgoing import invitation
from callbot.model import MediaInfo, OperationStatus, User
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import ANA, BEN, FEMI, GONE, Stage

MUSIC = MediaInfo(uri="https://localhost:9/hold.wav")
MAY_NOT_REMOVE = AppRegistration(may_remove_participants=False)


async def test_a_roster_is_read(stage: Stage) -> None:
    call = await stage.meeting()
    people = await stage.client.list_participants(call.id, tenant=None)
    users = {one.info.identity.user.id for one in people if one.info.identity.user is not None}
    assert users == {ANA, FEMI}


async def test_a_plain_call_has_no_roster(stage: Stage) -> None:
    call = await stage.with_ana()
    assert await stage.client.list_participants(call.id, tenant=None) == []


async def test_a_participant_is_read(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    assert (await stage.client.get_participant(call.id, somebody.id, tenant=None)).id == somebody.id


async def test_a_participant_who_is_not_there_is_not_found_but_the_call_is(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(NotFound) as caught:
        await stage.client.get_participant(call.id, GONE, tenant=None)
    assert not isinstance(caught.value, CallNotFound)


async def test_nobody_is_in_a_call_that_is_over(stage: Stage) -> None:
    with pytest.raises(CallNotFound):
        await stage.client.list_participants(GONE, tenant=None)
    with pytest.raises(CallNotFound):
        await stage.client.get_participant(GONE, GONE, tenant=None)


# -- invite -------------------------------------------------------------------------------------------


async def test_somebody_is_invited(stage: Stage) -> None:
    call = await stage.meeting()
    begun = await stage.client.invite(call.id, [User(BEN)], tenant=None, client_context="c")
    assert begun.status is OperationStatus.RUNNING
    assert begun.participants[0].identity.who == User(BEN)


async def test_inviting_needs_a_permission(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=("Calls.JoinGroupCall.All",)),))
    call = await stage.meeting()
    with pytest.raises(PermissionDenied):
        await stage.client.invite(call.id, [User(BEN)], tenant=None, client_context="c")


async def test_nobody_is_invited_to_a_plain_call(stage: Stage) -> None:
    call = await stage.with_ana()
    with pytest.raises(CallStateConflict) as caught:
        await stage.client.invite(call.id, [User(FEMI)], tenant=None, client_context="c")
    assert caught.value.code == "8548"


@pytest.mark.parametrize("people", [0, 6])
async def test_one_to_five_people_are_invited_at_once(stage: Stage, people: int) -> None:
    with pytest.raises(InvalidArgument, match="1 to 5 participants"):
        await stage.client.invite(GONE, [User(BEN)] * people, tenant=None, client_context="c")


async def test_one_person_at_a_time_brings_a_call_over(stage: Stage) -> None:
    brings = invitation(User(BEN), replaces_call_id=GONE)
    with pytest.raises(InvalidArgument, match="one participant where it replaces a call"):
        await stage.client.invite(GONE, [brings, User(ANA)], tenant=None, client_context="c")


# -- mute, remove -------------------------------------------------------------------------------------


async def test_a_participant_is_muted(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    done = await stage.client.mute_participant(call.id, somebody.id, tenant=None, client_context="c")
    assert done.status is OperationStatus.COMPLETED
    assert (await stage.client.get_participant(call.id, somebody.id, tenant=None)).is_muted


async def test_nobody_is_muted_who_is_not_there(stage: Stage) -> None:
    call = await stage.meeting()
    with pytest.raises(NotFound):
        await stage.client.mute_participant(call.id, GONE, tenant=None, client_context="c")


async def test_a_participant_is_removed(stage: Stage) -> None:
    call = await stage.meeting()
    people = await stage.client.list_participants(call.id, tenant=None)
    femi = next(one for one in people if one.info.identity.who == User(FEMI))
    assert femi.id
    await stage.client.remove_participant(call.id, femi.id, tenant=None)
    with pytest.raises(NotFound):
        await stage.client.get_participant(call.id, femi.id, tenant=None)


async def test_removing_needs_the_tenants_consent(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(MAY_NOT_REMOVE,))
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    with pytest.raises(PermissionDenied):
        await stage.client.remove_participant(call.id, somebody.id, tenant=None)


# -- hold music ---------------------------------------------------------------------------------------


async def test_a_participant_is_put_on_hold_and_back(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    begun = await stage.client.start_hold_music(
        call.id, somebody.id, tenant=None, client_context="c", custom_prompt=MUSIC
    )
    assert (await stage.ended(call, begun)).status is OperationStatus.COMPLETED
    begun_stop = await stage.client.stop_hold_music(call.id, somebody.id, tenant=None, client_context="c")
    assert (await stage.ended(call, begun_stop)).status is OperationStatus.COMPLETED


async def test_one_participant_at_a_time_is_on_hold(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    await stage.client.start_hold_music(call.id, somebody.id, tenant=None, client_context="c")
    with pytest.raises(CallStateConflict):
        await stage.client.start_hold_music(call.id, somebody.id, tenant=None, client_context="c")


async def test_nobody_is_taken_off_hold_who_is_not_on_it(stage: Stage) -> None:
    call = await stage.meeting()
    somebody = await stage.somebody(call)
    assert somebody.id
    with pytest.raises(CallStateConflict):
        await stage.client.stop_hold_music(call.id, somebody.id, tenant=None, client_context="c")


@pytest.mark.parametrize("context", ["", "x" * 257])
async def test_a_context_has_at_most_256_characters(stage: Stage, context: str) -> None:
    client = stage.client
    with pytest.raises(InvalidArgument, match="client_context"):
        await client.mute_participant(GONE, GONE, tenant=None, client_context=context)
    with pytest.raises(InvalidArgument, match="client_context"):
        await client.start_hold_music(GONE, GONE, tenant=None, client_context=context)
    with pytest.raises(InvalidArgument, match="client_context"):
        await client.stop_hold_music(GONE, GONE, tenant=None, client_context=context)
