"""`callbot run`, `callbot emulator` and the sample, in processes of their own as on a developer's machine."""

import json
import os
import re
import signal
import socket
import ssl
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from callbot.cli.demo.stage import free_port
from callbot.emulator import APP_ID, APP_SECRET, CALLBACK_URL, TENANT_ID, Emulator, EmulatorSettings
from tests.cli.conftest import ROOT, Run, Start

CONFIG = "config/demo.toml"


class Control:
    """The control API of an emulator in another process, used as the documents say."""

    def __init__(self, root: str, ca_file: Path) -> None:
        self._root = root
        self._trust = ssl.create_default_context(cafile=str(ca_file))

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        async with (
            aiohttp.ClientSession() as client,
            client.request(method, f"{self._root}/control{path}", json=body, ssl=self._trust) as answer,
        ):
            answer.raise_for_status()
            return await answer.json()

    async def until(self, call: str, condition: str) -> Any:
        """Look at a call until `condition`, an attribute of its summary, is true."""
        while True:
            shown = await self.send("GET", f"/calls/{call}")
            if shown[condition]:
                return shown


async def test_the_sample_is_called_and_hangs_up_when_1_is_pressed(
    start: Start, callbot: Run, tmp_path: Path
) -> None:
    port = free_port()
    callback_url = f"https://localhost:{port}/api/calls"
    emulator = await start(
        "emulator", "--port", "0", "--directory", str(tmp_path), "--callback-url", callback_url
    )
    root = (await emulator.until_said("listens on")).split()[-1]
    await emulator.until_said("Ctrl-C")
    here = {
        "CALLBOT_PORT": str(port),
        "CALLBOT_CALLBACK_URL": callback_url,
        "CALLBOT_AUTHORITY": root,
        "CALLBOT_GRAPH_ROOT": root,
        "CALLBOT_METADATA_URL": f"{root}/v1/.well-known/OpenIdConfiguration",
        "CALLBOT_CA_FILE": str(tmp_path / "ca.pem"),
        "CALLBOT_TLS_CERTIFICATE": str(tmp_path / "bot.pem"),
        "CALLBOT_TLS_KEY": str(tmp_path / "bot.key"),
        "CALLBOT_STORE": f"sqlite:///{tmp_path}/calls.db",
    }
    bot = await start("run", "samples.greeter:bot", "--config", CONFIG, env=here)
    assert f"Greeter listens on https://127.0.0.1:{port}/api/calls" in await bot.until_said("listens on")

    control = Control(root, tmp_path / "ca.pem")
    call = (await control.send("POST", "/calls", {"person": "Ana"}))["id"]
    await control.until(call, "tones_subscribed")
    read = await callbot("call", "get", call, "--config", CONFIG, env=here)
    assert (read.code, json.loads(read.out)["state"]) == (0, "established")
    pressed = await control.send("POST", f"/calls/{call}/press", {"key": "1"})
    assert pressed["told"]
    assert "The bot ended the call" in await bot.until_said(call)
    shown = await control.send("GET", f"/calls/{call}")
    assert [heard["whole"] for heard in shown["heard"]] == [True, True]

    assert (await bot.end(signal.SIGTERM)).code == 0
    ended = await emulator.end(signal.SIGINT)
    assert (ended.code, ended.err) == (0, "")


def test_the_sample_settings_are_those_of_a_fresh_emulator() -> None:
    settings = tomllib.loads((ROOT / CONFIG).read_text())
    fresh = EmulatorSettings()
    assert (settings["app_id"], settings["tenant_id"]) == (APP_ID, TENANT_ID)
    assert (settings["client_secret"], settings["callback_url"]) == (APP_SECRET, CALLBACK_URL)
    assert settings["graph_root"] == settings["authority"] == f"https://localhost:{fresh.port}"
    folder = (ROOT / "config" / settings["ca_file"]).resolve().parent
    assert folder == ROOT / fresh.directory
    assert (settings["tls_certificate"], settings["tls_key"]) == (
        "../.callbot/emulator/bot.pem",
        "../.callbot/emulator/bot.key",
    )


