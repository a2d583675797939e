"""Callbacks nobody should believe, or that make no sense, over the wire to a running bot."""

import json
import ssl
from collections.abc import Mapping

import aiohttp
import pytest

from callbot import Call, CallBot, CallState, Source, Transition, User
from callbot.emulator import APP_ID, TENANT_ID
from tests.end_to_end.conftest import Start, World
from tests.state.wire import CALL_ID


class Listening(CallBot):
    def __init__(self) -> None:
        self.seen: list[Transition] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition)


def envelope(call_id: str, state: str, change: str = "updated") -> bytes:
    item = {
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": change,
        "resourceUrl": f"/communications/calls/{call_id}",
        "resourceData": {"@odata.type": "#microsoft.graph.call", "state": state},
    }
    return json.dumps({"@odata.type": "#microsoft.graph.commsNotifications", "value": [item]}).encode()


async def post(
    world: World, body: bytes, claims: Mapping[str, object] | None = None, *, signed: bool = True
) -> int:
    platform = world.emulator.platform
    now = int(world.runtime.clock.time())
    good = {
        "iss": "https://api.botframework.com",
        "aud": APP_ID,
        "tid": TENANT_ID,
        "nbf": now,
        "exp": now + 300,
    }
    headers = {"Content-Type": "application/json"}
    if signed:
        headers["Authorization"] = f"Bearer {platform.callback_keys.sign(good | dict(claims or {}))}"
    async with (
        aiohttp.ClientSession() as client,
        client.post(
            world.settings.callback_url,
            data=body,
            headers=headers,
            ssl=ssl.create_default_context(cafile=world.emulator.ca_file),
        ) as response,
    ):
        return response.status


async def test_a_notification_for_an_unknown_call_adopts_it_and_a_read_finds_that_it_is_gone(
    start: Start,
) -> None:
    bot = Listening()
    async with start(bot) as world:
        assert await post(world, envelope(CALL_ID, "established")) == 202
        await world.until(lambda: len(bot.seen) == 2)
        assert [(one.new, one.source, one.inferred) for one in bot.seen] == [
            (CallState.ESTABLISHED, Source.NOTIFICATION, False),
            (CallState.TERMINATED, Source.GONE, True),
        ]


async def test_a_notification_for_a_call_that_ended_is_acknowledged_and_changes_nothing(start: Start) -> None:
    bot = Listening()
    async with start(bot) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        await call.hang_up()
        await world.settled()
        seen = list(bot.seen)
        for change in ("updated", "deleted"):
            assert await post(world, envelope(call.id, "established", change)) == 202
        await world.settled()
        assert bot.seen == seen
        assert world.runtime.registry.counts["late"] == 2


async def test_a_token_of_one_tenant_does_not_speak_of_another_tenants_call(start: Start) -> None:
    bot = Listening()
    async with start(bot) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        foreign = {"tid": "99999999-6f0e-4f0a-8a53-5a6e5d3c2b10"}
        assert await post(world, envelope(call.id, "terminated", "deleted"), foreign) == 202
        await world.settled()
        assert call.state is CallState.ESTABLISHED
        assert world.runtime.intake.counts["other tenant"] == 1
        await call.hang_up()


@pytest.mark.parametrize(
    ("claims", "signed"),
    [
        ({}, False),
        ({"aud": "another-app"}, True),
        ({"iss": "https://evil.example"}, True),
        ({"exp": 1}, True),
    ],
    ids=["no token", "another app", "another issuer", "expired"],
)
async def test_nothing_unauthenticated_reaches_the_registry(
    start: Start, claims: Mapping[str, object], signed: bool
) -> None:
    bot = Listening()
    async with start(bot) as world:
        assert await post(world, envelope(CALL_ID, "established"), claims, signed=signed) == 401
        assert list(world.runtime.registry.live()) == []
        assert bot.seen == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"value": 1}', b"\xff\xff"])
async def test_an_authenticated_body_that_cannot_be_read_is_refused_and_calls_are_read_again(
    start: Start, body: bytes
) -> None:
    bot = Listening()
    async with start(bot) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        assert await post(world, body) == 400
        await world.until(lambda: world.runtime.caretaker.reads.get("unreadable callback", 0) == 1)
        await call.hang_up()
