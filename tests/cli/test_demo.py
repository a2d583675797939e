"""The demo, run as a user runs it."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run

STATES = {
    "Ana -> bot": ["incoming", "establishing", "established", "terminated"],
    "bot -> Ben": ["establishing", "established", "terminated"],
    "bot -> Cleo": ["establishing", "terminated"],
}


async def test_the_demo_writes_each_transition_once_as_json_and_then_the_summary(
    callbot: Run, tmp_path: Path
) -> None:
    # settings and a proxy of the user's shell are none of its business
    shell = {"CALLBOT_APP_ID": "mine", "CALLBOT_TYPO": "x", "HTTPS_PROXY": "http://127.0.0.1:9"}
    ended = await callbot("demo", "--json", cwd=tmp_path, env=shell)
    assert (ended.code, ended.err) == (0, "")
    *lines, last = [json.loads(line) for line in ended.out.splitlines()]
    calls: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        calls[line["who"]].append(line)
    assert {who: [line["new"] for line in told] for who, told in calls.items()} == STATES
    for told in calls.values():
        assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
        assert [line["old"] for line in told] == [None, *[line["new"] for line in told[:-1]]]
        assert len({line["call"] for line in told}) == 1
        assert all(line["handler"].startswith("on_") for line in told)
    summary = last["summary"]
    assert summary["ok"]
    assert summary["transitions"] == summary["handled"] == len(lines)
    assert summary["complaints"] == summary["left_running"] == []
    assert list(tmp_path.iterdir()) == []


async def test_the_demo_shows_a_timeline_and_says_what_came_of_it(callbot: Run, tmp_path: Path) -> None:
    ended = await callbot("demo", cwd=tmp_path)
    assert ended.code == 0
    for words in ("establishing -> established", "Ana has heard the welcome, and presses 1", "4 of 4"):
        assert words in ended.out
    assert ended.out.splitlines()[-1].startswith("3 calls, 9 transitions: each reached its handler exactly")
    assert "\x1b" not in ended.out