async def test_a_stop_waits_for_the_handler_that_runs(
    start: Start, emulator: Emulator, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    bot = await start("run", "slow:Slow", cwd=tmp_path, env=environment)
    await bot.until_said("listens on")
    call = await emulator.place_call("Ana")
    await bot.until_said("begun")
    bot.process.send_signal(signal.SIGTERM)
    call.hang_up()
    ended = await bot.end()
    assert ended.code == 0
    assert "finished" in ended.out


WITHOUT_SIGNALS = """
import asyncio

def refuse(*_):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = refuse
asyncio.SelectorEventLoop.remove_signal_handler = refuse
"""


@pytest.mark.parametrize("command", ["run", "emulator"])
async def test_where_the_event_loop_takes_no_signals_ctrl_c_still_ends_it_cleanly(
    command: str, start: Start, environment: dict[str, str], tmp_path: Path
) -> None:
    """As on Windows."""
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_SIGNALS)
    (tmp_path / "slow.py").write_text(SLOW)
    arguments = {"run": ["slow:Slow"], "emulator": ["--port", "0", "--directory", str(tmp_path)]}[command]
    told = environment if command == "run" else {}
    started = await start(
        command, *arguments, cwd=tmp_path, env={**told, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    )
    await started.until_said("listens on")
    ended = await started.end(signal.SIGINT)
    assert ended.code == 0
    assert "Traceback" not in ended.err


SLOW = """
from callbot import CallBot, CallState

class Slow(CallBot):
    async def on_incoming(self, call, transition):
        print("begun", flush=True)
        try:
            await call.until(CallState.TERMINATED)
        finally:
            print("finished", flush=True)
"""


async def test_a_mistake_ends_with_2_and_words_and_no_traceback(callbot: Run, tmp_path: Path) -> None:
    (tmp_path / "typo.toml").write_text('app_idd = "x"\n')
    for arguments, words in (
        (("run", "samples.greeter:bto", "--config", CONFIG), "did you mean bot?"),
        (
            ("run", "samples.greeter:bot"),
            "app_id is not set: give it in the settings file or as CALLBOT_APP_ID",
        ),
        (("run", "samples.greeter:bot", "--config", "no.toml"), "there is no settings file no.toml"),
        (("run", "samples.greeter:bot", "--config", str(tmp_path / "typo.toml")), "did you mean app_id?"),
    ):
        ended = await callbot(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
        assert "Traceback" not in ended.err


async def test_certificates_that_are_not_there_yet_are_missed_by_name(
    callbot: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    missing = tmp_path / "emulator" / "ca.pem"
    ended = await callbot("run", "samples.greeter:bot", env=environment | {"CALLBOT_CA_FILE": str(missing)})
    assert ended.code == 2
    assert (
        f"ca_file names {missing}, which does not exist; `python -m callbot emulator` makes it" in ended.err
    )


@pytest.mark.parametrize("command", ["run", "emulator"])
async def test_a_port_that_is_taken_is_named(
    callbot: Run, environment: dict[str, str], command: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        if command == "run":
            ended = await callbot("run", "samples.greeter:bot", env=environment | {"CALLBOT_PORT": port})
        else:
            ended = await callbot("emulator", "--port", port, "--directory", str(tmp_path))
    assert ended.code == 2
    assert re.search(rf"cannot listen on 127\.0\.0\.1:{port}: .*[Aa]ddress already in use", ended.err)
    assert "Traceback" not in ended.err


async def test_a_port_that_is_taken_is_missed_before_anybody_is_asked_for_keys(
    callbot: Run, environment: dict[str, str], bot_port: int
) -> None:
    nowhere = {"CALLBOT_METADATA_URL": "https://localhost:1/keys"}
    with socket.create_server(("127.0.0.1", bot_port)):
        ended = await callbot("run", "samples.greeter:bot", env=environment | nowhere)
    assert ended.code == 2
    assert "Is the bot running already? The setting port names another port" in ended.err
    assert "cannot fetch the keys" not in ended.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CALLBOT_AUTHORITY": "https://localhost:1"}, "while `python -m callbot emulator` runs"),
        ({"CALLBOT_CLIENT_SECRET": "wrong"}, "the client secret is wrong"),
    ],
)
async def test_a_bot_that_cannot_sign_in_says_so_and_what_to_do(
    start: Start, environment: dict[str, str], change: dict[str, str], words: str
) -> None:
    bot = await start("run", "samples.greeter:bot", env=environment | change)
    await bot.until_said("Ctrl-C")
    said = ""
    assert bot.process.stderr is not None
    while words not in said:
        line = (await bot.process.stderr.readline()).decode()
        assert line, said
        said += line
    assert "Warning: The bot cannot sign in, so its calls will fail." in said
    assert (await bot.end(signal.SIGINT)).code == 0


async def test_the_emulator_says_that_nobody_takes_its_callbacks(start: Start, tmp_path: Path) -> None:
    url = f"https://localhost:{free_port()}/api/calls"
    emulator = await start("emulator", "--port", "0", "--directory", str(tmp_path), "--callback-url", url)
    root = (await emulator.until_said("listens on")).split()[-1]
    await emulator.until_said("Ctrl-C")
    await Control(root, tmp_path / "ca.pem").send("POST", "/calls", {"person": "Ana"})
    assert emulator.process.stderr is not None
    line = json.loads(await emulator.process.stderr.readline())
    assert (line["event"], line["url"]) == ("callback failed: is the bot running?", url)


async def test_a_bot_without_a_handler_is_warned_about(
    start: Start, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "idle.py").write_text("from callbot import CallBot\nclass Idle(CallBot): ...\n")
    bot = await start("run", "idle:Idle", cwd=tmp_path, env=environment)
    await bot.until_said("Ctrl-C")
    assert "idle:Idle has no handler" in (await bot.end(signal.SIGINT)).err


async def test_a_store_whose_folder_is_not_there_is_a_mistake_in_the_settings(
    callbot: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    nowhere = {"CALLBOT_STORE": f"sqlite:///{tmp_path}/no/calls.db"}
    ended = await callbot("run", "samples.greeter:bot", env=environment | nowhere)
    assert ended.code == 2
    assert "its folder does not exist" in ended.err


async def test_logs_go_to_stderr_as_json_where_there_is_no_terminal(
    start: Start, environment: dict[str, str]
) -> None:
    bot = await start("run", "samples.greeter:bot", env=environment)
    await bot.until_said("Ctrl-C")
    ended = await bot.end(signal.SIGINT)
    lines = [json.loads(line) for line in ended.err.splitlines()]
    said = {line["event"]: line for line in lines}
    assert said.keys() >= {"serving", "draining", "stopped"}
    assert said["stopped"]["signal"] == said["draining"]["signal"] == "SIGINT"
    assert said["serving"].keys() >= {"timestamp", "level", "logger", "path"}
    assert APP_SECRET not in ended.err + ended.out


async def test_logs_are_for_people_and_without_colour_when_asked(
    start: Start, environment: dict[str, str]
) -> None:
    bot = await start("run", "samples.greeter:bot", "--log-format", "console", env=environment)
    await bot.until_said("Ctrl-C")
    ended = await bot.end(signal.SIGINT)
    assert "serving" in ended.err
    assert "\x1b" not in ended.err
