"""A recording of what somebody said: where it is, and how to keep it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from callbot.graph.recordings import MAX_SIZE, Recordings
from callbot.model import RecordCompletionReason, RecordOperation


@dataclass(frozen=True, slots=True)
class Recording:
    """What somebody said. Graph keeps it for a short time only: save it as soon as you have it.

    The token that opens it is in `operation`, and in no representation of this.
    https://learn.microsoft.com/graph/api/call-record
    """

    call_id: str
    operation: RecordOperation = field(repr=False)
    recordings: Recordings = field(repr=False, compare=False)

    @property
    def finished(self) -> bool:
        """Whether the recording has ended; with `wait=False` it has only begun."""
        return self.operation.is_finished

    @property
    def location(self) -> str | None:
        """Where it can be downloaded; None when there is nothing (yet)."""
        return self.operation.recording_location or None

    @property
    def completion_reason(self) -> RecordCompletionReason | None:
        """Why it ended, where Graph says so: a stop tone, silence, the longest duration..."""
        return self.operation.completion_reason

    async def save(self, path: str | Path, *, max_size: int = MAX_SIZE) -> int:
        """Download it to the file `path` and return its size in bytes. The file is whole or not there.

        Raises:
            InvalidArgument: there is nothing to download, it is larger than `max_size` bytes, or its host is
                not one that may see the token.
            NotFound: Graph does not keep it any longer.
            AuthenticationFailed: its token is no longer good.
        """
        return await self.recordings.save(self.operation, Path(path), max_size=max_size)

    def stream(self, *, max_size: int = MAX_SIZE) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open it: `async with recording.stream() as chunks: async for chunk in chunks`.

        Raises what `save` raises.
        """
        return self.recordings.stream(self.operation, max_size=max_size)
