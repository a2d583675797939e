"""Where records are kept, the notifications that were accepted and are not yet folded, and the leases.

A store is named by a URL: `memory://` keeps everything in the process, `sqlite:///calls.db` in a file that
outlives it.
"""

from callbot.store.leases import Lease, LeaseBook
from callbot.store.memory import MemoryStore
from callbot.store.opening import file_of, open_store
from callbot.store.protocol import Entry, Store

__all__ = ["Entry", "Lease", "LeaseBook", "MemoryStore", "Store", "file_of", "open_store"]
