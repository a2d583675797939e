"""The command `doctor`: would a bot with these settings work, and if not, what to do about it."""

from callbot.cli.doctor.command import doctor

__all__ = ["doctor"]
