"""The line to the emulator: its HTTP control API, as docs/emulator.md has it."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

Document = dict[str, object]

_TIMEOUT = aiohttp.ClientTimeout(total=20.0)


class ControlError(Exception):
    """The emulator did not do what was asked for: it refused, or could not be reached."""


class Control:
    """Asks the emulator at `root`; use it as an asynchronous context manager."""

    def __init__(self, root: str, ca_file: Path) -> None:
        self._root = f"{root}/control"
        self._tls = ssl.create_default_context(cafile=str(ca_file))
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls), timeout=_TIMEOUT, trust_env=False
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def get(self, path: str, **query: str) -> Document:
        """Look at something. Raises `ControlError`."""
        return await self._ask("GET", path, query=query)

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> Document:
        """Do something. Raises `ControlError`."""
        return await self._ask("POST", path, body=body or {})

    async def patch(self, path: str, body: Mapping[str, object]) -> Document:
        """Change something. Raises `ControlError`."""
        return await self._ask("PATCH", path, body=body)

    async def log(self, after: int) -> list[Document]:
        """Return what the emulator has logged above the number `after`. Raises `ControlError`."""
        entries = (await self.get("/log", after=str(after))).get("entries")
        return list(entries) if isinstance(entries, list) else []

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Document:
        if self._http is None:
            raise ControlError("the line is not open")
        try:
            async with self._http.request(method, self._root + path, params=query, json=body) as response:
                if response.status >= 400:  # noqa: PLR2004 - HTTP's classes
                    raise ControlError(f"{method} {path}: {response.status} {await response.text()}")
                found = await response.json() if response.content_type == "application/json" else {}
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ControlError(f"{method} {path}: {error}") from error
        return dict(found)
