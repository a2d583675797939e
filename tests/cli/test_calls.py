"""`callbot calls`, `call show`, `hangup` and `place` against a service in a process of its own."""

import asyncio
import json
import os
import pty
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from callbot.cli import main
from callbot.emulator import Emulator
from tests.cli.conftest import ROOT, Ended, Environment, Run, Running, Start
from tests.ports import free_port

TOKEN = "a-token-of-the-admins-0123"
BOT = """
from callbot import CallBot, CallState

class Bot(CallBot):
    async def on_incoming(self, call, transition):
        await call.answer()

    async def on_established(self, call, transition):
        print("established", flush=True)
        await call.until(CallState.TERMINATED)

    async def on_terminated(self, call, transition):
        print("terminated", flush=True)
"""


@pytest.fixture
def service(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings of a bot with an admin port."""
    (tmp_path / "bot.py").write_text(BOT)
    return environment | {"CALLBOT_ADMIN_PORT": str(free_port()), "CALLBOT_DRAIN_TIMEOUT": "1"}


async def typed(*arguments: str, env: Environment) -> Ended:
    """Run a command in this process: it is there at once, and asks the service in the other one."""
    nothing = dict.fromkeys(key for key in os.environ if key.startswith("CALLBOT_"))
    done = await asyncio.to_thread(
        CliRunner().invoke, main, arguments, env={**nothing, **env}, prog_name="callbot"
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return Ended(done.exit_code, done.stdout, done.stderr)


async def started(start: Start, service: dict[str, str], tmp_path: Path) -> Running:
    running = await start("run", "bot:Bot", cwd=tmp_path, env=service)
    await running.until_said("Ctrl-C")
    return running


async def test_calls_are_listed_shown_and_hung_up(
    start: Start, callbot: Run, emulator: Emulator, service: dict[str, str], tmp_path: Path
) -> None:
    bot = await started(start, service, tmp_path)
    assert any(f"http://127.0.0.1:{service['CALLBOT_ADMIN_PORT']}" in line for line in bot.lines)
    assert (await callbot("calls", env=service)).out == "no calls\n"
    call = await emulator.place_call("Ana")
    await bot.until_said("established")

    listed = await typed("calls", env=service)
    assert (listed.code, listed.err) == (0, "")
    head, line, count = listed.out.splitlines()
    assert head.split() == ["call", "state", "for", "age", "who", "handler"]
    assert line.split()[:2] == [call.id[:8], "established"]
    assert "from user" in line
    assert line.endswith("Bot.on_established")
    assert count == "1 call"
    (row,) = (await typed("calls", "--json", "--state", "established", env=service)).out.splitlines()
    assert json.loads(row)["id"] == call.id

    shown = await typed("call", "show", call.id[:8], env=service)
    assert shown.code == 0
    for words in ("first seen -> incoming", "Bot.on_established began", "establishing -> established"):
        assert words in shown.out
    assert "Ana" not in shown.out + listed.out

    asked = await typed("call", "hangup", call.id, env=service)
    assert (asked.code, asked.out) == (2, "")
    assert "give --yes" in asked.err
    hung_up = await typed("call", "hangup", call.id[:8], "--yes", env=service)
    assert (hung_up.code, hung_up.out) == (0, f"The call {call.id} is being hung up.\n")
    await bot.until_said("terminated")
    again = await typed("call", "hangup", call.id, "--yes", env=service)
    assert (again.code, again.out) == (0, f"The call {call.id} is over already.\n")
    ended = await typed("calls", "--ended", env=service)
    assert "terminated" in ended.out
    assert "1 ended call" in ended.out
    assert (await bot.end(signal.SIGTERM)).code == 0


async def test_a_call_is_placed(
    start: Start, emulator: Emulator, service: dict[str, str], tmp_path: Path
) -> None:
    await started(start, service, tmp_path)
    ana = emulator.person("Ana").id
    placed = await typed("call", "place", "--user", ana, env=service)
    assert placed.code == 0, placed.err
    assert "establishing, to user" in placed.out
    assert placed.out.split()[0] in {call.id for call in emulator.calls}
    for arguments, words in (
        ((), "exactly one of --user, --phone, --join-link, --meeting-id"),
        (("--phone", "+493012345678"), "--phone needs a --resource-account"),
        (("--user", "Ana"), "--user is no object id, such as"),
        (("--join-link", "https://example.com"), "this join link cannot be used"),
    ):
        refused = await typed("call", "place", *arguments, env=service)
        assert (refused.code, refused.out) == (2, "")
        assert words in refused.err


async def test_what_is_in_the_way_is_said_with_what_to_do(
    start: Start, service: dict[str, str], tmp_path: Path
) -> None:
    nobody = await typed("calls", env=service)
    assert (nobody.code, nobody.out) == (7, "")
    assert f"nothing answers at http://127.0.0.1:{service['CALLBOT_ADMIN_PORT']}" in nobody.err
    nothing = await typed("calls", env={})
    assert (nothing.code, nothing.out) == (2, "")
    assert "these settings have no admin API: set admin_port, or admin_token" in nothing.err

    guarded = service | {"CALLBOT_ADMIN_TOKEN": TOKEN}
    port = service["CALLBOT_ADMIN_PORT"]
    await started(start, guarded, tmp_path)
    for url in (f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/calls/"):
        assert (await typed("calls", "--url", url, env=guarded)).code == 0
    assert (await typed("calls", env=guarded)).code == 0
    for settings, code, words in (
        (service, 3, "asks for Authorization: Bearer"),
        (guarded | {"CALLBOT_ADMIN_TOKEN": "not-the-token-0123456789"}, 3, "not the token"),
        (guarded | {"CALLBOT_ADMIN_TOKEN": "short"}, 2, "has 5 characters: it needs 16 or more"),
    ):
        refused = await typed("calls", env=settings)
        assert (refused.code, refused.out) == (code, "")
        assert words in refused.err
        assert "not-the-token" not in refused.err
    for arguments, code, words in (
        (("call", "show", "nosuchcall"), 5, "no call nosuchcall is known here"),
        (("calls", "--state", "rining"), 2, "state is one of incoming, establishing"),
        (("calls", "--state", "establshed"), 2, "did you mean established?"),
        (("call", "show", "nos"), 2, "four characters or more"),
        (("calls", "--url", "localhost:1"), 2, "write an address"),
        (("calls", "--url", "http://localhost:1?state=x"), 2, "write an address"),
        (("calls", "--url", f"https://127.0.0.1:{port}"), 7, f"plain http: write http://127.0.0.1:{port}"),
        (("calls", "--url", f"http://localhost:{service['CALLBOT_PORT']}"), 7, "If it speaks https"),
        (("calls", "--url", f"https://localhost:{service['CALLBOT_PORT']}"), 5, "not as an admin API"),
    ):
        refused = await typed(*arguments, env=guarded)
        assert (refused.code, refused.out) == (code, ""), refused.err
        assert words in refused.err
        assert "Traceback" not in refused.err


async def test_the_services_own_port_is_found_by_its_settings_and_its_certificate(
    start: Start, service: dict[str, str], tmp_path: Path
) -> None:
    del service["CALLBOT_ADMIN_PORT"]
    guarded = service | {"CALLBOT_ADMIN_TOKEN": TOKEN}
    await started(start, guarded, tmp_path)
    listed = await typed("calls", env=guarded)
    assert (listed.code, listed.out) == (0, "no calls\n")
    distrusted = await typed("calls", env={k: v for k, v in guarded.items() if k != "CALLBOT_CA_FILE"})
    assert distrusted.code == 7
    assert "certificate that is not trusted here" in distrusted.err


async def test_following_goes_on_across_a_restart_and_ends_with_0(
    start: Start, emulator: Emulator, service: dict[str, str], tmp_path: Path
) -> None:
    bot = await started(start, service, tmp_path)
    following = await start("calls", "--follow", env=service)
    await following.until_said("no calls")
    call = await emulator.place_call("Ana")
    line = await following.until_said("establishing -> established")
    assert line.startswith(call.id[:8])
    call.hang_up()
    await following.until_said("established -> terminated")
    assert (await bot.end(signal.SIGTERM)).code == 0
    again = await started(start, service, tmp_path)
    assert following.process.stderr is not None
    assert b"waiting for it" in await following.process.stderr.readline()
    assert b"answers again" in await following.process.stderr.readline()
    call = await emulator.place_call("Femi")
    assert (await following.until_said("first seen -> incoming")).startswith(call.id[:8])
    ended = await following.end(signal.SIGINT)
    assert (ended.code, ended.err) == (0, "")
    assert (await again.end(signal.SIGTERM)).code == 0


async def test_followed_as_json_everything_is_a_line(
    start: Start, emulator: Emulator, service: dict[str, str], tmp_path: Path
) -> None:
    await started(start, service, tmp_path)
    first = await emulator.place_call("Ana")
    await first.until("established")
    following = await start("calls", "--follow", "--json", env=service)
    shown = json.loads(await following.until_said(first.id))
    assert (shown["call"]["id"], shown["entry"]) == (first.id, None)
    first.hang_up()
    gone = json.loads(await following.until_said("established -> terminated"))
    assert gone["call"]["state"] == "terminated"
    assert all(json.loads(line) for line in following.lines)
    assert (await following.end(signal.SIGINT)).code == 0


async def test_on_a_terminal_the_table_is_drawn_anew_and_left_there_at_the_end(
    start: Start, emulator: Emulator, service: dict[str, str], tmp_path: Path
) -> None:
    bot = await started(start, service, tmp_path)
    call = await emulator.place_call("Ana")
    await bot.until_said("established")
    terminal, end = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callbot", "calls", "--follow"),
        cwd=ROOT,
        env={**os.environ, **service, "COLUMNS": "100", "LINES": "24"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=end,
    )
    os.close(end)
    said = b""
    while call.id[:8].encode() not in said:
        said += await asyncio.to_thread(os.read, terminal, 65536)
    process.send_signal(signal.SIGINT)
    rest = asyncio.to_thread(_read_all, terminal)
    more, code = await asyncio.gather(rest, process.wait())
    os.close(terminal)
    assert code == 0
    assert said.startswith(b"\x1b[?1049h")
    drawn, _, left = (said + more).partition(b"\x1b[?1049l")
    assert b"Ctrl-C ends it." in drawn
    assert call.id[:8].encode() in left
    assert b"\x1b[H" not in left


def _read_all(terminal: int) -> bytes:
    said = b""
    while True:
        try:
            said += os.read(terminal, 65536)
        except OSError:  # the other end was closed
            return said
