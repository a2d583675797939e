"""From the `store` setting to a store."""

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from callbot.clock import Clock
from callbot.errors import ConfigurationError
from callbot.extras import how_to_install
from callbot.store.memory import MemoryStore
from callbot.store.protocol import Store


def open_store(url: str, clock: Clock | None = None, *, app_id: str | None = None) -> Store:
    """Return the store that `url` names, not yet open. Its leases run on `clock`.

    `app_id` is the bot whose calls it keeps: the store of another bot cannot be opened. None opens any.

    `memory://` keeps all in the process. `sqlite:///calls.db` is a file in the working folder,
    `sqlite:////var/lib/bot/calls.db` one by its full path; `?synchronous=normal` writes without waiting for
    the disk: then a power cut may cost the last moments, a crash of the process still costs nothing.

    Raises:
        ConfigurationError: callbot has no such store, or what it needs is not installed.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "memory":
            return MemoryStore(clock)
        case "sqlite":
            return _sqlite(url, parts, clock, app_id)
        case "redis" | "rediss":
            raise ConfigurationError(
                "store redis: the store that several machines share is not in this version of callbot; use "
                "sqlite:///calls.db, with one process at a time or in turn on one machine"
            )
    raise ConfigurationError(
        f"store {parts.scheme or url}: callbot has no such store; use memory:// or sqlite:///calls.db"
    )


def file_of(url: str) -> Path | None:
    """Return the file that a store's URL names, by its full path however it is spelt; None for no file."""
    parts = urlsplit(url)
    return _path_of(parts).resolve() if parts.scheme == "sqlite" else None


def _path_of(parts: SplitResult) -> Path:
    return Path(unquote(parts.path.removeprefix("/")))


def _sqlite(url: str, parts: SplitResult, clock: Clock | None, app_id: str | None) -> Store:
    if not url.startswith("sqlite://"):
        name = parts.path.lstrip("/")
        raise ConfigurationError(
            f"store {url}: write sqlite:///{name} for a file in the working folder, "
            f"sqlite:////{name} for one by its full path"
        )
    path = _path_of(parts)
    if parts.netloc or str(path) in (".", ":memory:"):
        raise ConfigurationError(
            f"store {url}: it names no file; write sqlite:///calls.db, with four slashes for a full path"
        )
    try:
        # not for those who keep nothing: it is an extra
        from callbot.store.sqlite import SqliteStore, Synchronous  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "aiosqlite":
            raise
        raise ConfigurationError(
            f"store {url} needs aiosqlite: {how_to_install('sqlite')}\n"
            'or set store = "memory://", and a restart forgets its calls'
        ) from error
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    synchronous = options.pop("synchronous", Synchronous.FULL)
    if options or synchronous not in tuple(Synchronous):
        raise ConfigurationError(
            f"store {url}: after the ? there can be synchronous=full or synchronous=normal"
        )
    return SqliteStore(path, clock, synchronous=Synchronous(synchronous), app_id=app_id)
