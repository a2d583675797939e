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
from callbot.emulator.handles.world import World
from callbot.emulator.identity.authority import Authority
from callbot.emulator.identity.certificates import CertificateAuthority, Issued, trusting
from callbot.emulator.identity.grants import Grants
from callbot.emulator.identity.metadata import key_routes
from callbot.emulator.identity.signing import SigningKey
from callbot.emulator.journal import FaultEntry
from callbot.emulator.listener import Listener
from callbot.emulator.media.downloads import recording_routes
from callbot.emulator.platform import Platform
from callbot.emulator.settings import EmulatorSettings

_METADATA_PATH = "/v1/.well-known/OpenIdConfiguration"
MAX_BODY = 16 * 1024 * 1024


class Emulator(World):
    """A Graph calls API of its own, on a real socket with TLS.

    Use it as an asynchronous context manager. `authority`, `graph_root` and `metadata_url` are what a bot's
    settings need, `ca_file` is whom it has to trust; `bot_tls` is a certificate for its own listener.
    """

    def __init__(self, settings: EmulatorSettings | None = None, clock: Clock | None = None) -> None:
        super().__init__(settings or EmulatorSettings())
        self.clock: Clock = clock or SystemClock()
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

    async def go_dark(self, seconds: float) -> None:
        """Refuse all connections for so long, those to the control API included."""
        if self._listener is None:
            raise RuntimeError("the emulator is not running: use it with `async with`")
        self.log.add(FaultEntry, fault="dark", target=f"{seconds} seconds")
        await self._listener.pause()
        self.platform.spawn(self._light_up(self._listener, seconds))

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
        app.add_routes(control_routes(self, self))
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
