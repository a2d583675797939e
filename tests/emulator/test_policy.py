"""Policy recording: five seconds to answer, a question about who joins, a recording status."""

from typing import Any

import pytest
from aiohttp import web

from callbot.emulator import NoteEntry
from callbot.testing import ManualClock
from tests.emulator.bot import Bot, Received
from tests.emulator.conftest import Start
from tests.emulator.scenes import answered, somebody


async def recorder(bot: Bot, **answer: Any) -> Any:
    call = await bot.emulator.place_recorded_call("Ana", "Femi")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body(**answer))
    await bot.emulator.log.until(lambda: call.audio_active)
    await bot.emulator.until_idle()
    return call


def decide(bot: Bot, decision: object) -> None:
    def respond(received: Received) -> web.Response:
        if received.data.get("@odata.type", "").endswith("participantJoiningNotification"):
            return web.json_response(decision)
        return web.Response(status=202)

    bot.respond = lambda received: (
        respond(received) if isinstance(received.data, dict) else web.Response(status=202)
    )


async def test_a_recorder_is_told_whom_it_records(bot: Bot) -> None:
    await bot.emulator.place_recorded_call("Ana", "Femi")
    data = (await bot.until("created incoming")).data
    context = data["incomingContext"]
    assert context["observedParticipantId"] == context["sourceParticipantId"]
    assert data["meetingInfo"]["@odata.type"] == "#microsoft.graph.tokenMeetingInfo"
    metadata = data["applicationMetadata"]["botData"]
    assert metadata["inviteReasons"] == ["PolicyBasedRecording"]
    assert metadata["otherSideUser"]["id"] == bot.emulator.person("Femi").id


async def test_a_recorder_has_five_seconds_to_answer(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    call = await bot.emulator.place_recorded_call("Ana", "Femi")
    await clock.advance(5)
    assert call.over


async def test_a_recording_status_is_in_the_roster(bot: Bot) -> None:
    call = await recorder(bot)
    before = len(bot.of("updated participants"))
    body = {"status": "recording", "clientContext": "r"}
    reply = await bot.verb(call.id, "updateRecordingStatus", body)
    assert (reply.status, reply.body["status"]) == (200, "completed")
    roster = (await bot.until("updated participants", before + 1)).data
    states = [one["recordingInfo"]["recordingStatus"] for one in roster if "recordingInfo" in one]
    assert states == ["recording"]


async def test_only_a_recorder_reports_a_recording_status(bot: Bot) -> None:
    call = await answered(bot)
    reply = await bot.verb(call.id, "updateRecordingStatus", {"status": "recording"})
    assert (reply.status, reply.code) == (400, "8506")
    reply = await bot.verb(call.id, "updateRecordingStatus", {"status": "unknown"})
    assert (reply.status, reply.code) == (400, "8523")


@pytest.mark.parametrize(
    ("decision", "expected", "inside"),
    [
        ({"@odata.type": "#microsoft.graph.acceptJoinResponse"}, "acceptJoinResponse", True),
        (
            {"@odata.type": "#microsoft.graph.rejectJoinResponse", "reason": "Busy"},
            "rejectJoinResponse",
            False,
        ),
        ({"nonsense": 1}, None, False),
    ],
)
async def test_the_answer_to_the_joining_question_decides(
    bot: Bot, decision: object, expected: str | None, inside: bool
) -> None:
    call = await recorder(bot, participantCapacity=5)
    decide(bot, decision)
    call.group.join_under_policy(somebody(bot, "Zoe"))
    await bot.emulator.log.until(lambda: bool(bot.emulator.log.of(NoteEntry, call.id)))
    (note,) = bot.emulator.log.of(NoteEntry, call.id)
    assert isinstance(note.data, dict)
    assert note.data["decision"] == expected
    assert note.data.get("code") == (8609 if expected is None else None)
    assert ("Zoe" in call.group.names) is inside


async def test_a_recorder_may_send_a_participant_to_another_bot(bot: Bot) -> None:
    call = await recorder(bot, participantCapacity=5)
    uri = f"{bot.root}/api/second"
    decide(bot, {"@odata.type": "#microsoft.graph.inviteNewBotResponse", "inviteUri": uri})
    call.group.join_under_policy(somebody(bot, "Zoe"))
    second = await bot.until("created incoming", 2)
    assert second.path == "/api/second"


async def test_a_recorder_that_is_full_is_called_again(bot: Bot) -> None:
    call = await recorder(bot)
    call.group.join_under_policy(somebody(bot, "Zoe"))
    again = await bot.until("created incoming", 2)
    assert again.data["callChainId"] == call.document()["callChainId"]


async def test_a_recorder_is_told_who_left_and_ends_with_the_one_it_records(bot: Bot) -> None:
    call = await recorder(bot)
    call.group.leave("Femi")
    await bot.emulator.until_idle()
    assert any("participantLeftNotification" in str(received.body) for received in bot.received)
    call.group.leave("Ana")
    assert call.over
