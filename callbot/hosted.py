"""One bot, ready for whatever web server its host program has: start it, give it requests, stop it.

The adapters for aiohttp (`callbot.service`) and ASGI (`callbot.asgi`) stand on it. A host with another kind
of server uses it directly.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from callbot.bot import CallBot
from callbot.clock import Clock
from callbot.log import show_people
from callbot.media import PromptLibrary
from callbot.runtime import Listener, Runtime
from callbot.settings import Settings
from callbot.webhook import Authenticator, Receiver, Reply

_CLOSED = Reply(404)


class HostedBot:
    """A bot inside a host program. Use it as `async with HostedBot(bot, settings) as hosted`.

    The host gives it every request to the path of `settings.callback_url`, and serves the prompts under
    `/prompts`. `listener` is told of what was handled. With `callbacks = "off"` there is no receiver.
    """

    def __init__(
        self,
        bot: CallBot,
        settings: Settings,
        *,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.settings = settings
        self.runtime = Runtime(bot, settings, clock=clock, listener=listener)
        self.authenticator: Authenticator | None = None
        self.receiver: Receiver | None = None
        if settings.callbacks == "on":
            self.authenticator = Authenticator.from_settings(
                settings, self.runtime.clock, tls=self.runtime.graph.tls
            )
            self.receiver = Receiver(
                settings=settings,
                authenticator=self.authenticator,
                accept=self.runtime.intake.accept,
                clock=self.runtime.clock,
                doubt=self.runtime.intake.doubt,
            )

    @property
    def prompts(self) -> PromptLibrary:
        """The prompts to serve: `prompts.content(name)` for each request to `/prompts/{name}.wav`."""
        return self.runtime.prompts

    async def start(self) -> None:
        """Fetch the signing keys, and take up the calls that the store holds."""
        show_people(plain=self.settings.log_people == "plain")
        try:
            if self.authenticator is not None:
                await self.authenticator.warm_up()
            await self.runtime.start()
        except BaseException:
            await self._close_keys()
            raise

    async def drain(self) -> None:
        """Let live calls end within `drain_calls_timeout`, handlers within `drain_timeout`.

        Callbacks are still taken meanwhile; what becomes of new calls is for `drain_incoming` to say.
        """
        await self.runtime.drain()

    async def stop(self) -> None:
        """Drain, then accept nothing more and close everything. The host's resources are still needed."""
        try:
            await self.runtime.stop()
        finally:
            await self._close_keys()

    @property
    def unready(self) -> tuple[str, ...]:
        """Why callbacks should go to another process; empty when this one takes them.

        Not to look after the calls is no reason: a process that waits for another to stop accepts callbacks.
        """
        reasons = []
        if self.runtime.closed_because is not None:
            reasons.append(self.runtime.closed_because)
        if self.runtime.ownership.lost:
            reasons.append("another process has taken over the calls: restart this one")
        if self.runtime.store_health.down:
            reasons.append("the store does not keep what is written to it: the log says why")
        if self.authenticator is not None and not self.authenticator.ready:
            reasons.append("the keys that sign callbacks could not be fetched yet")
        return tuple(reasons)

    async def handle(self, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to a request to the callback path. Never raises.

        `headers` may be of any case; `body` is as it came, of `settings.max_body` bytes at most. A host that
        can read the body later asks `receiver.admit` first, so that a stranger's is not read at all.
        """
        if self.receiver is None:
            return _CLOSED
        return await self.receiver.handle(method, headers, body)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _close_keys(self) -> None:
        if self.authenticator is not None:
            await self.authenticator.aclose()
