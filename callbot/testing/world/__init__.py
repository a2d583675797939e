"""The simulated world: people who call and are called, meetings, faults, and what a test expects of a bot."""

from callbot.testing.world.calls import StagedCall
from callbot.testing.world.faults import FAULTS
from callbot.testing.world.inside import Inside
from callbot.testing.world.meetings import StagedMeeting
from callbot.testing.world.people import Somebody
from callbot.testing.world.prompts import PromptNames
from callbot.testing.world.waiting import Patience
from callbot.testing.world.world import World

__all__ = [
    "FAULTS",
    "Inside",
    "Patience",
    "PromptNames",
    "Somebody",
    "StagedCall",
    "StagedMeeting",
    "World",
]
