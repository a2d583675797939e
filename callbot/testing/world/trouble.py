"""What goes wrong in a simulated world."""

from callbot.testing.stage import Stage
from callbot.testing.world.calls import StagedCall
from callbot.testing.world.faults import settings_for


class Trouble:
    """The faults of a world."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def faults(self, *names: str, rate: float | None = None, seed: int = 0) -> None:
        """Let things go wrong from now on, by name: "callbacks doubled and reordered". No name ends it.

        `callbot.testing.FAULTS` has all names. `rate` is how often, from 0 to 1; `seed` makes other dice.
        """
        await self._stage.set_faults(settings_for(*names, rate=rate, seed=seed))

    async def fault(
        self, fault: str, *, times: int = 1, where: str = "", call: StagedCall | None = None
    ) -> None:
        """Let one of the emulator's faults befall the next callbacks or requests.

        Only those count whose description has `where` in it, and those of `call` when one is given:
        `await world.fault("drop", where="updated established")`. See `docs/emulator.md`.
        """
        body: dict[str, object] = {"fault": fault, "times": times, "where": where}
        await self._stage.inject(body if call is None else {**body, "call": call.id})

    async def silence(self, seconds: float) -> None:
        """Lose every callback for so long."""
        await self._stage.silence(seconds)

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key from now on."""
        await self._stage.rotate_keys()

    async def go_dark(self, seconds: float) -> None:
        """Let the platform refuse every connection for so long."""
        await self._stage.go_dark(seconds)
