"""Who calls the bot, and by which way: telephones, forwarded calls, other regions."""

from aiohttp import web

from callbot.emulator import INSTANCE_ID, AppRegistration
from tests.emulator.bot import Bot, Received
from tests.emulator.conftest import Start
from tests.emulator.scenes import ANA, PHONE, phone, quick
from tests.ports import free_port

INSTANCE = {"identity": {"applicationInstance": {"id": INSTANCE_ID, "displayName": "Front desk"}}}


async def test_a_telephone_calls_the_apps_resource_account(bot: Bot) -> None:
    call = await bot.emulator.place_call(PHONE)
    data = (await bot.until("created incoming")).data
    assert data["source"]["identity"]["phone"]["id"] == PHONE
    assert data["targets"][0]["identity"]["applicationInstance"]["id"] == INSTANCE_ID
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.until("updated established", 2)
    call.hang_up()
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 560000


async def test_a_telephone_is_called_with_a_resource_account_only(bot: Bot) -> None:
    quick(bot, PHONE)
    body = {**bot.create_body(""), "targets": [phone()]}
    for source in (None, {"identity": {"applicationInstance": {"id": "other"}}}):
        refused = await bot.post("/communications/calls", {**body, "source": source})
        assert (refused.status, refused.code) == (400, "7507")
    placed = await bot.post("/communications/calls", {**body, "source": INSTANCE})
    assert placed.status == 201
    await bot.emulator.call(placed.body["id"]).until("established")


async def test_a_forwarded_and_a_transferred_call_say_so(bot: Bot) -> None:
    await bot.emulator.place_call("Femi", forwarded_from="Ana", transferred_by="Ben")
    data = (await bot.until("created incoming")).data
    (route,) = data["callRoutes"]
    assert route["routingType"] == "forwarded"
    assert route["original"]["user"]["id"] == ANA
    assert data["incomingContext"]["transferor"]["user"]["displayName"] == "Ben"


async def test_an_app_without_any_permission_does_not_see_who_calls(start: Start) -> None:
    port = free_port()
    app = AppRegistration(callback_url=f"https://localhost:{port}/api/calls", roles=())
    bot = await start(apps=(app,), bot_port=port)
    await bot.emulator.place_call("Ana")
    identity = (await bot.until("created incoming")).data["source"]["identity"]
    assert set(identity) == {"@odata.type", "encrypted"}


async def test_a_call_is_announced_again_where_the_bot_wants_it(bot: Bot) -> None:
    def respond(received: Received) -> web.Response:
        if received.path == "/api/calls":
            return web.Response(status=307, headers={"Location": f"{bot.root}/api/region"})
        return web.Response(status=202)

    bot.respond = respond
    call = await bot.emulator.place_call("Ana")
    again = await bot.until("created incoming", 2)
    assert again.path == "/api/region"
    call.hang_up()
    assert (await bot.until("deleted terminated")).path == "/api/region"


async def test_redirections_of_an_announcement_come_to_an_end(bot: Bot) -> None:
    bot.respond = lambda _: web.Response(status=302, headers={"Location": f"{bot.root}/api/again"})
    await bot.emulator.place_call("Ana")
    await bot.until("created incoming", 6)
    await bot.emulator.until_idle()
    assert len(bot.received) == 6


async def test_a_person_puts_the_bot_on_hold(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.until("updated established", 2)
    call.hold()
    await bot.until("updated hold")
    call.resume()
    await bot.until("updated established", 3)
    assert call.states[-3:] == ["established", "hold", "established"]
