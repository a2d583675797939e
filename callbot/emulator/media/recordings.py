"""Recordings that wait to be downloaded, each with its own token, for a short while.

https://learn.microsoft.com/graph/api/call-record
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass

from callbot.clock import Clock


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: `content` is a WAV file, `token` opens it until `expires`."""

    id: str
    token: str
    content: bytes
    expires: float


class RecordingShelf:
    """Keeps recordings for `seconds`."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._recordings: dict[str, Recording] = {}

    def put(self, content: bytes) -> Recording:
        """Keep a new recording."""
        now = self._clock.time()
        self._recordings = {key: one for key, one in self._recordings.items() if one.expires > now}
        recording = Recording(str(uuid.uuid4()), secrets.token_urlsafe(32), content, now + self._seconds)
        self._recordings[recording.id] = recording
        return recording

    def find(self, recording_id: str) -> Recording | None:
        """Return a recording that can still be had."""
        recording = self._recordings.get(recording_id)
        if recording is None or recording.expires <= self._clock.time():
            return None
        return recording

    def clear(self) -> None:
        """Throw everything away."""
        self._recordings.clear()


def opens(recording: Recording, authorization: str | None) -> bool:
    """Say whether an `Authorization` header carries the token of a recording."""
    scheme, _, token = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        token.strip().encode(), recording.token.encode()
    )
