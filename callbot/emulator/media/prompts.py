"""Fetches prompts as the platform does: anonymously, once per resource id."""

import ssl

import aiohttp

from callbot.emulator.media.wav import NotPlayable, seconds_of
from callbot.emulator.settings import EmulatorSettings, Outcome

_MAX_BYTES = 50 * 1024 * 1024
_FETCH_SECONDS = 30


class PromptFailed(Exception):
    """A prompt that cannot be played; `outcome` is what its operation ends with."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


class PromptLibrary:
    """Downloads prompts and remembers how long each is.

    A prompt with a `resourceId` that was fetched before is not fetched again, even from another address:
    so does the platform.
    """

    def __init__(self, settings: EmulatorSettings) -> None:
        self._settings = settings
        self._outcomes = settings.operation_outcomes
        self._lengths: dict[tuple[str, str], float] = {}
        self._client: aiohttp.ClientSession | None = None

    def start(self, trust: ssl.SSLContext) -> None:
        """Open the client; `trust` says whose certificates are believed."""
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trust), timeout=aiohttp.ClientTimeout(total=_FETCH_SECONDS)
        )

    async def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def forget(self) -> None:
        """Fetch everything anew from now on."""
        self._lengths.clear()

    async def seconds(self, app_id: str, uri: str, resource_id: str | None) -> float:
        """Return how long a prompt plays, in seconds of the emulator's clock; raise `PromptFailed`."""
        length = await self._length(app_id, uri, resource_id)
        if self._settings.prompt_seconds is not None:
            length = self._settings.prompt_seconds
        return length / self._settings.prompt_speed

    async def _length(self, app_id: str, uri: str, resource_id: str | None) -> float:
        known = self._lengths.get((app_id, resource_id)) if resource_id else None
        if known is not None:
            return known
        if not self._settings.fetch_prompts:
            return 1.0
        try:
            length = seconds_of(await self._download(uri))
        except NotPlayable as error:
            raise PromptFailed(self._outcomes.wrong_format, str(error)) from None
        if resource_id:
            self._lengths[(app_id, resource_id)] = length
        return length

    async def _download(self, uri: str) -> bytes:
        if self._client is None or not uri.startswith(("https://", "http://")):
            raise PromptFailed(self._outcomes.not_downloaded, "not an http address")
        try:
            async with self._client.get(uri) as response:
                if response.status != 200:  # noqa: PLR2004 - OK
                    raise PromptFailed(self._outcomes.not_downloaded, f"status {response.status}")
                content = await response.content.read(_MAX_BYTES + 1)
                while (more := await response.content.read(_MAX_BYTES + 1)) and len(content) <= _MAX_BYTES:
                    content += more
                return content
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PromptFailed(self._outcomes.not_downloaded, f"{type(error).__name__}: {error}") from None
