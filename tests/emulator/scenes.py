"""Situations that many tests start from, and the names of the default people."""

from typing import Any

from callbot.emulator import Behaviour, EmulatedCall, Person, WhenCalled
from tests.emulator.bot import Bot

ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
BEN = "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22"
FEMI = "061bf4c5-c28e-4fa2-b199-ae5d6c717066"
PHONE = "+442079460123"
THREAD = "19:meeting_Y2FsbGJvdC1lbXVsYXRvci1tZWV0aW5n@thread.v2"
JOIN_ID = "231234567890"
PASSCODE = "abc123"
TENANT = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"


def user(user_id: str, **more: Any) -> dict[str, Any]:
    return {"identity": {"user": {"id": user_id}}, **more}


def phone(number: str = PHONE, **more: Any) -> dict[str, Any]:
    return {"identity": {"phone": {"id": number}}, **more}


def quick(bot: Bot, *names: str, **behaviour: Any) -> None:
    """Let people react at once."""
    for name in names:
        person = bot.emulator.person(name)
        person.behaviour = Behaviour.model_validate({"after": 0.01, **behaviour})


def somebody(bot: Bot, name: str, **behaviour: Any) -> Person:
    """Add a person who reacts at once."""
    settled = {"after": 0.01, "when_called": WhenCalled.ANSWER, **behaviour}
    person = Person(display_name=name, tenant_id=TENANT, behaviour=Behaviour.model_validate(settled))
    return bot.emulator.people.add(person)


async def answered(bot: Bot, **answer: Any) -> EmulatedCall:
    """Ana has called, the bot has answered, audio flows."""
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    reply = await bot.verb(call.id, "answer", bot.answer_body(**answer))
    assert reply.status == 202, reply.body
    await bot.emulator.log.until(lambda: call.audio_active)
    return call


async def group(bot: Bot, *names: str, **more: Any) -> EmulatedCall:
    """The bot has called people together, and all of them are there."""
    quick(bot, *names)
    people = [bot.emulator.person(name) for name in names]
    body = {**bot.create_body(""), "targets": [user(person.id) for person in people], **more}
    reply = await bot.post("/communications/calls", body)
    assert reply.status == 201, reply.body
    call = bot.emulator.call(reply.body["id"])
    await bot.emulator.log.until(lambda: call.audio_active and len(call.group.names) == len(names))
    await bot.emulator.until_idle()
    return call


def meeting_body(bot: Bot, **more: Any) -> dict[str, Any]:
    """A create that joins the default meeting by its coordinates."""
    return {
        **bot.create_body(""),
        "targets": [],
        "chatInfo": {"threadId": THREAD, "messageId": "0"},
        "meetingInfo": {
            "@odata.type": "#microsoft.graph.organizerMeetingInfo",
            "organizer": {"user": {"id": ANA, "tenantId": TENANT}},
            "allowConversationWithoutHost": True,
        },
        "tenantId": TENANT,
        **more,
    }


GUEST = {"identity": {"guest": {"id": "7f1f2d1c-0000-4000-8000-000000000001", "displayName": "Guest"}}}


async def joined(bot: Bot, **more: Any) -> EmulatedCall:
    """The bot is in the default meeting, with Ana and Femi."""
    reply = await bot.post("/communications/calls", meeting_body(bot, **more))
    assert reply.status == 201, reply.body
    call = bot.emulator.call(reply.body["id"])
    await call.until("established")
    return call


def names_in(roster: list[dict[str, Any]]) -> list[str]:
    """The display names in a roster."""
    found = []
    for entry in roster:
        for key, identity in entry["info"]["identity"].items():
            if not key.startswith("@") and identity:
                found.append(identity.get("displayName") or identity["id"])
    return found
