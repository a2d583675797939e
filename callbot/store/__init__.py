"""Where records are kept, and the notifications that were accepted and are not yet folded.

A store is named by a URL: `memory://` keeps everything in the process.
"""

from callbot.store.memory import MemoryStore
from callbot.store.opening import open_store
from callbot.store.protocol import Entry, Store

__all__ = ["Entry", "MemoryStore", "Store", "open_store"]
