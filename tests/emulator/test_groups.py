"""Group calls: created by the bot, grown out of two, left by everybody."""

import pytest

from callbot.emulator import AppRegistration, Timing
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import ANA, BEN, FEMI, answered, group, names_in, quick, somebody, user

HASTY = Timing(establish=0.01, media=0.01, alone=0.01, nobody_joined=0.01)


async def test_a_group_call_tells_its_chat_its_token_and_its_roster(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    kinds = [kind for kind in bot.kinds if kind != "updated participants"]
    assert kinds == ["updated establishing"] + ["updated established"] * 4
    chat, token = bot.of("updated established")[2:]
    assert chat.data["chatInfo"]["threadId"].startswith("19:")
    assert token.data["meetingInfo"]["@odata.type"] == "#microsoft.graph.tokenMeetingInfo"
    roster = bot.of("updated participants")[-1].data
    assert sorted(names_in(roster)) == ["Ana", "Femi", "Greeter"]
    assert {entry["isInLobby"] for entry in roster} == {False}
    assert call.states == ["establishing", "established"]


async def test_each_join_and_each_leave_tells_the_full_roster(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    before = len(bot.of("updated participants"))
    call.group.leave("Femi")
    left = await bot.until("updated participants", before + 1)
    assert sorted(names_in(left.data)) == ["Ana", "Greeter"]
    call.group.join("Ben")
    came = await bot.until("updated participants", before + 2)
    assert sorted(names_in(came.data)) == ["Ana", "Ben", "Greeter"]


async def test_delta_rosters_tell_only_who_has_changed(bot: Bot) -> None:
    options = {"@odata.type": "#microsoft.graph.outgoingCallOptions", "isDeltaRosterEnabled": True}
    call = await group(bot, "Ana", "Femi", callOptions=options)
    before = len(bot.of("updated participants"))
    call.group.leave("Femi")
    delta = (await bot.until("updated participants", before + 1)).data
    assert delta["@odata.type"] == "#microsoft.graph.deltaParticipants"
    (gone,) = delta["participants"]
    assert names_in([gone]) == ["Femi"]
    assert gone["removedState"]["reason"] == "Left"
    numbers = [received.data["sequenceNumber"] for received in bot.of("updated participants")]
    assert numbers == sorted(numbers)


async def test_a_bot_that_stays_alone_is_removed(start: Start) -> None:
    bot = await start(timing=HASTY)
    call = await group(bot, "Ana", "Femi")
    call.group.leave("Ana")
    call.group.leave("Femi")
    await call.until_over()
    assert call.transitions[-1].subcode == 5010


async def test_a_group_call_nobody_joins_ends(start: Start) -> None:
    bot = await start(timing=HASTY)
    quick(bot, "Chris", "Dana", when_called="decline")
    targets = [user(bot.emulator.person(name).id) for name in ("Chris", "Dana")]
    reply = await bot.post("/communications/calls", {**bot.create_body(""), "targets": targets})
    call = bot.emulator.call(reply.body["id"])
    await call.until_over()
    assert call.transitions[-1].subcode == 5013


@pytest.mark.parametrize(
    "targets",
    [[user(str(number)) for number in range(6)], [user(ANA), user(FEMI), user(ANA.upper())]],
)
async def test_six_targets_or_one_twice_are_refused(bot: Bot, targets: list[object]) -> None:
    answer = await bot.post("/communications/calls", {**bot.create_body(""), "targets": targets})
    assert (answer.status, answer.code) == (400, "8523")


async def test_a_group_call_needs_its_own_permission(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    body = {**bot.create_body(""), "targets": [user(ANA), user(BEN)]}
    answer = await bot.post("/communications/calls", body)
    assert (answer.status, answer.code) == (403, "7504")


async def test_a_call_of_two_becomes_a_group_when_a_person_adds_another(bot: Bot) -> None:
    call = await answered(bot)
    await bot.until("updated established", 2)
    listed = await bot.get(f"/communications/calls/{call.id}/participants")
    assert listed.body["value"] == []
    call.group.join(somebody(bot, "Zoe"))
    await bot.until("updated participants", 2)
    chat, token = bot.of("updated established")[2:4]
    assert chat.data["replacesContext"]
    assert token.data["meetingInfo"]["token"]
    assert sorted(names_in(bot.of("updated participants")[-1].data)) == ["Ana", "Greeter", "Zoe"]
    listed = await bot.get(f"/communications/calls/{call.id}/participants")
    assert len(listed.body["value"]) == 3


async def test_a_bot_that_hides_after_escalation_is_in_nobodys_roster_but_its_own(bot: Bot) -> None:
    options = {"@odata.type": "#microsoft.graph.incomingCallOptions", "hideBotAfterEscalation": True}
    call = await answered(bot, callOptions=options)
    call.group.join(somebody(bot, "Zoe"))
    await bot.until("updated participants", 2)
    assert "Greeter" in names_in(bot.of("updated participants")[-1].data)
    other = await bot.post(
        "/communications/calls",
        {
            **bot.create_body(""),
            "targets": [],
            "meetingInfo": bot.of("updated established")[3].data["meetingInfo"],
        },
    )
    second = bot.emulator.call(other.body["id"])
    await bot.emulator.log.until(lambda: second.audio_active)
    await bot.emulator.until_idle()
    listed = await bot.get(f"/communications/calls/{second.id}/participants")
    assert sorted(names_in(listed.body["value"])) == ["Ana", "Greeter", "Zoe"]
