"""One call of a simulated world: what people do in it and what a test expects of it."""

from callbot.testing.world.calls.staged import WITHIN, StagedCall

__all__ = ["WITHIN", "StagedCall"]
