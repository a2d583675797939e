"""From the `store` setting to a store."""

from urllib.parse import urlsplit

from callbot.errors import ConfigurationError
from callbot.store.memory import MemoryStore
from callbot.store.protocol import Store


def open_store(url: str) -> Store:
    """Return the store that `url` names; raises `ConfigurationError` for one callbot does not have."""
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryStore()
    raise ConfigurationError(f"store {scheme or url}: callbot has no such store; use memory://")
