"""The socket of an emulator: TLS, a stop that leaves nothing open, and a pause in which nobody is let in."""

import asyncio
import ssl

from aiohttp import web

from callbot.emulator.identity.certificates import Issued

_SHUTDOWN_SECONDS = 1.0
_LAST_TURNS = 5


class Listener:
    """Serves one application on one port."""

    def __init__(self, app: web.Application, certificate: Issued) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate.certificate, certificate.key)
        self._site: web.TCPSite | None = None
        self._address = ("", 0)

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port; 0 takes a free one. Raises `OSError` when the port is taken."""
        await self._runner.setup()
        self._address = (host, port)
        await self.resume()
        self._address = (host, int(self._runner.addresses[0][1]))
        return self._address[1]

    async def pause(self) -> None:
        """Refuse connections and drop those that are open, until `resume`."""
        site, self._site = self._site, None
        if site is not None:
            await site.stop()
        self._drop_connections()

    async def resume(self) -> None:
        """Listen again on the same port."""
        if self._site is None:
            host, port = self._address
            self._site = web.TCPSite(self._runner, host, port, ssl_context=self._tls)
            await self._site.start()

    async def close(self) -> None:
        """Stop, and close connections whose other end does not take part in a TLS close."""
        connections = self._connections()
        await self._runner.cleanup()
        for transport in connections:
            transport.abort()
        for _ in range(_LAST_TURNS):
            await asyncio.sleep(0)  # aborted transports close their sockets in the next turns of the loop

    def _drop_connections(self) -> None:
        for transport in self._connections():
            transport.abort()

    def _connections(self) -> list[asyncio.Transport]:
        server = self._runner.server
        if server is None:
            return []
        return [one.transport for one in server.connections if one.transport is not None]
