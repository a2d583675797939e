"""`callbot doctor` names what keeps calls from working and what to do: each mistake is made here."""

import itertools
import json
import shutil
import ssl
import sys
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from callbot import CallBot, Settings
from callbot.cli.demo.stage import free_port
from callbot.cli.doctor.access import ROLES
from callbot.cli.doctor.callbacks import check_callbacks
from callbot.cli.doctor.exam import examination
from callbot.cli.doctor.examine import examine
from callbot.cli.doctor.findings import Finding
from callbot.cli.doctor.platform import check_resource_account
from callbot.clock import SystemClock
from callbot.emulator import (
    APP_ID,
    APP_SECRET,
    INSTANCE_ID,
    TENANT_ID,
    AppRegistration,
    Emulator,
    EmulatorSettings,
)
from callbot.emulator.identity.certificates import CertificateAuthority, Issued
from callbot.graph.verbs import VERBS
from callbot.service import serving
from tests.cli.conftest import ROOT, Environment, Run

PROMPTS = ROOT / "samples" / "prompts"
Say = Callable[..., Settings]


class Elsewhere(SystemClock):
    """A machine whose clock is wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        return super().time() + self._seconds


@pytest.fixture
def say(emulator: Emulator, bot_port: int, tmp_path: Path) -> Say:
    """Settings of a bot that talks to the emulator; arguments replace some."""

    def settings(**changes: object) -> Settings:
        tls = emulator.bot_tls
        values: dict[str, object] = {
            "app_id": APP_ID,
            "tenant_id": TENANT_ID,
            "client_secret": APP_SECRET,
            "callback_url": f"https://localhost:{bot_port}/api/calls",
            "host": "127.0.0.1",
            "port": bot_port,
            "tls_certificate": tls.certificate,
            "tls_key": tls.key,
            "authority": emulator.authority,
            "graph_root": emulator.graph_root,
            "metadata_url": emulator.metadata_url,
            "ca_file": emulator.ca_file,
            "store": f"sqlite:///{tmp_path / 'calls.db'}",
            "request_timeout": 5,
        }
        return Settings(**(values | changes))

    return settings


async def findings(settings: Settings, *, ahead: float = 0.0, **more: Any) -> dict[str, list[Finding]]:
    """Examine, and return what was found by the name of the check."""
    found: dict[str, list[Finding]] = {}
    async for finding in examine(settings, Elsewhere(ahead), **more):
        found.setdefault(finding.check, []).append(finding)
    for finding in itertools.chain(*found.values()):
        assert finding.says
        assert bool(finding.fix) == (finding.level != "ok"), (
            "every complaint says what to do, and nothing else does"
        )
        assert APP_SECRET not in finding.says + finding.fix
    return found


def only(found: dict[str, list[Finding]], check: str) -> Finding:
    (finding,) = found[check]
    return finding


# -- all is well ---------------------------------------------------------------------------------------


async def test_nothing_is_wrong_with_a_bot_that_works(say: Say) -> None:
    async with serving(CallBot(), say()):
        found = await findings(say(), prompts=[PROMPTS])
    wrong = [one for one in itertools.chain(*found.values()) if one.level != "ok"]
    assert [one.check for one in wrong] == ["callback name"], "localhost is not on the public internet"
    assert {"authority", "sign-in", "permissions", "Graph", "signing keys", "clock"} <= set(found)
    assert only(found, "callback answer").says == "callbot answers, and turns strangers away"
    assert only(found, "prompts").says == "2 can be played"


async def test_wanting_traces_without_their_extra_is_one_finding_and_the_rest_is_looked_at(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(CallBot(), say()):
        usual = await findings(say())
        assert only(await findings(say(tracing=True)), "tracing").level == "ok"
        monkeypatch.setitem(sys.modules, "callbot.tracing.spans", None)
        found = await findings(say(tracing=True))
    told = only(found, "tracing")
    assert told.level == "failure"
    assert "pip install" in told.fix
    assert "[otel]" in told.fix
    del found["tracing"]
    assert {one: [it.level for it in found[one]] for one in found} == {
        one: [it.level for it in usual[one]] for one in usual
    }


async def test_the_command_ends_with_0_and_prints_one_line_per_finding(
    callbot: Run, environment: Environment, say: Say, tmp_path: Path
) -> None:
    async with serving(CallBot(), say()):
        ended = await callbot(
            "doctor",
            "samples.greeter:bot",
            env={**environment, "CALLBOT_STORE": f"sqlite:///{tmp_path}/a.db"},
        )
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert "ok       Graph: " in ended.out
    assert "warning  callback name: localhost is 127.0.0.1" in ended.out
    assert all(line.startswith(("ok ", "warning ", " ")) for line in lines)


async def test_the_command_ends_with_1_when_calls_will_not_work(
    callbot: Run, environment: Environment
) -> None:
    ended = await callbot("doctor", "--json", "--set", "client_secret=wrong", env={**environment})
    assert ended.code == 1
    levels = {(line["check"], line["level"]) for line in map(json.loads, ended.out.splitlines())}
    assert {("sign-in", "failure"), ("callback certificate", "failure"), ("authority", "ok")} <= levels


async def test_settings_that_cannot_be_loaded_end_it_with_2(callbot: Run, environment: Environment) -> None:
    ended = await callbot("doctor", "--set", "callback_url=http://localhost", env={**environment})
    assert (ended.code, "callback_url must be an https address" in ended.err) == (2, True)


# -- who the bot is ------------------------------------------------------------------------------------


async def test_a_wrong_secret(say: Say) -> None:
    found = only(await findings(say(client_secret="wrong")), "sign-in")
    assert found.level == "failure"
    assert "AADSTS7000215" in found.says
    assert "use the secret's value, not its id" in found.fix


async def test_a_secret_file_that_is_not_there(say: Say, tmp_path: Path) -> None:
    settings = say(client_secret=None, client_secret_file=tmp_path / "secret")
    assert "cannot read client_secret_file" in only(await findings(settings), "sign-in").says


async def test_a_certificate_that_is_none(say: Say, tmp_path: Path) -> None:
    (tmp_path / "bot.pem").write_text("no key")
    settings = say(client_secret=None, client_certificate=tmp_path / "bot.pem")
    assert "holds no private key" in only(await findings(settings), "sign-in").says


async def test_a_tenant_nobody_knows(say: Say) -> None:
    found = await findings(say(tenant_id="f0f0f0f0-0000-0000-0000-000000000000"))
    assert only(found, "authority").level == "failure"
    assert "check tenant_id" in only(found, "authority").fix
    assert only(found, "sign-in").level == "failure"


async def test_no_tenant_at_all(say: Say) -> None:
    found = only(await findings(say(tenant_id=None)), "sign-in")
    assert (found.level, "--tenant" in found.fix) == ("warning", True)


async def test_a_tenant_that_is_named(say: Say) -> None:
    assert only(await findings(say(tenant_id=None), tenant=TENANT_ID), "sign-in").level == "ok"


async def test_an_authority_that_is_not_there(say: Say) -> None:
    found = await findings(say(authority=f"https://localhost:{free_port()}", request_timeout=1))
    assert "no connection" in only(found, "authority").says
    assert only(found, "sign-in").level == "failure"


@asynccontextmanager
async def an_emulator(directory: Path, **app: Any) -> AsyncIterator[Emulator]:
    settings = EmulatorSettings(port=0, directory=directory, apps=(AppRegistration(**app),))
    async with Emulator(settings) as emulator:
        yield emulator


def of(emulator: Emulator, settings: Settings) -> Settings:
    """The same settings, for another emulator."""
    return settings.model_copy(
        update={
            "authority": emulator.authority,
            "graph_root": emulator.graph_root,
            "metadata_url": emulator.metadata_url,
            "ca_file": emulator.ca_file,
        }
    )


async def test_a_permission_that_is_missing_comes_with_the_consent_link(
    say: Say, key_directory: Path
) -> None:
    async with an_emulator(key_directory, roles=("Calls.Initiate.All",)) as emulator:
        found = await findings(of(emulator, say()))
    by_role = {one.says.split()[0].rstrip(":"): one for one in found["permissions"]}
    assert by_role["Calls.Initiate.All"].level == "ok"
    missing = by_role["Calls.JoinGroupCall.All"]
    assert missing.level == "warning"
    assert f"{emulator.authority}/{TENANT_ID}/adminconsent?client_id={APP_ID}" in missing.fix


async def test_no_permission_at_all(say: Say, key_directory: Path) -> None:
    async with an_emulator(key_directory, roles=()) as emulator:
        found = only(await findings(of(emulator, say())), "permissions")
    assert found.level == "failure"
    assert "adminconsent" in found.fix


def test_the_permissions_are_those_of_the_verbs() -> None:
    assert set(ROLES) == {role for verb in VERBS for role in verb.permissions}


# -- the platform --------------------------------------------------------------------------------------


async def test_a_graph_that_is_not_there(say: Say) -> None:
    found = only(
        await findings(say(client_secret="wrong", graph_root=f"https://localhost:{free_port()}")), "Graph"
    )
    assert (found.level, "no connection" in found.says) == ("failure", True)


async def test_keys_that_cannot_be_fetched(say: Say, emulator: Emulator) -> None:
    emulator.faults.settings = emulator.faults.settings.model_copy(update={"keys_down": True})
    found = only(await findings(say()), "signing keys")
    assert (found.level, "503" in found.says) == ("failure", True)


async def test_an_authority_of_certificates_that_is_not_trusted(say: Say) -> None:
    found = only(await findings(say(ca_file=None)), "signing keys")
    assert found.level == "failure"


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0, "ok", "within"),
        (45, "warning", "ahead of"),
        (-45, "warning", "behind"),
        (120, "failure", "refused"),
    ],
)
async def test_a_clock_that_is_wrong(say: Say, ahead: float, level: str, words: str) -> None:
    found = only(await findings(say(), ahead=ahead), "clock")
    assert (found.level, words in found.says) == (level, True)


async def test_the_gaps_of_a_cloud(say: Say) -> None:
    found = await findings(say(cloud="UsGovL4"))
    gaps, issuers = found["cloud"]
    assert "send_dtmf_tones" in gaps.says
    assert "set issuers and metadata_url" in issuers.fix
    assert only(await findings(say()), "cloud").level == "ok"


# -- the callback address ------------------------------------------------------------------------------


@asynccontextmanager
async def listening(port: int, tls: Issued, status: int = 200, body: str = "hello") -> AsyncIterator[None]:
    """Somebody else than callbot at the callback address."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={"Location": "https://login.example.com/"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        yield
    finally:
        await runner.cleanup()


