"""`callbot demo`: three calls against the emulator, and a check that nothing was missed or doubled."""

from callbot.cli.demo.command import demo

__all__ = ["demo"]
