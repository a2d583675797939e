"""The control API: what a developer does with curl."""

from typing import Any

from tests.emulator.bot import Bot

BEN = "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22"


async def control(bot: Bot, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with bot.client.request(method, f"{bot.emulator.control_url}{path}", json=body) as response:
        return response.status, await response.json() if response.status != 204 else None


async def test_a_call_is_placed_listened_to_and_hung_up(bot: Bot) -> None:
    status, placed = await control(bot, "POST", "/calls", {"person": "Ana"})
    assert (status, placed["state"]) == (201, "incoming")
    await bot.until("created incoming")
    await bot.verb(placed["id"], "answer", bot.answer_body())
    await bot.until("updated established", 2)
    await bot.verb(placed["id"], "subscribeToTone", {"clientContext": "t"})
    assert (await control(bot, "POST", f"/calls/{placed['id']}/press", {"key": "7"}))[1]["told"]
    status, ended = await control(bot, "POST", f"/calls/{placed['id']}/hang-up")
    assert (status, ended["state"]) == (200, "terminated")
    status, shown = await control(bot, "GET", f"/calls/{placed['id']}")
    assert [change["new"] for change in shown["transitions"]][-1] == "terminated"
    assert shown["people"] == ["Ana"]
    assert (await control(bot, "POST", f"/calls/{placed['id']}/hang-up"))[0] == 409


async def test_a_called_person_answers_or_declines_on_command(bot: Bot) -> None:
    first, second = await bot.place(BEN), await bot.place(BEN)
    assert (await control(bot, "POST", f"/calls/{first}/answer"))[1]["state"] == "established"
    assert (await control(bot, "POST", f"/calls/{second}/decline"))[1]["state"] == "terminated"
    _, live = await control(bot, "GET", "/calls?live=true")
    assert [call["id"] for call in live["calls"]] == [first]


async def test_people_are_added_and_changed(bot: Bot) -> None:
    status, added = await control(bot, "POST", "/people", {"display_name": "Zoe"})
    assert status == 201
    status, changed = await control(bot, "PATCH", "/people/Zoe", {"when_called": "busy", "after": 0})
    assert changed["behaviour"]["when_called"] == "busy"
    await bot.place(added["id"])
    assert (await bot.until("deleted terminated")).data["resultInfo"]["code"] == 486
    _, everybody = await control(bot, "GET", "/people")
    assert "Zoe" in [person["display_name"] for person in everybody["people"]]


async def test_the_log_is_read_by_call_kind_and_position(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    other = await bot.emulator.place_call("Femi")
    await bot.until("created incoming", 2)
    await bot.emulator.until_idle()
    _, log = await control(bot, "GET", f"/log?call={call.id}")
    assert {entry["kind"] for entry in log["entries"]} == {"transition", "callback"}
    assert {entry["call"] for entry in log["entries"]} == {call.id}
    _, log = await control(bot, "GET", "/log?kind=transition")
    assert [entry["call"] for entry in log["entries"]] == [call.id, other.id]
    _, later = await control(bot, "GET", f"/log?after={log['entries'][0]['seq']}&kind=transition")
    assert [entry["call"] for entry in later["entries"]] == [other.id]


async def test_mistakes_are_answered_in_words(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    for method, path, body, status in (
        ("POST", "/calls", {"person": "Nobody"}, 404),
        ("POST", "/calls", {}, 400),
        ("GET", "/calls/unknown", None, 404),
        ("POST", f"/calls/{call.id}/dance", None, 404),
        ("POST", f"/calls/{call.id}/press", {"key": "x"}, 400),
        ("POST", "/people", {"colour": "red"}, 400),
        ("PATCH", "/people/Ana", {"after": -1}, 400),
        ("GET", "/log?kind=gossip", None, 404),
    ):
        answered, content = await control(bot, method, path, body)
        assert (answered, bool(content["error"])) == (status, True), path


async def test_a_reset_leaves_nothing(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.emulator.until_idle()
    assert (await control(bot, "POST", "/reset"))[0] == 204
    assert bot.emulator.calls == []
    assert (await control(bot, "GET", "/log"))[1]["entries"] == []
    assert (await bot.get(f"/communications/calls/{call.id}")).status == 404
