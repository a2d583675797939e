"""Turn what a developer calls a prompt into what the platform can fetch."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from callbot.errors import ConfigurationError, PromptError
from callbot.log import get_logger
from callbot.media.files import Stamp, locate, read, stamp
from callbot.media.shelf import Shelf
from callbot.media.url import is_url, split_url
from callbot.media.wav import check_wav
from callbot.model import MediaInfo

_MEMORY = 64 * 1024 * 1024
_MOST_FILES = 10_000  # remembered at once: a bot that speaks makes a new file for every sentence

_log = get_logger(__name__)
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class PromptLibrary:
    """The prompts a bot plays, by file or by address.

    `base_url` is the public https address at which `prompt_routes` can be reached, without a name: behind a
    proxy `https://bot.example.com/teams/prompts`, say.
    `roots` are the folders prompts may come from: a relative path is looked for in each, in order, and an
    absolute one must be inside one. `memory` is how many bytes of prompts are kept at most.

    A file is served under the hash of its content, and its bytes are kept from the moment they were checked.
    So a name never stands for other content, whatever happens to the file; content that had to make room is
    read again and served only if its hash is still the name. Replicas give a file the same name, but each
    serves only what it has been asked for with `prompt`: let each name its prompts when it starts.

    May be used from several threads.
    """

    def __init__(self, base_url: str, roots: Sequence[Path], *, memory: int = _MEMORY) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
            raise ConfigurationError(
                "the base address of prompts must be https://host[:port][/path]: the platform fetches them"
            )
        if not roots:
            raise ConfigurationError("a prompt library needs at least one folder that prompts may come from")
        self._base = base_url.rstrip("/")
        self._roots = tuple(root.absolute() for root in roots)
        self._guard = threading.Lock()
        self._checked: OrderedDict[Path, tuple[Stamp, str]] = OrderedDict()
        self._origins: OrderedDict[str, Path] = OrderedDict()
        self._shelf = Shelf(memory)

    def prompt(self, source: str | Path) -> MediaInfo:
        """Return what Graph has to be told to play `source`: a file's path or an https address.

        A file is read and checked when it is new or has changed; then this blocks for as long as reading it
        takes (`asyncio.to_thread` is for that). Its `resource_id` is the hash of its content, so the platform
        fetches it once and again only when it changed. An address is passed on as it is, with a hash of
        itself as `resource_id`: when other sound is put there, the platform may go on playing the old one.

        Raises `PromptError`, which says what is wrong and how to put it right.

        https://learn.microsoft.com/graph/api/resources/mediainfo
        """
        if isinstance(source, str) and is_url(source):
            split_url(source)
            return MediaInfo(uri=source, resource_id=_hash(source.encode(errors="surrogatepass")))
        name = self._name(locate(source, self._roots))
        return MediaInfo(uri=f"{self._base}/{name}.wav", resource_id=name)

    def content(self, name: str) -> bytes | None:
        """Return the file whose content has the hash `name`, or None when there is no such prompt (any more).

        Only what `prompt` has given out is found. May read the file again, and then blocks.
        """
        with self._guard:
            kept = self._shelf.get(name)
            origin = self._origins.get(name)
        if kept is not None or origin is None:
            return kept
        try:
            found, content = self._take_in(origin)
        except PromptError:
            found, content = "", b""
        if found == name:
            return content
        _log.warning("prompt file changed or went away after it was given out", path=str(origin))
        return None

    def origin(self, name: str) -> Path | None:
        """Return the file whose content has the hash `name`, as far as `prompt` has given it out."""
        with self._guard:
            return self._origins.get(name)

    def _name(self, path: Path) -> str:
        now = stamp(path)
        with self._guard:
            before, name = self._checked.get(path, (None, ""))
            if now == before:
                _remember(self._checked, path, (now, name))
                _remember(self._origins, name, path)
                return name
        return self._take_in(path)[0]

    def _take_in(self, path: Path) -> tuple[str, bytes]:
        """Read and check a file; return its name and content."""
        found, content = read(path)
        check_wav(content, str(path))
        name = _hash(content)
        with self._guard:
            _remember(self._checked, path, (found, name))
            _remember(self._origins, name, path)
            self._shelf.put(name, content)
        return name, content


def _hash(content: bytes) -> str:
    """128 bits of SHA-256 in the form of the ids that Graph's documentation uses here."""
    return str(UUID(bytes=hashlib.sha256(content).digest()[:16]))


def _remember(table: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Put `value` into a table that forgets what was not used for longest."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > _MOST_FILES:
        table.popitem(last=False)
