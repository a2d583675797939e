"""The command `new`: a small project to start from, with a test that passes at once."""

from callbot.cli.new.command import new

__all__ = ["new"]
