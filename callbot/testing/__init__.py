"""Test a bot: `simulate` runs it in a world of its own, `connect` reaches one that runs elsewhere."""

from callbot.testing.clock import ManualClock, settle
from callbot.testing.remote import connect
from callbot.testing.simulation import simulate
from callbot.testing.stage import HeardPrompt, Impossible, Sight
from callbot.testing.story import ExpectationFailed, HandlerRaised
from callbot.testing.world import FAULTS, Somebody, StagedCall, StagedMeeting, World

__all__ = [
    "FAULTS",
    "ExpectationFailed",
    "HandlerRaised",
    "HeardPrompt",
    "Impossible",
    "ManualClock",
    "Sight",
    "Somebody",
    "StagedCall",
    "StagedMeeting",
    "World",
    "connect",
    "settle",
    "simulate",
]
