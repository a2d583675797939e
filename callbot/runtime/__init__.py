"""Where everything comes together and runs: mailboxes, timers, start and drain."""

from callbot.runtime.observer import Observer
from callbot.runtime.runtime import Listener, Runtime

__all__ = ["Listener", "Observer", "Runtime"]
