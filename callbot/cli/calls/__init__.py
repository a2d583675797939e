"""The commands about the calls of a running bot: `calls`, and `call show`, `hangup` and `place`."""

from callbot.cli.calls.command import calls
from callbot.cli.calls.one import hangup, place, show

__all__ = ["calls", "hangup", "place", "show"]
