"""Who may ask Graph for what, and the form of its answers."""

import re
from email.utils import parsedate_to_datetime

import jwt
import pytest

from callbot.emulator import AppRegistration
from callbot.emulator.identity.signing import SigningKey
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start

ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
OTHER_TENANT = "9c1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b99"
UNKNOWN = "/communications/calls/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("header", [{"Authorization": ""}, {"Authorization": "Basic abc"}])
async def test_a_request_without_a_bearer_token_is_refused(bot: Bot, header: dict[str, str]) -> None:
    answer = await bot.get(UNKNOWN, headers=header)
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
    assert "WWW-Authenticate" in answer.headers


async def test_a_token_signed_by_another_key_is_refused(bot: Bot) -> None:
    claims = jwt.decode(await bot.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, SigningKey.generate().private, algorithm="RS256", headers={"kid": "x"})
    answer = await bot.get(UNKNOWN, token=forged)
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")


async def test_a_token_does_not_outlive_its_lifetime(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    assert (await bot.get(UNKNOWN)).status == 404
    await clock.advance(3600)
    answer = await bot.get(UNKNOWN)
    assert answer.status == 401
    assert "expired" in answer.body["error"]["message"]


async def test_an_app_without_the_permission_is_refused(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.JoinGroupCall.All",)),))
    answer = await bot.post("/communications/calls", bot.create_body(ANA))
    assert (answer.status, answer.code) == (403, "7504")


async def test_a_token_of_another_tenant_is_refused(start: Start) -> None:
    bot = await start(apps=(AppRegistration(tenants=(OTHER_TENANT,)),))
    call = await bot.emulator.place_call("Ana")
    bot.tenant_id = OTHER_TENANT
    answer = await bot.get(f"/communications/calls/{call.id}")
    assert (answer.status, answer.code) == (403, "7505")
    placed = await bot.post(
        "/communications/calls", bot.create_body(ANA, tenantId="7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10")
    )
    assert (placed.status, placed.code) == (403, "7505")


async def test_the_call_of_another_app_is_not_found(start: Start) -> None:
    stranger = AppRegistration(app_id="11111111-4a0e-4f8c-9e0e-7c5f3e1d2a33")
    bot = await start(apps=(AppRegistration(), stranger))
    call = await bot.emulator.place_call("Ana")
    bot.app_id = stranger.app_id
    answer = await bot.get(f"/communications/calls/{call.id}")
    assert (answer.status, answer.code) == (404, "8522")


async def test_answers_carry_the_standard_headers_and_errors_their_shape(bot: Bot) -> None:
    answer = await bot.get(UNKNOWN, headers={"client-request-id": "mine", "Scenario-Id": "story"})
    assert answer.headers["client-request-id"] == "mine"
    assert answer.headers["scenario-id"] == "story"
    assert "ServerInfo" in answer.headers["x-ms-ags-diagnostic"]
    assert parsedate_to_datetime(answer.headers["Date"]).year > 2000
    error = answer.body["error"]
    assert error["code"] == "8522"
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
    assert error["innerError"]["client-request-id"] == "mine"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", error["innerError"]["date"])


async def test_without_a_client_request_id_the_request_id_stands_in(bot: Bot) -> None:
    answer = await bot.get(UNKNOWN)
    assert answer.headers["client-request-id"] == answer.headers["request-id"]


@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize(
    "path", ["communications/calls", "app/calls", "Communications/Calls", "communications//calls"]
)
async def test_a_call_is_found_under_each_of_its_paths(bot: Bot, version: str, path: str) -> None:
    call = await bot.emulator.place_call("Ana")
    for written in (call.id, call.id.upper(), call.id.replace("-", "")):
        assert (await bot.get(f"/{path}/{written}", version=version)).status == 200


async def test_actions_may_be_written_with_their_namespace(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    assert (await bot.verb(call.id, "microsoft.graph.keepAlive")).status == 200
    assert (await bot.verb(call.id, "keepAlive")).headers["Content-Type"].startswith("text/plain")


async def test_an_unknown_segment_and_a_wrong_method_are_refused(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    unknown = await bot.verb(call.id, "explode")
    assert (unknown.status, unknown.code) == (400, "BadRequest")
    assert "'explode'" in unknown.body["error"]["message"]
    assert (await bot.get(f"/communications/calls/{call.id}/answer")).status == 405
    assert (await bot.get("/users")).status == 400
