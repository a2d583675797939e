"""A page of a hundred thousand calls: in order, whole, and without keeping the bot from its work."""

import asyncio

import pytest

from callbot import CallBot, Settings
from callbot.admin.answers import Refusal
from callbot.admin.calls.finding import find, page
from callbot.admin.timeline import Feed
from callbot.admin.watched import WatchedBot, watch
from callbot.hosted import HostedBot
from callbot.model import CallState
from callbot.state import Record


def bot_with(records: list[Record]) -> WatchedBot:
    settings = Settings(
        app_id="app", client_secret="s", callback_url="https://bot.example.com/c", admin_port=1
    )
    hosted = HostedBot(CallBot(), settings)
    watched = watch(hosted, Feed(hosted.runtime.clock))
    watched.registry._records.update({record.key: record for record in records})
    return watched


def record(number: int, at: float, state: CallState = CallState.ESTABLISHED) -> Record:
    key = f"{number:08x}call"
    return Record(key, key, "app", None, at, at, at, state=state)


async def test_pages_have_every_call_once_newest_first() -> None:
    bots = [
        bot_with([record(one, at=(one * 7919) % 500 / 10) for one in range(0, 5_000, 2)]),
        bot_with([record(one, at=(one * 7919) % 500 / 10) for one in range(1, 5_000, 2)]),
    ]
    seen: list[Record] = []
    after: str | None = None
    while True:
        found = await page(bots, lambda _: True, limit=333, after=after)
        assert found.matching == 5_000
        seen += [one.record for one in found.calls]
        after = found.after
        if after is None:
            break
    assert len({one.key for one in seen}) == len(seen) == 5_000
    places = [(one.first_seen_at, one.key) for one in seen]
    assert places == sorted(places, reverse=True)


async def test_a_call_that_begins_between_two_pages_moves_no_other() -> None:
    bot = bot_with([record(one, at=one) for one in range(10)])
    first = await page([bot], lambda _: True, limit=5, after=None)
    bot.registry._records["new"] = record(99, at=99)
    second = await page([bot], lambda _: True, limit=5, after=first.after)
    assert [one.record.first_seen_at for one in second.calls] == [4, 3, 2, 1, 0]


async def test_only_what_is_wanted_is_counted() -> None:
    bot = bot_with([record(1, 1), record(2, 2, CallState.RINGING)])
    found = await page([bot], lambda one: one.state is CallState.RINGING, limit=1, after=None)
    assert (found.matching, found.after, [one.record.first_seen_at for one in found.calls]) == (1, None, [2])


async def test_the_bot_works_while_a_page_of_many_is_made() -> None:
    bot = bot_with([record(one, at=one) for one in range(100_000)])
    turns = 0

    async def work() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    working = asyncio.create_task(work())
    found = await page([bot], lambda _: True, limit=50, after=None)
    working.cancel()
    assert [one.record.first_seen_at for one in found.calls] == list(range(99_999, 99_949, -1))
    assert turns >= 50


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "WzFd", "WyJhIiwgImIiXQ==", "WzEsIDJd", "é"])
async def test_a_cursor_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal, match="after must be"):
        await page([bot_with([])], lambda _: True, limit=1, after=cursor)


async def test_an_id_is_found_whatever_its_form_and_a_beginning_only_where_it_is_the_only_one() -> None:
    bot = bot_with([record(0xABCD0001, 1), record(0xABCD0002, 2)])
    for given in ("abcd0001call", "ABCD-0001-call", "abcd0001"):
        assert (await find([bot], given)).record.first_seen_at == 1
    for given, kind in (("abcd", "AmbiguousId"), ("abc", "BadRequest"), ("ffff", "UnknownCall")):
        with pytest.raises(Refusal) as refused:
            await find([bot], given)
        assert refused.value.kind == kind
