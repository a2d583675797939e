"""What the README shows is copied out of it and run, against the emulator."""

import asyncio
import os
import re
import runpy
import shutil
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from callbot.cli.demo.stage import free_port
from callbot.emulator import APP_SECRET, AppRegistration, EmulatedCall, Emulator, EmulatorSettings, Timing

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {
    code.partition("\n")[0].removeprefix("# "): code
    for language, code in BLOCK.findall(README)
    if language in {"python", "toml"} and code.startswith("# ")
}


def setting(key: str) -> str:
    found = re.search(rf'^{key} = "(.*?)"', FILES["callbot.toml"], re.MULTILINE)
    assert found is not None
    return found.group(1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every file that the README shows, and the prompt it plays."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "prompts").mkdir()
    shutil.copy(ROOT / "samples" / "prompts" / "welcome.wav", tmp_path / "prompts")
    return tmp_path


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def emulator(tmp_path_factory: pytest.TempPathFactory, port: int) -> AsyncIterator[Emulator]:
    """An emulator that knows the app of the README."""
    app = AppRegistration(
        app_id=setting("app_id"),
        tenant_id=setting("tenant_id"),
        callback_url=f"https://localhost:{port}/api/calls",
    )
    settings = EmulatorSettings(
        port=0,
        directory=tmp_path_factory.mktemp("emulator"),
        apps=(app,),
        timing=Timing(establish=0.01, media=0.01),
        prompt_seconds=0.05,
    )
    async with Emulator(settings) as running:
        yield running


@pytest.fixture
def environment(emulator: Emulator, port: int) -> dict[str, str]:
    """What differs from the README: the emulator in the place of Graph, this machine as the bot's."""
    return {
        "CALLBOT_CLIENT_SECRET": APP_SECRET,
        "CALLBOT_CALLBACK_URL": f"https://localhost:{port}/api/calls",
        "CALLBOT_HOST": "127.0.0.1",
        "CALLBOT_PORT": str(port),
        "CALLBOT_AUTHORITY": emulator.authority,
        "CALLBOT_GRAPH_ROOT": emulator.graph_root,
        "CALLBOT_METADATA_URL": emulator.metadata_url,
        "CALLBOT_CA_FILE": str(emulator.ca_file),
        "CALLBOT_STORE": "memory://",
    }


def test_the_files_of_the_readme_are_found() -> None:
    assert list(FILES) == ["greeter.py", "callbot.toml", "app.py", "dial.py"]


def test_the_bot_is_about_twenty_lines_long_and_on_the_first_screen() -> None:
    assert len([line for line in FILES["greeter.py"].splitlines() if line.strip()]) <= 22
    assert README.index("bot = Greeter()") < README.index("## ")


(DURABLE,) = re.findall(r'^store = "(.*)"$', README, re.MULTILINE)


@pytest.mark.parametrize("store", ["memory://", DURABLE])
async def test_the_service_of_the_readme_takes_a_call(
    folder: Path, emulator: Emulator, environment: dict[str, str], store: str
) -> None:
    (command,) = re.findall(r"^\$ python -m (callbot run greeter:bot .*)$", README, re.MULTILINE)
    tls = emulator.bot_tls
    more = {
        "CALLBOT_STORE": store,
        "CALLBOT_TLS_CERTIFICATE": str(tls.certificate),
        "CALLBOT_TLS_KEY": str(tls.key),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command.split()),
        cwd=folder,
        env={**os.environ, **environment, **more, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        while b"Ctrl-C" not in (said := await process.stdout.readline()):
            assert said, "it ended"
        call = await emulator.place_call("Ana")
        await press_1(call)
        process.send_signal(signal.SIGTERM)
        rest = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0
    assert rest == f"{call.id} The bot ended the call.\n"


@pytest.mark.parametrize("program", ["app.py", "dial.py"])
async def test_a_program_of_the_readme_says_where_it_listens(
    folder: Path, environment: dict[str, str], port: int, program: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", program),
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert f"listening on 127.0.0.1:{port}, " in (await process.stdout.readline()).decode()
    finally:
        process.kill()
        await process.communicate()


@pytest.fixture
def dialling(
    folder: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[web.Application]:
    """The application of the README, with the route that dials."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    yield runpy.run_path("dial.py")["app"]
    for module in ("app", "greeter"):
        sys.modules.pop(module, None)


async def test_the_application_of_the_readme_serves_its_own_and_the_bot(
    dialling: web.Application, emulator: Emulator, port: int
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(emulator.bot_tls.certificate, emulator.bot_tls.key)
    trust = ssl.create_default_context(cafile=str(emulator.ca_file))
    runner = web.AppRunner(dialling, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        async with aiohttp.ClientSession(f"https://localhost:{port}") as client:
            async with client.get("/health", ssl=trust) as answer:
                assert await answer.json() == {"status": "up"}
            called = await emulator.place_call("Ana")
            await press_1(called)
            ana = emulator.person("Ana")
            ana.behaviour = ana.behaviour.model_copy(update={"after": 0.01})
            async with client.post(f"/remind/{ana.id}", ssl=trust) as answer:
                placed = emulator.call((await answer.json())["call"])
            assert placed.states == ["establishing", "established"]
            await press_1(placed)
    finally:
        await runner.cleanup()


async def press_1(call: EmulatedCall) -> None:
    """Listen to the welcome, press 1, and wait for the bot to hang up."""
    await call.until_subscribed()
    await call.until_heard()
    call.press("1")
    await call.until_over()
    assert call.states[-2:] == ["established", "terminated"]
