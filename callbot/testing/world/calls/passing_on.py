"""What a test expects of a call that the bot passes on: transfer and redirect."""

from collections.abc import Mapping

from callbot.testing.stage import Impossible
from callbot.testing.story.lines import identity_of
from callbot.testing.world.calls.looking import Looking
from callbot.testing.world.people import Somebody, Who, name_of

_WITHIN = 120.0  # seconds: the target rings for up to 30, after whatever the bot does before
_DONE = "transferAccepted"


class PassingOn(Looking):
    """Expectations about where a call goes."""

    async def is_transferred_to(self, who: Who, *, within: float = _WITHIN) -> None:
        """Expect that the bot hands the caller to somebody, who takes the call."""
        wanted = await self._somebody(who)

        async def look() -> bool | None:
            sight = await self.sight()
            asked = await self.requests("transfer")
            if asked:
                await self._compare(asked[-1].get("transferTarget"), wanted, "transferred")
            tried = "transferring" in sight.states
            if asked and _DONE in sight.states:
                return True
            if asked and tried and sight.state == "established":
                await self._fail(f"The transfer to {wanted.name} failed: {sight.steps[-1].why}.")
            if sight.over:
                await self._fail(f"The call was not transferred to {wanted.name}.")
            return None

        await self._until(look, within, lambda _: f"The call was not transferred to {wanted.name}")

    async def is_redirected_to(self, who: Who, *, within: float = _WITHIN) -> None:
        """Expect that the bot sends the call on to somebody without answering it."""
        wanted = await self._somebody(who)

        async def look() -> Mapping[str, object] | None:
            asked = await self.requests("redirect")
            if not asked and (await self.sight()).over:
                await self._fail(f"The call was not redirected to {wanted.name}.")
            return asked[-1] if asked else None

        asked = await self._until(look, within, lambda _: f"The call was not redirected to {wanted.name}")
        targets = asked.get("targets")
        first = targets[0] if isinstance(targets, list) and targets else None
        await self._compare(first, wanted, "redirected")

    async def _somebody(self, who: Who) -> Somebody:
        try:
            return await self._people.somebody(who)
        except Impossible as why:
            await self._fail(f"{name_of(who)} cannot be expected: {why}.")

    async def _compare(self, target: object, wanted: Somebody, what: str) -> None:
        found = identity_of(target)
        if found.lower() not in (wanted.id.lower(), wanted.phone):
            await self._people.learn_names()
            await self._fail(f"The call was {what} to {self._people.name(found)}, not to {wanted.name}.")
