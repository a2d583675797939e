"""The verbs of a call that rings, against the emulator."""

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import CallNotFound, CallStateConflict, InvalidArgument, PermissionDenied
from callbot.model import RejectReason, User
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import ANA, CALLBACK, FEMI, GONE, Stage


async def test_a_call_is_answered(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK, participant_capacity=1)
    await call.until("established")


async def test_a_call_cannot_be_answered_twice(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK)
    await call.until("established")
    with pytest.raises(CallStateConflict):
        await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK)


async def test_a_caller_who_gave_up_cannot_be_answered(stage: Stage) -> None:
    call = await stage.rings()
    call.hang_up()
    await call.until_over()
    with pytest.raises(CallNotFound):
        await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK)


async def test_an_answer_needs_a_callback_address_with_https(stage: Stage) -> None:
    call = await stage.rings()
    with pytest.raises(InvalidArgument, match="callback_uri must be an absolute https address"):
        await stage.client.answer(call.id, tenant=None, callback_uri="http://bot.example.com/")
    assert call.state == "incoming"


@pytest.mark.parametrize("reason", [RejectReason.NONE, RejectReason.BUSY, RejectReason.FORBIDDEN])
async def test_a_call_is_refused(stage: Stage, reason: RejectReason) -> None:
    call = await stage.rings()
    await stage.client.reject(call.id, tenant=None, reason=reason)
    await call.until_over()
    assert "established" not in call.states


async def test_an_answered_call_cannot_be_refused(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK)
    await call.until("established")
    with pytest.raises(CallStateConflict):
        await stage.client.reject(call.id, tenant=None)


async def test_a_call_is_refused_for_known_reasons_only(stage: Stage) -> None:
    with pytest.raises(InvalidArgument, match="none, busy, forbidden"):
        await stage.client.reject(GONE, tenant=None, reason="tired")


async def test_a_call_is_sent_on(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.redirect(call.id, [User(FEMI)], tenant=None, timeout=15)
    await call.until_over()


async def test_a_call_is_sent_on_to_many_at_once(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.redirect(call.id, [User(FEMI), User(ANA)], tenant=None, callback_uri=CALLBACK)
    await call.until_over()


async def test_sending_on_needs_a_permission(open_stage: OpenStage) -> None:
    stage = await open_stage(apps=(AppRegistration(roles=()),))
    call = await stage.rings()
    with pytest.raises(PermissionDenied):
        await stage.client.redirect(call.id, [User(FEMI)], tenant=None)


async def test_an_answered_call_cannot_be_sent_on(stage: Stage) -> None:
    call = await stage.rings()
    await stage.client.answer(call.id, tenant=None, callback_uri=CALLBACK)
    await call.until("established")
    with pytest.raises(CallStateConflict):
        await stage.client.redirect(call.id, [User(FEMI)], tenant=None)


@pytest.mark.parametrize(("people", "seconds"), [(0, None), (26, None), (1, 14), (1, 91)])
async def test_a_call_is_sent_on_within_the_limits_only(
    stage: Stage, people: int, seconds: int | None
) -> None:
    with pytest.raises(InvalidArgument, match=r"targets|timeout"):
        await stage.client.redirect(GONE, [User(FEMI)] * people, tenant=None, timeout=seconds)
