"""The demo, run as a user runs it."""

import json
import signal
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run, Start

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
    assert max(len(line) for line in ended.out.splitlines()) <= 100
    assert ended.out.splitlines()[-2].startswith("3 calls, 9 transitions: each reached its handler exactly")
    assert "\x1b" not in ended.out


async def test_a_reader_who_goes_away_ends_the_demo(start: Start, tmp_path: Path) -> None:
    demo = await start("demo", "--json", cwd=tmp_path)
    await demo.until_said("incoming")
    assert demo.process.stdout is not None
    demo.process.stdout._transport.close()  # type: ignore[attr-defined]  # as `| head -1` does
    await demo.process.wait()
    assert demo.process.stderr is not None
    err = await demo.process.stderr.read()
    assert (demo.process.returncode, b"Traceback" in err) == (1, False), err.decode()


async def test_ctrl_c_ends_the_demo_without_a_traceback(start: Start, tmp_path: Path) -> None:
    demo = await start("demo", cwd=tmp_path)
    await demo.until_said("established")
    ended = await demo.end(signal.SIGINT)
    assert ended.code == 1
    assert ended.err.endswith("Aborted!\n")
    assert "Traceback" not in ended.err
