"""The admin API of a running bot: what happened in its calls, and stepping in."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from callbot import Call, CallBot, CallState, Transition
from callbot.log import person, show_people
from callbot.testing import simulate
from callbot.testing.world import StagedCall, World
from tests.ports import free_port

PATIENT = aiohttp.ClientTimeout(total=None)
TOKEN = "a-token-of-the-admins-0123"


class Listener(CallBot):
    """Answers, and listens until the call is over."""

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        await call.subscribe_to_tone()
        await call.until(CallState.TERMINATED)

    async def on_terminated(self, call: Call, transition: Transition) -> None: ...


class Admin:
    """Asks the admin API."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self.client = client

    async def ask(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        async with self.client.request(method, path, **more) as answer:
            text = await answer.text()
            assert answer.status == status, text
            return json.loads(text) if text else None

    async def timeline(self, call: StagedCall) -> list[tuple[str, str, str]]:
        shown = await self.ask("GET", f"/calls/{call.id}")
        return [(one["kind"], one["what"], one["result"]) for one in shown["timeline"]]


@asynccontextmanager
async def administered(bot: CallBot, admin_token: str | None = None) -> AsyncIterator[tuple[World, Admin]]:
    port = free_port()
    async with (
        simulate(bot, admin_port=port, admin_token=admin_token) as world,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=PATIENT) as client,
    ):
        yield world, Admin(client)


async def test_calls_are_listed_newest_first_and_without_people() -> None:
    async with administered(Listener()) as (world, admin):
        first = await world.incoming("Ana")
        await first.is_established()
        second = await world.incoming("Femi")
        await second.is_established()
        listed = await admin.ask("GET", "/calls")
        assert [one["id"] for one in listed["calls"]] == [second.id, first.id]
        assert (listed["matching"], listed["next"]) == (2, None)
        assert [one["looks_after_calls"] for one in listed["bots"]] == [True]
        call = listed["calls"][0]
        assert (call["state"], call["direction"], call["handler"]) == (
            "established",
            "incoming",
            "Listener.on_established",
        )
        (ana, femi) = (one["source"] for one in reversed(listed["calls"]))
        assert ana.keys() == {"kind", "hash"}
        assert ana["hash"] != femi["hash"]
        id_of_ana = (await first.sight()).resource["source"]["identity"]["user"]["id"]  # type: ignore[index]
        assert person(id_of_ana) == f"person:{ana['hash']}"  # as in the log
        for secret in ("Ana", "Femi", id_of_ana):
            assert secret not in json.dumps(listed)
        await first.hangs_up()
        await first.is_over()
        await world.advance(1)
        assert [one["id"] for one in (await admin.ask("GET", "/calls"))["calls"]] == [second.id]
        ended = await admin.ask("GET", "/calls", params={"ended": "true"})
        assert [one["id"] for one in ended["calls"]] == [first.id]
        assert (await admin.ask("GET", "/calls", params={"state": "ringing"}))["calls"] == []
        assert (await admin.ask("GET", "/calls", params={"tenant": "another"}))["matching"] == 0
        await second.hangs_up()


async def test_people_are_shown_to_those_who_have_the_token_and_ask() -> None:
    async with administered(Listener(), admin_token=TOKEN) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        admin.client.headers["Authorization"] = f"Bearer {TOKEN}"
        resource = (await call.sight()).resource
        id_of_ana = resource["source"]["identity"]["user"]["id"]  # type: ignore[index]
        shown = await admin.ask("GET", f"/calls/{call.id}", params={"people": "true"})
        assert shown["source"] == {"kind": "User", "id": id_of_ana}
        assert "Ana" not in json.dumps(shown)
        assert "hash" in (await admin.ask("GET", f"/calls/{call.id}"))["source"]
        await call.hangs_up()


async def test_a_log_that_shows_people_does_not_open_the_admin_api() -> None:
    async with administered(Listener()) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        show_people(plain=True)
        try:
            shown = await admin.ask("GET", f"/calls/{call.id}")
        finally:
            show_people(plain=False)
        assert shown["source"].keys() == {"kind", "hash"}
        assert len(shown["source"]["hash"]) == 10
        await call.hangs_up()


async def test_nobody_sees_people_where_there_is_no_token() -> None:
    async with administered(Listener()) as (_, admin):
        refused = await admin.ask("GET", "/calls", 403, params={"people": "true"})
        assert refused["error"]["kind"] == "NeedsToken"


async def test_a_timeline_shows_a_notification_that_came_twice_changing_nothing() -> None:
    async with administered(Listener()) as (world, admin):
        await world.fault("resend", where="updated establishing")
        call = await world.incoming("Ana")
        await call.is_established()
        await world.advance(5)
        timeline = await admin.timeline(call)
        assert timeline.count(("transition", "incoming -> establishing", "notification")) == 1
        told = [one for one in timeline if one[:2] == ("notification", "call: establishing")]
        assert [result for _, _, result in told] == ["applied", "stale"]
        await call.hangs_up()


