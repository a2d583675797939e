"""Where everything comes together and runs: mailboxes, timers, start and drain."""

from callbot.runtime.draining import HANDOVER
from callbot.runtime.observer import Observer
from callbot.runtime.runtime import Runtime
from callbot.runtime.way import Listener

__all__ = ["HANDOVER", "Listener", "Observer", "Runtime"]
