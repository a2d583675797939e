"""callbot: write Microsoft Teams calling bots that are right when the network is not."""

from callbot._version import __version__

__all__ = ["__version__"]