async def callbacks_of(settings: Settings, ahead: float = 0.0) -> Finding:
    """Look at the callback address alone, and return the last line."""
    async with examination(settings, Elsewhere(ahead), None) as exam:
        return (await check_callbacks(exam))[-1]


async def test_a_bot_that_does_not_run(say: Say) -> None:
    found = await callbacks_of(say())
    assert (found.level, "is the bot running" in found.fix) == ("failure", True)


async def test_a_name_without_an_address(say: Say) -> None:
    found = await callbacks_of(say(callback_url="https://nowhere.invalid/api/calls"))
    assert (found.check, found.level) == ("callback name", "failure")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "wants a token of its own"),
        (403, "wants a token of its own"),
        (404, "nothing is at the path"),
        (302, "it redirects to https://login.example.com/"),
        (502, "the proxy does not reach the bot"),
        (200, "another program answers there"),
    ],
)
async def test_somebody_else_who_answers(
    say: Say, emulator: Emulator, bot_port: int, status: int, words: str
) -> None:
    async with listening(bot_port, emulator.bot_tls, status):
        found = await callbacks_of(say())
    assert (found.check, found.level) == ("callback answer", "failure")
    assert words in found.fix


async def test_somebody_who_lets_strangers_in(say: Say, emulator: Emulator, bot_port: int) -> None:
    body = json.dumps({"error": {"code": "other_method"}})
    async with listening(bot_port, emulator.bot_tls, 200, body):
        found = await callbacks_of(say())
    assert (found.level, "HTTP 200 instead of 401" in found.says) == ("failure", True)


