"""Recordings of what somebody said, downloaded while Graph keeps them: that is for a short time only.

https://learn.microsoft.com/graph/api/call-record
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import aiohttp

from callbot.clock import Clock, timeout
from callbot.errors import AuthenticationFailed, GraphError, InvalidArgument, NotFound, Unavailable
from callbot.graph.transport.connection import BROKEN, Connection, no_answer
from callbot.model import RecordOperation

VERB = "download recording"
MAX_SIZE = 32 * 1024 * 1024
"""Bytes: two minutes, the longest recording, have less than 4 MiB."""

TEAMS_HOSTS = (".skype.com", ".teams.microsoft.com", ".teams.microsoft.us")
"""Where Teams keeps media. A name that begins with a dot stands for every host below it."""

LONGEST = 120.0
"""Seconds that a download may spend waiting for its pieces: as long as the longest recording lasts."""

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Recordings:
    """Downloads recordings. Their token goes to `hosts` only, over https.

    `deadline` is in seconds, for the beginning of the answer and for each piece after it; all pieces together
    may keep it waiting for `LONGEST`.
    """

    connection: Connection
    clock: Clock
    hosts: Sequence[str]
    deadline: float

    async def save(self, operation: RecordOperation, path: Path, *, max_size: int = MAX_SIZE) -> int:
        """Write the recording to `path` and return its size in bytes.

        The file is there only when it is complete, and for its owner alone. Raises what `stream` raises, and
        `OSError` for the disk.
        """
        part = path.with_name(path.name + ".part")
        size = 0
        try:
            async with self.stream(operation, max_size=max_size) as chunks:
                with await asyncio.to_thread(_open_own, part) as file:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
                        size += len(chunk)
            await asyncio.to_thread(os.replace, part, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                await asyncio.to_thread(part.unlink)
        return size

    @asynccontextmanager
    async def stream(
        self, operation: RecordOperation, *, max_size: int = MAX_SIZE
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open the recording of a finished operation: `async with ... as chunks: async for chunk in chunks`.

        Raises:
            InvalidArgument: the operation has no recording, its host is not one of `hosts`, or the recording
                is larger than `max_size` bytes.
            NotFound: Graph does not keep it any longer.
            AuthenticationFailed: its token is no longer good.
            Unavailable, GraphTimeout: no answer, or it broke off.
        """
        location, token = operation.recording_location, operation.recording_access_token
        if not location or not token:
            raise InvalidArgument("the operation has no recording to download", verb=VERB)
        async with self._open(location, token) as response:
            _check(response)
            yield self._chunks(response, location, max_size)

    @asynccontextmanager
    async def _open(self, url: str, token: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send the request, and the token again wherever a redirect leads, if that host may see it."""
        for _ in range(_MAX_REDIRECTS + 1):
            self._check_host(url)
            response = await self._get(url, token)
            location = response.headers.get("Location") if response.status in _REDIRECTS else None
            if location is None:
                async with response:
                    yield response
                return
            response.release()
            url = _joined(url, location)
        raise Unavailable("the recording's address redirects in a circle", verb=VERB)

    async def _get(self, url: str, token: str) -> aiohttp.ClientResponse:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        session = self.connection.session
        try:
            async with timeout(self.clock, self.deadline):
                return await session.get(url, headers=headers, allow_redirects=False)
        except BROKEN as error:
            raise _failure(error, url, self.deadline) from error

    async def _chunks(
        self, response: aiohttp.ClientResponse, url: str, max_size: int
    ) -> AsyncIterator[bytes]:
        _refuse_larger(response.content_length or 0, max_size)
        size, patience = 0, LONGEST
        while True:
            asked = self.clock.monotonic()
            within = min(self.deadline, patience)
            try:
                async with timeout(self.clock, within):
                    chunk = await response.content.read(_CHUNK)
            except BROKEN as error:
                raise _failure(error, url, within) from error
            patience -= self.clock.monotonic() - asked  # what the reader takes for itself does not count
            if not chunk:
                return
            size += len(chunk)
            _refuse_larger(size, max_size)
            yield chunk

    def _check_host(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise InvalidArgument("the recording's address is none", verb=VERB) from None
        host = (parts.hostname or "").lower()
        known = any(host == one or (one.startswith(".") and host.endswith(one)) for one in self.hosts)
        if parts.scheme != "https" or not known or parts.username is not None:
            raise InvalidArgument(
                f"the recording is at {parts.scheme}://{host}, which must not see its token; if the host is "
                "known to be good, name it in the setting recording_hosts",
                verb=VERB,
            )


def _open_own(path: Path) -> BinaryIO:
    """Open a file that only its owner can read: it holds what somebody said. A link is not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _joined(url: str, location: str) -> str:
    """Return where a redirect leads; raises `Unavailable` where that is no address at all."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise Unavailable("the recording's address redirects to none", verb=VERB) from None


def _check(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == 200:  # noqa: PLR2004 - HTTP's own number
        return
    request_id = response.headers.get("request-id")
    if status in {404, 410}:
        raise NotFound(
            "the recording is no longer there: download it as soon as the operation ends",
            verb=VERB,
            status=status,
            request_id=request_id,
        )
    if status in {401, 403}:
        raise AuthenticationFailed(
            "the recording's token is not accepted: it is good for a short time only",
            verb=VERB,
            status=status,
            request_id=request_id,
        )
    raise Unavailable("the recording cannot be had", verb=VERB, status=status, request_id=request_id)


def _refuse_larger(size: int, max_size: int) -> None:
    if size > max_size:
        raise InvalidArgument(f"the recording is larger than {max_size} bytes", verb=VERB)


def _failure(error: Exception, url: str, within: float) -> GraphError:
    failure = no_answer(error, url, within)
    return failure.as_error(str(failure), VERB)
