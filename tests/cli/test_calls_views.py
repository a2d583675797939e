"""Tables of calls: every id as short as it can be, and nothing that steers the terminal."""

from typing import Any

import click

from callbot.cli.calls.views import complaints, detail, entry_line, shortest_ids, table

NOW = 1_767_225_700.0


def call(**more: object) -> dict[str, Any]:
    return {
        "id": "57dab8b1-894c-409a-b240-bd8beae78896",
        "app_id": "app",
        "state": "established",
        "direction": "incoming",
        "tenant": "tenant",
        "source": {"kind": "User", "hash": "0123456789"},
        "targets": [],
        "meeting": False,
        "answered": True,
        "participants": 0,
        "first_seen_at": "2026-01-01T00:00:00.000Z",
        "state_at": "2026-01-01T00:01:00.000Z",
        "handler": None,
        **more,
    }


ALONE: dict[str, Any] = {
    "seen_at": "2026-01-01T00:01:00.000Z",
    "audio": None,
    "result": None,
    "handler_since": None,
    "unhandled": [],
    "doubt": None,
    "next_due": None,
    "timeline": [],
}


def plain(lines: list[str]) -> list[str]:
    return [click.unstyle(line) for line in lines]


def test_a_call_is_a_line() -> None:
    head, line = plain(table([call()], NOW))
    assert head.split() == ["call", "state", "for", "age", "who"]
    assert line.split() == ["57dab8b1", "established", "40s", "1m40s", "from", "user", "0123456789"]
    assert table([], NOW) == []


def test_columns_that_say_nothing_are_left_out() -> None:
    head, *_ = plain(table([call(), call(participants=2, handler="Bot.on_established")], NOW))
    assert head.split() == ["call", "state", "for", "age", "who", "people", "handler"]


def test_calls_that_are_followed_fit_the_terminal() -> None:
    busy = call(handler="FrontDesk.on_established", latest="FrontDesk.on_incoming ended, raised OSError")
    for width, words in ((80, "on_established  on_in"), (120, "FrontDesk.on_established  FrontDesk.on_")):
        head, line = plain(table([busy], NOW, width))
        assert len(line) <= width
        assert words in line
        assert ("age" in head) is (width == 120)


def test_an_id_is_shown_as_far_as_it_tells_calls_apart() -> None:
    ids = ["57dab8b1-8940", "57dab8b1-8941", "another-call-1"]
    assert list(shortest_ids(ids).values()) == ["57dab8b1-8940", "57dab8b1-8941", "another-call-"]
    assert shortest_ids(["57dab8b1-8940", "another-call-1"])["another-call-1"] == "another-"


def test_the_bot_is_named_where_there_are_several() -> None:
    head, *_ = plain(table([call(), call(id="another", app_id="second")], NOW))
    assert head.split()[-1] == "bot"


def test_what_a_caller_chose_does_not_steer_the_terminal() -> None:
    evil = {"kind": "Phone", "id": "\x1b[2J\r+49\n\x07"}
    lines = [*table([call(source=evil)], NOW), *detail(call(source=evil, **ALONE), NOW)]
    assert all(line.isprintable() for line in plain(lines) if line)
    entry = {"at": "2026-01-01T00:00:00.000Z", "kind": "verb", "what": "\x1b[2Jx", "result": ""}
    assert click.unstyle(entry_line(entry)).isprintable()


def test_who_is_at_the_other_side_is_said_in_words() -> None:
    phone = {"kind": "Phone", "hash": "abc"}
    for shown, words in (
        (call(direction="outgoing", targets=[phone, {"kind": "Guest"}]), "to phone abc, guest"),
        (call(direction="outgoing", meeting=True), "in a meeting"),
        (call(source=None), "from ?"),
        (call(source={"kind": "ResourceAccount", "id": "i"}), "from resource account i"),
    ):
        assert words in plain(table([shown], NOW))[1]


def test_a_call_alone_says_when_it_is_looked_at_again_and_why_it_ended() -> None:
    due = {"at": "2026-01-01T00:03:00.000Z", "what": "read", "why": "quiet call"}
    result = {"code": 200, "subcode": 5002, "means": "The caller hung up."}
    lines = plain(detail(call(**{**ALONE, "next_due": due, "result": result}), NOW))
    assert "next        read in 1m20s (quiet call)" in lines
    assert "result      code 200, subcode 5002: The caller hung up." in lines
    assert "Nothing of its timeline is known" in lines[-1]


def test_what_happened_again_and_again_is_one_line_with_its_number() -> None:
    entry = {
        "at": "2026-01-01T00:00:00.000Z",
        "kind": "keep-alive",
        "what": "sent",
        "result": "repeated",
        "times": 12,
        "last_at": "2026-01-01T02:24:00.000Z",
    }
    assert (
        entry_line(entry) == "00:00:00.000  keep-alive  sent  repeated (12 times, the last at 02:24:00.000)"
    )


def test_where_the_calls_are_elsewhere_it_is_said() -> None:
    bot = {"app_id": "app", "accepting": True, "looks_after_calls": True, "handlers": 0}
    assert complaints([bot]) == []
    assert "Another process looks after" in complaints([{**bot, "looks_after_calls": False}])[0]
    drains = {**bot, "accepting": False, "closed_because": "the bot drains, at most 12 s are left"}
    assert complaints([drains]) == [
        "app: the bot drains, at most 12 s are left; calls with handlers that run: 0."
    ]
