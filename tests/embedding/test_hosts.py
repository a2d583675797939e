"""The programs of docs/embedding.md, each run as it stands there with the real packages of its host.

The packages are not among those of development: they are many. They are installed once, beside the virtual
environment, where the index can be reached; elsewhere these tests are skipped and say so.
"""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID
from tests.embedding.conftest import PROMPT, SEEN, Place

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"^```python\n# (\w+)\.py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
REQUIRED = Path(__file__).with_name("hosts.txt")
GREETER = f"""
from callbot import Call, CallBot, Transition


class Greeter(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        print("incoming", flush=True)
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        print("established", flush=True)
        await call.play("{PROMPT.name}")
        print("played", flush=True)
        await call.hang_up()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        print("terminated", flush=True)


bot = Greeter()
"""

pytestmark = [pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder with the packages of all hosts."""
    wanted = hashlib.sha256(REQUIRED.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = Path(sys.prefix) / "hosts" / wanted
    if folder.exists():
        return folder
    beside = folder.with_name(f"{wanted}-{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    where = ["--target", str(beside), "-c", str(ROOT / "constraints.txt"), "-r", str(REQUIRED)]
    done = subprocess.run([*pip, *where], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"the hosts' packages cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    try:
        beside.rename(folder)
    except OSError:  # another worker was first
        shutil.rmtree(beside)
    return folder


class Host:
    """A program that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def said(self, lines: int) -> list[str]:
        """Return what the bot has said, without what its host says."""
        assert self._process.stdout is not None
        found: list[str] = []
        while len(found) < lines and (line := await self._process.stdout.readline()):
            found += [word for word in [line.decode().strip()] if word in SEEN]
        return found

    async def listening(self, place: Place) -> None:
        while self._process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", place.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
        assert self._process.stdout is not None
        raise AssertionError(f"it ended: {(await self._process.stdout.read()).decode()}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)


@asynccontextmanager
async def running(name: str, place: Place, folder: Path, packages: Path | None) -> AsyncIterator[Host]:
    """Run a program of the page as a user would, with the emulator in the place of Graph."""
    (folder / "greeter.py").write_text(GREETER)
    (folder / f"{name}.py").write_text(PROGRAMS[name])
    (folder / PROMPT.name).write_bytes(PROMPT.read_bytes())
    tls = place.emulator.bot_tls
    (folder / "callbot.toml").write_text(f'callback_url = "{place.settings.callback_url}"\n')
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, f"{name}.py"),
        cwd=folder,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("CALLBOT_")},
            "PYTHONPATH": os.pathsep.join(str(one) for one in (packages, ROOT) if one is not None),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CALLBOT_APP_ID": APP_ID,
            "CALLBOT_TENANT_ID": TENANT_ID,
            "CALLBOT_CLIENT_SECRET": APP_SECRET,
            "CALLBOT_HOST": "127.0.0.1",
            "CALLBOT_PORT": str(place.port),
            "CALLBOT_TLS_CERTIFICATE": str(tls.certificate),
            "CALLBOT_TLS_KEY": str(tls.key),
            "CALLBOT_AUTHORITY": place.emulator.authority,
            "CALLBOT_GRAPH_ROOT": place.emulator.graph_root,
            "CALLBOT_METADATA_URL": place.emulator.metadata_url,
            "CALLBOT_CA_FILE": str(place.emulator.ca_file),
            "CALLBOT_STORE": "memory://",
            "CONNECTIONS__SERVICE_CONNECTION__SETTINGS__CLIENTID": APP_ID,
            "CONNECTIONS__SERVICE_CONNECTION__SETTINGS__CLIENTSECRET": APP_SECRET,
            "CONNECTIONS__SERVICE_CONNECTION__SETTINGS__TENANTID": TENANT_ID,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    host = Host(process)
    try:
        await host.listening(place)
        yield host
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def call_goes_its_whole_way(place: Place, host: Host) -> None:
    await place.emulator.place_call("Ana")
    assert await host.said(len(SEEN)) == SEEN