async def test_a_certificate_of_an_authority_nobody_trusts(say: Say, bot_port: int, tmp_path: Path) -> None:
    async with listening(bot_port, CertificateAuthority(tmp_path / "other").issue("bot")):
        found = await callbacks_of(say())
    assert (found.check, found.level) == ("callback certificate", "failure")
    assert "full chain of a publicly trusted certificate" in found.fix


async def test_a_certificate_for_another_name(say: Say, emulator: Emulator, bot_port: int) -> None:
    other = emulator.certificates.issue("other-name", ["bot.example.com"])
    async with listening(bot_port, other):
        found = await callbacks_of(say())
    assert (found.check, found.level) == ("callback certificate", "failure")
    assert "ostname mismatch" in found.says


async def test_a_certificate_that_only_the_bot_trusts(say: Say, emulator: Emulator, bot_port: int) -> None:
    async with listening(bot_port, emulator.bot_tls):
        found = await callbacks_of(say(graph_root=None))
    assert (found.level, "Graph does not know that" in found.says) == ("failure", True)


async def test_a_certificate_that_expires_soon(say: Say, emulator: Emulator) -> None:
    async with serving(CallBot(), say()), examination(say(), Elsewhere(360 * 86_400), None) as exam:
        found = {one.check: one for one in await check_callbacks(exam)}
    assert found["callback certificate"].level == "warning"
    assert "it expires on" in found["callback certificate"].says


