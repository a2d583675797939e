"""Which prompt was heard: by the name or the content of its file, or by its address."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit
from uuid import UUID

from callbot.testing.stage import HeardPrompt

Origin = Callable[[str], Path | None]
"""Returns the file that a bot plays under a `resourceId`, which is the hash of its content."""

Wanted = str | Path | bytes
"""A prompt as a test names it: the end of its path, its https address, or its content."""


class PromptNames:
    """Knows the files behind the prompts that callbot serves under the hash of their content."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    @classmethod
    def of_folder(cls, folder: Path) -> "PromptNames":
        """Return the names of the WAV files in a folder and below: for a bot that runs elsewhere."""
        files = {content_id(path.read_bytes()): path for path in sorted(folder.rglob("*.wav"))}
        return cls(files.get)

    @classmethod
    def none(cls) -> "PromptNames":
        """Return no names: prompts are known by content and address only."""
        return cls(lambda _: None)

    def name(self, heard: HeardPrompt) -> str:
        """Return what to call a prompt in a sentence."""
        file = self._file(heard)
        return file.name if file is not None else heard.uri

    def of_address(self, uri: str) -> str:
        """Return what to call the prompt at an address."""
        return self.name(HeardPrompt(uri, PurePath(urlsplit(uri).path).stem, 0.0, None, whole=False))

    def is_it(self, heard: HeardPrompt, wanted: Wanted) -> bool:
        """Whether the prompt that was heard is the one a test means."""
        if isinstance(wanted, bytes):
            return heard.resource_id == content_id(wanted)
        if isinstance(wanted, str) and wanted.startswith("https://"):
            return heard.uri == wanted
        parts = PurePath(wanted).parts
        file = self._file(heard) or PurePath(unquote(urlsplit(heard.uri).path))
        return file.parts[-len(parts) :] == parts

    def _file(self, heard: HeardPrompt) -> Path | None:
        return self._origin(heard.resource_id) if heard.resource_id else None


def content_id(content: bytes) -> str:
    """Return the `resourceId` under which callbot serves a file with this content."""
    return str(UUID(bytes=sha256(content).digest()[:16]))


def said(wanted: Wanted) -> str:
    """Return a wanted prompt in words."""
    return f"{len(wanted)} bytes of sound" if isinstance(wanted, bytes) else str(wanted)
