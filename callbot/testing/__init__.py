"""Fakes and fixtures to test a bot with: real parts, fake edges."""

from callbot.testing.clock import ManualClock, settle

__all__ = ["ManualClock", "settle"]