async def test_an_address_without_tls(say: Say, bot_port: int) -> None:
    runner = web.AppRunner(web.Application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", bot_port).start()
        found = await callbacks_of(say())
    finally:
        await runner.cleanup()
    assert (found.check, found.level) == ("callback certificate", "failure")
    assert "no TLS" in found.says


async def test_a_bot_without_signing_keys(say: Say, emulator: Emulator) -> None:
    emulator.faults.settings = emulator.faults.settings.model_copy(update={"keys_down": True})
    async with serving(CallBot(), say()):
        found = await callbacks_of(say())
    assert found.level == "ok", "a stranger without a token is turned away without keys, too"


async def test_callbacks_that_are_off(say: Say) -> None:
    found = await callbacks_of(say(callbacks="off"))
    assert (found.level, "callbacks are off" in found.says) == ("ok", True)


# -- this machine --------------------------------------------------------------------------------------


async def test_a_store_that_cannot_be_opened(say: Say, tmp_path: Path) -> None:
    found = only(await findings(say(store=f"sqlite:///{tmp_path}/no/calls.db")), "store")
    assert (found.level, "its folder does not exist" in found.says) == ("failure", True)


async def test_a_store_there_is_not(say: Say) -> None:
    assert only(await findings(say(store="postgres://x")), "store").level == "failure"


async def test_where_the_admin_api_is_and_for_whom_is_said(say: Say) -> None:
    for given, words in (
        ({}, "off: admin_port or admin_token switch it on"),
        ({"admin_port": 8444}, "127.0.0.1:8444, without a token, for this machine alone"),
        ({"admin_port": 8444, "admin_token": "0123456789abcdef"}, "127.0.0.1:8444, with a token"),
    ):
        assert only(await findings(say(**given)), "admin").says == words


async def test_a_store_that_forgets(say: Say) -> None:
    found = only(await findings(say(store="memory://")), "store")
    assert (found.level, "sqlite:///calls.db" in found.fix) == ("warning", True)


async def test_a_store_that_a_bot_is_using(say: Say) -> None:
    async with serving(CallBot(), say()):
        assert only(await findings(say()), "store").level == "ok"


async def test_a_prompt_that_cannot_be_played(say: Say, tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(PROMPTS, folder)
    (folder / "broken.wav").write_bytes(b"no sound")
    found = only(await findings(say(), prompts=[folder]), "prompts")
    assert (found.level, "broken.wav" in found.says) == ("failure", True)


async def test_how_to_convert_prompts_is_said_once(say: Say, tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav"):
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(44_100)
            file.writeframes(bytes(44_100))
    found = (await findings(say(), prompts=[tmp_path]))["prompts"]
    assert ["ffmpeg" in one.says + one.fix for one in found] == [False, True]
    assert "stereo" in found[0].says or "channels" in found[0].says


async def test_a_prompt_that_is_not_there(say: Say, tmp_path: Path) -> None:
    assert only(await findings(say(), prompts=[tmp_path / "gone.wav"]), "prompts").level == "failure"


# -- resource accounts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        (200, "warning", "does not show its app"),
        (404, "failure", "there is no account"),
        (403, "warning", "User.Read.All"),
        (500, "warning", "HTTP 500"),
    ],
)
async def test_a_resource_account(
    say: Say, emulator: Emulator, bot_port: int, status: int, level: str, words: str
) -> None:
    settings = say(graph_root=f"https://localhost:{bot_port}")
    async with (
        listening(bot_port, emulator.bot_tls, status, '{"error": {"code": "Request_ResourceNotFound"}}'),
        examination(settings, SystemClock(), TENANT_ID) as exam,
    ):
        exam.token = "a-token"
        (found,) = await check_resource_account(exam, INSTANCE_ID)
    assert (found.level, words in found.says) == (level, True)
