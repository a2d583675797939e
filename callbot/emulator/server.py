"""Starts and stops an emulator: one TLS listener for the authority, the keys, Graph and the control API."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from aiohttp import web

from callbot.clock import Clock, SystemClock, sleep
from callbot.emulator.api.gate import Gate
from callbot.emulator.api.routing import Router
from callbot.emulator.api.verbs import VERBS
from callbot.emulator.control.routes import control_routes
from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.flow.callers import person_calls, person_invites
from callbot.emulator.handle import EmulatedCall
from callbot.emulator.identity.authority import Authority
from callbot.emulator.identity.certificates import CertificateAuthority, Issued, trusting
from callbot.emulator.identity.grants import Grants
from callbot.emulator.identity.metadata import key_routes
from callbot.emulator.identity.signing import SigningKey
from callbot.emulator.journal import FaultEntry, Journal
from callbot.emulator.listener import Listener
from callbot.emulator.media.downloads import recording_routes
from callbot.emulator.meetings.joining import conversation_for
from callbot.emulator.meetings.recording_policy import record_call
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration, EmulatorSettings
from callbot.emulator.tenant.meetings import Meeting
from callbot.emulator.tenant.people import Directory, Person

_METADATA_PATH = "/v1/.well-known/OpenIdConfiguration"
MAX_BODY = 16 * 1024 * 1024


class Emulator:
    """A Graph calls API of its own, on a real socket with TLS.

    Use it as an asynchronous context manager. `authority`, `graph_root` and `metadata_url` are what a bot's
    settings need, `ca_file` is whom it has to trust; `bot_tls` is a certificate for its own listener.
    """

    def __init__(self, settings: EmulatorSettings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or EmulatorSettings()
        self.clock: Clock = clock or SystemClock()
        self._platform: Platform | None = None
        self._certificates: CertificateAuthority | None = None
        self._listener: Listener | None = None
        self._rotations: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop; a second time does nothing."""
        await self._stack.aclose()

    @property
    def platform(self) -> Platform:
        """What the parts share; raises `RuntimeError` when the emulator does not run."""
        if self._platform is None:
            raise RuntimeError("the emulator is not running: use it with `async with`")
        return self._platform

    @property
    def certificates(self) -> CertificateAuthority:
        """The authority that issues certificates for bots."""
        if self._certificates is None:
            raise RuntimeError("the emulator is not running: use it with `async with`")
        return self._certificates

    @property
    def root(self) -> str:
        """The address of the emulator."""
        return self.platform.root

    @property
    def authority(self) -> str:
        """The login root, to which a tenant is appended."""
        return self.root

    @property
    def graph_root(self) -> str:
        """The Graph root, to which a version is appended."""
        return self.root

    @property
    def metadata_url(self) -> str:
        """Where the keys of callback tokens are described."""
        return self.root + _METADATA_PATH

    @property
    def control_url(self) -> str:
        """The root of the control API."""
        return f"{self.root}/control"

    @property
    def ca_file(self) -> Path:
        """The authority a bot has to trust."""
        return self.certificates.ca_file

    @property
    def bot_tls(self) -> Issued:
        """A certificate for a bot's own listener on this machine."""
        return self.certificates.issue("bot")

    @property
    def log(self) -> Journal:
        """What was received, sent and changed."""
        return self.platform.journal

    @property
    def people(self) -> Directory:
        """Everybody the emulator knows."""
        return self.platform.directory

    @property
    def calls(self) -> list[EmulatedCall]:
        """Every call there was, the ended ones first."""
        return [EmulatedCall(self.platform, call) for call in self.platform.calls.every()]

    def call(self, call_id: str) -> EmulatedCall:
        """Return a call by its id; raises `KeyError`."""
        call = self.platform.calls.find_any(call_id)
        if call is None:
            raise KeyError(call_id)
        return EmulatedCall(self.platform, call)

    def person(self, who: str) -> Person:
        """Return a person by id, telephone number or display name; raises `KeyError`."""
        return self.people.named(who)

    async def place_call(
        self,
        person: Person | str,
        app_id: str | None = None,
        *,
        to_instance: bool = False,
        forwarded_from: Person | str | None = None,
        transferred_by: Person | str | None = None,
    ) -> EmulatedCall:
        """Let a person call the bot of an app; the first app when none is named.

        A telephone always calls the app's first resource account; others do with `to_instance`. The call
        may have been `forwarded_from` or `transferred_by` somebody. Raises `KeyError` for a name nobody has.
        """
        app, caller = self._app(app_id), self._somebody(person)
        instance = app.instances[0] if app.instances and (to_instance or caller.phone) else None
        call = person_calls(
            self.platform,
            caller,
            app,
            instance=instance,
            forwarded_from=None if forwarded_from is None else self._somebody(forwarded_from),
            transferred_by=None if transferred_by is None else self._somebody(transferred_by),
        )
        return EmulatedCall(self.platform, call)

    async def invite_bot(
        self, person: Person | str, meeting: Meeting | str | None = None, app_id: str | None = None
    ) -> EmulatedCall:
        """Let somebody in a meeting invite the bot to it; the first meeting when none is named."""
        conversation = conversation_for(self.platform, self._meeting(meeting))
        inviter = conversation.find_person(self._somebody(person).id)
        if inviter is None:
            raise KeyError(f"{person} is not in the meeting")
        call = person_invites(self.platform, inviter, self._app(app_id), conversation)
        return EmulatedCall(self.platform, call)

    async def place_recorded_call(
        self, observed: Person | str, other: Person | str, app_id: str | None = None
    ) -> EmulatedCall:
        """Start a call between two people of whom `observed` is under policy; the bot is called to record."""
        call = record_call(self.platform, self._somebody(observed), self._somebody(other), self._app(app_id))
        return EmulatedCall(self.platform, call)

    @property
    def faults(self) -> FaultPlan:
        """What goes wrong on purpose; it can be changed while the emulator runs."""
        return self.platform.faults

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key from now on."""
        key = await asyncio.to_thread(SigningKey.generate)
        publish_old = self.faults.settings.publish_old_keys
        self.platform.callback_keys.rotate(key, publish_old=publish_old)
        self.log.add(FaultEntry, fault="rotate_keys", target="callback tokens")

    async def go_dark(self, seconds: float) -> None:
        """Refuse all connections for so long, those to the control API included."""
        if self._listener is None:
            raise RuntimeError("the emulator is not running: use it with `async with`")
        self.log.add(FaultEntry, fault="dark", target=f"{seconds} seconds")
        await self._listener.pause()
        self.platform.spawn(self._light_up(self._listener, seconds))

    async def until_idle(self) -> None:
        """Wait until every callback that waits has been sent and answered."""
        await self.platform.outbox.idle()

    def _app(self, app_id: str | None) -> AppRegistration:
        for app in self.settings.apps:
            if app_id is None or app.app_id == app_id:
                return app
        raise KeyError(app_id)

    def _somebody(self, person: Person | str) -> Person:
        return self.people.named(person) if isinstance(person, str) else person

    def _meeting(self, meeting: Meeting | str | None) -> Meeting:
        if isinstance(meeting, Meeting):
            return meeting
        for known in self.platform.calendar:
            if meeting is None or meeting in (known.thread_id, known.join_meeting_id):
                return known
        raise KeyError(meeting)

    async def _light_up(self, listener: Listener, seconds: float) -> None:
        await sleep(self.clock, seconds)
        await listener.resume()

    def _plan_rotations(self) -> None:
        """Start to rotate keys as often as the faults say; what was planned before is called off."""
        if self._rotations is not None:
            self._rotations.cancel()
        seconds = self.faults.settings.rotate_keys_every
        self._rotations = None if seconds is None else self.platform.spawn(self._rotate_keys_every(seconds))

    async def _rotate_keys_every(self, seconds: float) -> None:
        while True:
            await sleep(self.clock, seconds)
            await self.rotate_keys()

    async def _start(self) -> None:
        directory = self.settings.directory
        certificates = await asyncio.to_thread(CertificateAuthority, directory)
        own = await asyncio.to_thread(certificates.issue, "emulator", self._hosts())
        login_key = await asyncio.to_thread(SigningKey.load_or_create, directory / "login-signing.key")
        callback_key = await asyncio.to_thread(SigningKey.load_or_create, directory / "callback-signing.key")
        self._certificates = certificates
        platform = Platform(self.settings, self.clock, login_key, callback_key)
        self._platform = platform
        platform.start(await asyncio.to_thread(self._trust, certificates.ca_file))
        self._stack.push_async_callback(platform.close)
        grants = Grants(self.settings, platform.tokens)
        listener = Listener(self._application(platform, grants), own)
        self._stack.push_async_callback(listener.close)
        port = await listener.open(self.settings.host, self.settings.port)
        self._listener = listener
        platform.root = grants.root = f"https://{self.settings.public_host}:{port}"
        platform.tokens.roots = (platform.root, f"https://127.0.0.1:{port}")
        platform.faults.on_change = self._plan_rotations
        self._plan_rotations()

    def _application(self, platform: Platform, grants: Grants) -> web.Application:
        """Return what listens: the authority, the keys, Graph, recordings and the control API."""
        authority = Authority(grants, platform.login_keys, self.clock, platform.journal, platform.faults)
        app = web.Application(client_max_size=MAX_BODY)
        app.add_routes(key_routes(platform, _METADATA_PATH))
        app.add_routes(Gate(platform, Router(VERBS, self.settings.cloud)).routes())
        app.add_routes(recording_routes(platform))
        app.add_routes(control_routes(self))
        app.add_routes(authority.routes())
        return app

    def _hosts(self) -> tuple[str, ...]:
        names = dict.fromkeys(("localhost", "127.0.0.1", "::1", self.settings.public_host))
        if self.settings.host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            names[self.settings.host] = None
        return tuple(names)

    def _trust(self, ca_file: Path) -> ssl.SSLContext:
        files = (ca_file, *self.settings.trust)
        return trusting(tuple(path.read_text(encoding="ascii") for path in files))


async def serve(
    settings: EmulatorSettings, on_ready: Callable[[Emulator], object], clock: Clock | None = None
) -> None:
    """Run an emulator until this task is cancelled; `on_ready` is called once it listens."""
    async with Emulator(settings, clock) as emulator:
        on_ready(emulator)
        await asyncio.get_running_loop().create_future()