async def test_a_timeline_shows_that_a_read_found_what_no_notification_said() -> None:
    async with administered(Listener()) as (world, admin):
        await world.fault("drop", times=2, where="updated established")
        call = await world.incoming("Ana")
        await world.advance(120)
        timeline = await admin.timeline(call)
        assert ("read", "established", "applied") in timeline
        assert ("transition", "establishing -> established", "read") in timeline
        assert not [one for one in timeline if one[:2] == ("notification", "call: established")]
        shown = await admin.ask("GET", f"/calls/{call.id}")
        assert shown["next_due"]["what"] == "read"
        assert (shown["transitions"], shown["handler"]) == (3, "Listener.on_established")
        await call.hangs_up()


async def test_a_timeline_shows_handlers_and_verbs_with_what_came_of_them() -> None:
    class Failing(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            raise ValueError("Ana's number is +4930123456")

    port_of_ana = "+4930123456"
    async with administered(Failing()) as (world, admin):
        try:
            call = await world.incoming("Ana")
            await call.is_established()
            await world.advance(1)
            timeline = await admin.timeline(call)
            assert ("handler", "Failing.on_incoming began", "for first seen -> incoming") in timeline
            assert ("verb", "answer", "ok") in timeline
            assert ("handler", "Failing.on_incoming ended", "raised ValueError") in timeline
            assert port_of_ana not in str(timeline)
        finally:
            world._bot.log.clear()  # the handler is meant to raise


async def test_a_timeline_tells_that_a_key_was_pressed_and_not_which() -> None:
    async with administered(Listener()) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        await world.advance(1)
        before = await admin.timeline(call)
        await call.press("7")
        await world.advance(1)
        new = (await admin.timeline(call))[len(before) :]
        assert new == [
            ("notification", "call: tone", "applied"),
            ("tone", "somebody pressed a key", ""),
        ]
        await call.hangs_up()


async def test_the_beginning_of_an_id_is_enough_to_look_and_not_to_hang_up() -> None:
    async with administered(Listener()) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        assert (await admin.ask("GET", f"/calls/{call.id[:9].upper()}"))["id"] == call.id
        assert (await admin.ask("GET", "/calls/zzzz", 404))["error"]["kind"] == "UnknownCall"
        await admin.ask("POST", f"/calls/{call.id[:9]}/hangup", 404)
        assert (await admin.ask("GET", "/cals", 404))["error"]["kind"] == "UnknownPath"
        assert (await admin.ask("PUT", "/calls", 405))["error"]["message"].startswith("/calls takes GET, ")
        await call.hangs_up()


async def test_what_admins_do_is_logged_with_whose_call_it_was(caplog: pytest.LogCaptureFixture) -> None:
    async with administered(Listener()) as (world, admin):
        ana = await world.person("Ana", answers_after=1)
        placed = await admin.ask("POST", "/calls", 201, json={"user": ana.id})
        await (await world.outgoing(ana)).is_established()
        await admin.ask("POST", f"/calls/{placed['id']}/hangup", 202)
    told = [vars(one) for one in caplog.records if one.name == "callbot.admin.calls.routes"]
    assert [one["message"] for one in told] == ["an admin placed a call", "an admin hung up a call"]
    for one in told:
        ids = (one["call_id"], one["tenant"], one["app_id"])
        assert ids == (placed["id"], placed["tenant"], placed["app_id"])
    assert placed["tenant"]


async def test_a_call_is_hung_up_once() -> None:
    async with administered(Listener()) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        assert (await admin.ask("POST", f"/calls/{call.id}/hangup", 202))["id"] == call.id
        await call.is_over()
        await admin.ask("POST", f"/calls/{call.id}/hangup", 204)
        timeline = await admin.timeline(call)
        assert [one for one in timeline if one[1] == "hang_up"] == [("verb", "hang_up", "ok")]


async def test_a_call_that_nobody_has_answered_is_rejected() -> None:
    async with administered(CallBot()) as (world, admin):
        call = await world.incoming("Ana")
        await world.advance(1)
        await admin.ask("POST", f"/calls/{call.id}/hangup", 202)
        await call.is_rejected()


async def test_what_graph_refuses_is_explained() -> None:
    async with administered(Listener()) as (world, admin):
        call = await world.incoming("Ana")
        await call.is_established()
        await world.fault("throttle", where="DELETE", times=20)
        error = (await admin.ask("POST", f"/calls/{call.id}/hangup", 503))["error"]
        assert (error["kind"], error["graph_status"]) == ("Throttled", 429)
        assert "Too many requests." in error["advice"]
        assert error["retry_after"] > 0
        assert ("verb", "hang_up", "Throttled 429 TooManyRequests") in await admin.timeline(call)
        await call.hangs_up()


async def test_a_call_is_placed_to_a_user_and_a_meeting_is_joined() -> None:
    async with administered(Listener()) as (world, admin):
        ana = await world.person("Ana", answers_after=1)
        placed = await admin.ask("POST", "/calls", 201, json={"user": ana.id})
        assert (placed["direction"], placed["targets"][0]["kind"]) == ("outgoing", "User")
        called = await world.outgoing(ana)
        assert called.id == placed["id"]
        await called.is_established()
        meeting = await world.meeting("Femi", join_id="123456789", passcode="pass")
        joined = await admin.ask("POST", "/calls", 201, json={"meeting_id": "123456789", "passcode": "pass"})
        assert joined["meeting"] is True
        assert meeting is not None
        for one in (placed, joined):
            await admin.ask("POST", f"/calls/{one['id']}/hangup", 202)


async def test_what_cannot_be_placed_is_refused_with_every_mistake_and_no_value() -> None:
    async with administered(Listener()) as (_, admin):
        for body, words in (
            ({}, "exactly one of `user`, `phone`, `join_link`, `meeting_id`"),
            ({"user": "a", "meeting_id": "b"}, "exactly one of"),
            ({"usr": "do-not-print"}, "unknown key usr"),
            ({"user": ["do-not-print"]}, "`user`: Input should be a valid string"),
            ({"phone": "do-not-print", "resource_account": "r"}, "E.164"),
            ({"phone": "+493012345678"}, "needs a `resource_account`"),
            ({"user": "u", "passcode": "p"}, "`passcode` goes with `meeting_id`"),
            (
                {"user": "3f0c9a7e-5b1d-4e2a-9c8f-0a1b2c3d4e5f", "app_id": "do-not-print"},
                "`app_id` says which bot",
            ),
            ({"user": "do-not-print"}, "`user` is no object id"),
        ):
            refused = await admin.ask("POST", "/calls", 400, json=body)
            assert words in refused["error"]["message"]
            assert "do-not-print" not in refused["error"]["message"].replace("unknown key usr", "")
        assert (await admin.ask("POST", "/calls", 415, data=b"user=x"))["error"]["kind"] == "BadRequest"
        await admin.ask("POST", "/calls", 413, json={"user": "u" * 70_000})
        refused = await admin.ask("GET", "/calls", 400, params={"sate": "x"})
        assert "unknown parameter sate: there are state," in refused["error"]["message"]


async def test_the_metrics_are_beside_it_and_behind_the_same_token() -> None:
    async with administered(Listener(), admin_token=TOKEN) as (world, admin):
        await admin.ask("GET", "/metrics", 401)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with admin.client.get("/metrics", headers=headers) as scraped:
            assert scraped.status == 200
            assert f'bot="{world.runtime.settings.app_id}"' in await scraped.text()


async def test_whoever_follows_is_told_of_everything_as_it_happens() -> None:
    async with administered(Listener()) as (world, admin), admin.client.get("/calls/events") as events:
        assert await events.content.readline() == b"\n"
        call = await world.incoming("Ana")
        seen: list[str] = []
        while "established -> terminated" not in seen:
            line = json.loads(await events.content.readline() or b"{}")
            assert line["call"]["id"] == call.id
            if line["entry"]["kind"] == "transition":
                seen.append(line["entry"]["what"])
            if line["entry"]["what"] == "subscribe_to_tone":
                await call.hangs_up()
        assert seen == [
            "first seen -> incoming",
            "incoming -> establishing",
            "establishing -> established",
            "established -> terminated",
        ]


async def test_whoever_follows_a_quiet_bot_hears_that_it_is_there() -> None:
    async with administered(Listener()) as (world, admin), admin.client.get("/calls/events") as events:
        await events.content.readline()
        began = world.clock.time()
        assert await events.content.readline() == b"\n"
        assert world.clock.time() - began >= 15


async def test_a_drain_can_be_watched_to_its_end() -> None:
    port = free_port()
    lines: list[Any] = []
    async with aiohttp.ClientSession(timeout=PATIENT) as client:

        async def follow() -> None:
            async with client.get(f"http://127.0.0.1:{port}/calls/events") as events:
                lines.extend([json.loads(line) async for line in events.content if line.strip()])

        async with simulate(Listener(), admin_port=port, drain_timeout=3) as world:
            following = asyncio.create_task(follow())
            call = await world.incoming("Ana")
            await call.is_established()
            drained = asyncio.create_task(world.runtime.drain())
            await world.advance(1)
            async with client.get(f"http://127.0.0.1:{port}/calls") as answer:
                (bot,) = (await answer.json())["bots"]
            assert (bot["accepting"], bot["handlers"]) == (False, 1)
            async with client.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 503
            refused = {"json": {"user": "3f0c9a7e-5b1d-4e2a-9c8f-0a1b2c3d4e5f"}}
            async with client.post(f"http://127.0.0.1:{port}/calls", **refused) as answer:  # type: ignore[arg-type]
                assert (answer.status, (await answer.json())["error"]["kind"]) == (503, "NotNow")
            await drained
        await following
    assert [one["entry"]["kind"] for one in lines][:2] == ["notification", "transition"]
