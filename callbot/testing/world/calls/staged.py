"""What a test expects of a call."""

from collections.abc import Mapping

from callbot.emulator.tenant.people import KEYS
from callbot.model import RejectReason
from callbot.testing.stage import HeardPrompt, Sight
from callbot.testing.world.calls.acting import Acting
from callbot.testing.world.calls.passing_on import PassingOn
from callbot.testing.world.prompts import Wanted, said

WITHIN = 60.0
"""Seconds that a test waits for something, unless it says otherwise."""

SEEN_WITHIN = 900.0
"""Seconds in which a bot finds out that a call has ended, whatever was lost on the way."""

_TONES = {tone: key for key, tone in KEYS.items()}


class StagedCall(Acting, PassingOn):
    """A call of a simulated world: people act in it, and a test says what it expects.

    Every expectation waits until it is met, at most `within` seconds of the world's clock, and fails with
    `ExpectationFailed`, which shows the call's timeline.
    """

    async def hears(self, prompt: Wanted, *, whole: bool = True, within: float = WITHIN) -> HeardPrompt:
        """Expect that the people in the call hear a prompt to its end; with `whole=False` that it begins.

        `prompt` is the end of its file's path ("welcome.wav", "prompts/welcome.wav"), its https address or
        its content. Prompts are expected in the order in which they are heard; others before it are skipped.
        """

        async def look() -> HeardPrompt | None:
            sight = await self.sight()
            for position, heard in enumerate(sight.heard[self._heard :], self._heard):
                if (heard.whole or not whole) and self._prompts.is_it(heard, prompt):
                    self._heard = position + 1
                    return heard
            if sight.over:
                await self._fail(f"{self._deaf(sight, prompt)} before the call ended.")
            return None

        return await self._until(look, within, lambda sight: self._deaf(sight, prompt))

    async def hears_tones(self, tones: str, *, within: float = WITHIN) -> None:
        """Expect that the bot has sent these tones, and no others, since the call began."""

        async def look() -> bool | None:
            return True if self._sent(await self.sight()) == tones else None

        await self._until(
            look, within, lambda sight: f"{tones} was not sent; {self._sent(sight) or 'nothing'} was,"
        )

    async def becomes(self, state: str, *, within: float = WITHIN) -> Sight:
        """Expect that the call is in a state, as Graph spells it (`established`, `hold`...), or has been."""

        async def look() -> Sight | None:
            sight = await self.sight()
            if state in sight.states:
                return sight
            if sight.over:
                await self._fail(f"The call was never {state}.")
            return None

        return await self._until(look, within, lambda _: f"The call did not become {state}")

    async def is_established(self, *, within: float = WITHIN) -> None:
        """Expect that bot and people are connected."""
        await self.becomes("established", within=within)

    async def is_rejected(self, reason: RejectReason | str | None = None, *, within: float = WITHIN) -> None:
        """Expect that the bot turns the call down, for this reason when one is given."""

        async def look() -> Mapping[str, object] | None:
            asked = await self.requests("reject")
            if not asked and (await self.sight()).over:
                await self._fail("The call was not rejected.")
            return asked[0] if asked else None

        asked = await self._until(look, within, lambda _: "The call was not rejected")
        if reason is not None and asked.get("reason") != reason:
            await self._fail(f"The call was rejected for the reason {asked.get('reason')}, not {reason}.")
        await self.is_over(within=within)

    async def is_over(
        self, *, code: int | None = None, subcode: int | None = None, within: float = WITHIN
    ) -> None:
        """Expect that the call ends, with this code of its result when one is given.

        Returns when the bot has handled the end too, where the bot runs in the test.
        """

        async def look() -> Sight | None:
            sight = await self.sight()
            return sight if sight.over else None

        sight = await self._until(look, within, lambda _: "The call did not end")
        end = sight.end
        for name, wanted, found in (
            ("code", code, end.code if end else None),
            ("subcode", subcode, end.subcode if end else None),
        ):
            if wanted is not None and wanted != found:
                await self._fail(f"The call ended with {name} {found}, not {wanted}.")
        await self._is_seen_to_end()

    async def people_are(self, *names: str, within: float = WITHIN) -> None:
        """Expect that exactly these people are in the call, beside the bot."""

        async def look() -> bool | None:
            return True if sorted((await self.sight()).people) == sorted(names) else None

        await self._until(
            look,
            within,
            lambda sight: (
                f"{', '.join(names) or 'nobody'} should be in the call, "
                f"but there is {', '.join(sight.people) or 'nobody'}"
            ),
        )

    async def is_asked_for(self, verb: str, *, within: float = WITHIN) -> Mapping[str, object]:
        """Expect that the bot uses a verb of the API (`recordResponse`) with success; returns its body."""

        async def look() -> Mapping[str, object] | None:
            asked = await self.requests(verb)
            return asked[-1] if asked else None

        return await self._until(look, within, lambda _: f"The bot did not ask for {verb}")

    async def _is_seen_to_end(self) -> None:
        inside = self._inside
        if inside is None:
            return

        async def look() -> bool | None:
            return True if inside.has_seen_the_end(self.id) else None

        await self._until(look, SEEN_WITHIN, lambda _: "The bot did not handle the end of the call")

    def _deaf(self, sight: Sight, prompt: Wanted) -> str:
        later = [self._prompts.name(one) + ("" if one.whole else " (not whole)") for one in sight.heard]
        who = ", ".join(sight.people) or "Nobody"
        heard = f"; heard: {', '.join(later)}," if later else ", nor anything else,"
        return f"{who} did not hear {said(prompt)}{heard}"

    def _sent(self, sight: Sight) -> str:
        return "".join(_TONES.get(one, one) for one in sight.sent_tones)
