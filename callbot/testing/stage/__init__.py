"""Where a bot is tested: the emulated world, in this process or behind its control API."""

from callbot.testing.stage.local import LocalStage
from callbot.testing.stage.protocol import Impossible, Stage
from callbot.testing.stage.remote import RemoteStage
from callbot.testing.stage.sights import HeardPrompt, Sight, Step

__all__ = ["HeardPrompt", "Impossible", "LocalStage", "RemoteStage", "Sight", "Stage", "Step"]
