"""Everything a service writes while much goes wrong: which call each line is about, and no person in it."""

import asyncio
import json
import logging
import re

import pytest
import structlog

from callbot import (
    Call,
    CallBot,
    CallResource,
    CallState,
    GraphError,
    JoinDecision,
    ParticipantJoining,
    Tone,
    Transition,
    User,
)
from callbot.cli.logs import configure_logs, show_lines_of
from callbot.emulator import APP_SECRET
from callbot.model import call_key
from callbot.testing import World, simulate

NAME, OTHER, JOINER = "Xanthippe Quisenberry", "Bartholomew Featherstonehaugh", "Zebulon Ochterlony"
NUMBER, UNKNOWN = "+61491570156", "+442079460123"
ADDRESS = "quisenberry@fabrikam.example"
TOKEN = re.compile(r"eyJ[\w-]{6,}")
SCENARIO = "11111111-2222-4333-8444-555555555555"


class Troubled(CallBot):
    """A bot that repeats what it hears of people wherever it fails."""

    async def on_announced(self, announced: CallResource) -> str | None:
        raise LookupError(f"no office takes the calls of {announced.source!r}")

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        logging.getLogger(__name__).info("plain: %s calls", _name(call))
        structlog.get_logger(__name__).info("structured", caller=_name(call), address=ADDRESS)
        await call.answer(participant_capacity=3)

    async def on_established(self, call: Call, transition: Transition) -> None:
        background = asyncio.create_task(self.note())
        await call.subscribe_to_tone()
        try:
            await call.invite(User("00000000-0000-4000-8000-00000000dead"), wait=False)
        except Exception as error:
            await background
            raise ValueError(f"{_name(call)} <{ADDRESS}> wanted {UNKNOWN}") from error

    async def note(self) -> None:
        logging.getLogger(__name__).info("in a task of its own")

    async def on_tone(self, call: Call, tone: Tone) -> None:
        raise KeyError(_name(call))

    async def on_participant_joining(self, call: Call, joining: ParticipantJoining) -> JoinDecision:
        who = joining.participants[0].info.identity
        raise RuntimeError(f"{who!r} must not hear this")


def _name(call: Call) -> str:
    who = call.source.identity if call.source is not None else None
    found = who.who if who is not None else None
    return str(getattr(found, "display_name", None) or getattr(found, "id", "nobody"))


async def trouble(bot: Troubled) -> set[str]:
    """Let much go wrong; returns the ids of the calls."""
    async with simulate(bot, handlers_may_raise=True, patience=120.0) as world:
        await world.person(NAME)
        friend = await world.person(OTHER)
        await world.person(JOINER)
        phone = await world.person("Somebody at home", phone=NUMBER)
        calls = [await incoming(world, NAME), await incoming(world, phone.phone or "")]
        placed = await bot.place_call(friend.callee, scenario_id=SCENARIO)
        calls.append(placed.id)
        await placed.until(CallState.ESTABLISHED)
        await world.fault("refuse", where="mute")
        with pytest.raises(GraphError):
            await placed.mute()
        recorded = await world.recorded(NAME, OTHER)
        calls.append(recorded.id)
        await recorded.is_established()
        await recorded.asks_to_join(JOINER)
        await world.advance(6)
        await world.faults("requests refused", "requests failing", "callbacks empty", rate=0.8)
        await world.advance(400)
        await world.faults("keys down", "sign-in failing", rate=1.0)
        await world.advance(400)
        await world.faults()
        await world.advance(400)
    return {call_key(one) for one in calls}


async def incoming(world: World, who: str) -> str:
    call = await world.incoming(who)
    await call.is_established()
    await world.advance(5)
    await call.press("5")
    await world.advance(5)
    return call.id


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_person_no_token_and_no_body_is_in_any_line(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("debug", form)
    show_lines_of("tests", "debug")
    await trouble(Troubled())
    said = capsys.readouterr().err
    for line in (
        "handler failed",
        "on_announced failed",
        "failed to take a callback",
        "request failed",
        "plain: ",
    ):
        assert line in said  # or nothing is shown here
    assert "person:" in said
    for secret in (NAME, OTHER, JOINER, *NAME.split(), NUMBER[1:], UNKNOWN[1:], ADDRESS, APP_SECRET):
        assert secret.lower() not in said.lower(), secret
    assert TOKEN.findall(said) == []
    assert "@odata" not in said
    assert "resourceData" not in said


async def test_every_line_about_a_call_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "json")
    show_lines_of("tests", "debug")
    calls = await trouble(Troubled())
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    loggers = ("callbot.bot", "callbot.graph.transport", "callbot.registry", "tests.")
    about = [one for one in lines if one["logger"].startswith(loggers) and one.get("verb") != "create_call"]
    assert {one["event"] for one in about} >= {
        "handler failed",
        "request failed",
        "call could not be read, trying again",
    }
    for line in about:
        assert call_key(line["call_id"]) in calls, line
        assert line["tenant"], line
        assert line["app_id"], line
    assert all(one["request_id"] for one in about if one.get("verb") and one.get("status"))
    own = [one for one in lines if one["logger"].startswith("tests.")]
    assert {one["hook"] for one in own} == {"Troubled.on_incoming", "Troubled.on_established"}
    assert all(one["request_id"] and one["chain_id"] for one in own)
    refused = [line for line in lines if line["event"] == "request failed" and line["verb"] == "mute"]
    assert [line["scenario_id"] for line in refused] == [SCENARIO]
    for line in lines:
        if line["event"] in {"refused a callback", "failed to take a callback"}:
            assert line.get("tenant") or line["reason"] == "no_keys", line


async def test_people_are_named_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "json")
    show_lines_of("tests", "debug")
    async with simulate(Troubled(), handlers_may_raise=True, log_people="plain") as world:
        await world.person(NAME)
        await incoming(world, NAME)
    said = capsys.readouterr().err
    assert NAME in said
    assert ADDRESS in said
    assert TOKEN.findall(said) == []