@pytest.mark.parametrize("name", ["aiohttp_app", "asgi_app"])
async def test_the_plain_programs_take_a_call(name: str, place: Place, tmp_path: Path) -> None:
    async with running(name, place, tmp_path, None) as host:
        await call_goes_its_whole_way(place, host)
        assert (await place.get("/health"))[0] == 200


@pytest.mark.parametrize("name", ["aiohttp_app", "asgi_app"])
async def test_the_plain_programs_let_a_prompt_end_before_they_do(
    name: str, place: Place, tmp_path: Path
) -> None:
    async with running(name, place, tmp_path, None) as host:
        await place.emulator.place_call("Ana")
        assert await host.said(2) == ["incoming", "established"]
        host.stop()
        assert await host.said(1) == ["played"]


async def test_the_metrics_of_a_bot_are_beside_those_of_its_host(place: Place, tmp_path: Path) -> None:
    async with running("metrics_app", place, tmp_path, None) as host:
        await call_goes_its_whole_way(place, host)
        status, text = await place.get("/metrics")
    assert status == 200
    assert "looked_total 1.0" in text
    assert f'callbot_handler_seconds_count{{bot="{APP_ID}",hook="on_established",outcome="ok"}} 1.0' in text


async def test_a_host_has_the_probes_that_it_adds(place: Place, tmp_path: Path) -> None:
    async with running("probes_app", place, tmp_path, None) as host:
        await call_goes_its_whole_way(place, host)
        assert (await place.get("/healthz"))[0] == 200
        assert (await place.get("/readyz"))[0] == 200


async def test_a_token_check_for_the_whole_application_does_not_refuse_callbacks(
    place: Place, tmp_path: Path, packages: Path
) -> None:
    async with running("agents_app", place, tmp_path, packages) as host:
        await call_goes_its_whole_way(place, host)
        assert (await place.post("/api/messages"))[0] == 401
        status, headers = await place.post("/api/calls")
    assert (status, headers["www-authenticate"]) == (401, "Bearer"), "it is callbot's own"


async def test_an_error_middleware_does_not_change_what_callbot_answers(
    place: Place, tmp_path: Path, packages: Path
) -> None:
    async with running("botbuilder_app", place, tmp_path, packages) as host:
        await call_goes_its_whole_way(place, host)
        assert (await place.post("/remind"))[0] == 404, "the trap: a KeyError of the host's own route"
        assert (await place.post("/api/calls"))[0] == 401
        assert (await place.get("/api/calls"))[0] == 405


async def test_a_teams_application_takes_calls_beside_its_messages(
    place: Place, tmp_path: Path, packages: Path
) -> None:
    async with running("teams_app", place, tmp_path, packages) as host:
        await call_goes_its_whole_way(place, host)
        assert (await place.post("/api/messages"))[0] == 401
        status, headers = await place.post("/api/calls")
    assert (status, headers["www-authenticate"]) == (401, "Bearer"), "it is callbot's own"


async def test_what_other_servers_call_is_there(place: Place, tmp_path: Path) -> None:
    """The last program has no server: it is given one here."""
    (tmp_path / "greeter.py").write_text(GREETER)
    (tmp_path / "other_app.py").write_text(PROGRAMS["other_app"])
    code = (
        "import asyncio, other_app\n"
        "async def main():\n"
        "    await other_app.on_start()\n"
        "    print(await other_app.on_callback('POST', {}, b'{}'))\n"
        "    print(other_app.on_prompt('welcome'))\n"
        "    await other_app.on_stop()\n"
        "asyncio.run(main())\n"
    )
    (tmp_path / "callbot.toml").write_text('app_id = "a"\ncallback_url = "https://bot.example.com/c"\n')
    metadata = {"CALLBOT_METADATA_URL": place.emulator.metadata_url, "CALLBOT_CLIENT_SECRET": "s"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CALLBOT_CA_FILE": str(place.emulator.ca_file),
            **metadata,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert out.decode().splitlines() == [
        "Reply(status=401, headers={'WWW-Authenticate': 'Bearer'}, body=b'')",
        "None",
    ]
