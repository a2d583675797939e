"""What can be seen of a call: its state, what was heard, and the whole story."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NoReturn, TypeVar

from callbot.state import Transition
from callbot.testing.stage import Impossible, Sight, Stage
from callbot.testing.story import (
    ExpectationFailed,
    Line,
    Naming,
    line_of,
    line_of_handled,
    lines_of_prompt,
    table,
)
from callbot.testing.world.inside import Inside
from callbot.testing.world.people import People
from callbot.testing.world.prompts import PromptNames
from callbot.testing.world.waiting import Patience, TooLong

_Found = TypeVar("_Found")


class Looking:
    """One call, watched. `inside` is None for a bot that runs elsewhere."""

    def __init__(
        self,
        call_id: str,
        *,
        stage: Stage,
        patience: Patience,
        people: People,
        prompts: PromptNames,
        inside: Inside | None,
    ) -> None:
        self.id = call_id
        self._stage = stage
        self._patience = patience
        self._people = people
        self._prompts = prompts
        self._inside = inside
        self._heard = 0  # prompts that the test has asked about already

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    async def sight(self) -> Sight:
        """Return the call as the platform has it now: state, steps, prompts heard, people, resource."""
        return await self._stage.sight(self.id)

    @property
    def transitions(self) -> Sequence[Transition]:
        """The transitions the bot has handled, in order. Only for a bot that runs in the test."""
        if self._inside is None:
            raise RuntimeError("the bot runs elsewhere: what its handlers were told cannot be seen from here")
        return self._inside.transitions(self.id)

    async def timeline(self) -> str:
        """Return everything that happened in the call, as a table."""
        await self._people.learn_names()
        sight = await self.sight()
        naming = Naming(
            caller=(sight.people or ("caller",))[0],
            person=self._people.name,
            prompt=self._prompts.name,
            address=self._prompts.of_address,
        )
        lines: list[Line | None] = [line_of(entry, naming) for entry in await self._stage.log(self.id)]
        lines += [line for heard in sight.heard for line in lines_of_prompt(heard, naming)]
        if self._inside is not None:
            lines += [line_of_handled(at, handled) for at, handled in self._inside.of_call(self.id)]
        return table([line for line in lines if line is not None], f"call {self.id}")

    async def requests(self, verb: str) -> list[Mapping[str, object]]:
        """Return the bodies of the bot's accepted requests for a verb of the API (`playPrompt`), in order."""
        return [
            body if isinstance(body := entry.get("body"), Mapping) else {}
            for entry in await self._stage.log(self.id)
            if entry.get("kind") == "request" and _accepted(entry) and _verb(entry) == verb.lower()
        ]

    async def _until(
        self,
        look: Callable[[], Awaitable[_Found | None]],
        within: float,
        complaint: Callable[[Sight], str],
    ) -> _Found:
        """Return what `look` finds. `complaint` says in a sentence what did not happen."""
        try:
            return await self._patience.until(look, within)
        except TooLong as limit:
            await self._fail(f"{complaint(await self.sight())} {limit}")
        except Impossible as why:
            await self._fail(str(why))

    async def _fail(self, sentence: str) -> NoReturn:
        sight = await self.sight()
        raise ExpectationFailed(
            f"{sentence}\n{_state(sight)}{self._raised()}\n\n{await self.timeline()}"
        ) from self._cause()

    def _raised(self) -> str:
        error = self._cause()
        return "" if error is None else f"\nA handler raised {type(error).__name__}: {error}"

    def _cause(self) -> Exception | None:
        if self._inside is None:
            return None
        return next((one.error for _, one in self._inside.of_call(self.id) if one.error is not None), None)


def _state(sight: Sight) -> str:
    end = sight.end
    if end is None:
        return f"The call is {sight.state}."
    code = "" if end.code is None else f" (code {end.code}, subcode {end.subcode})"
    return f"The call has ended: {end.why}{code}."


def _verb(entry: Mapping[str, object]) -> str:
    rest = str(entry.get("path")).partition("/calls/")[2].partition("?")[0].strip("/").split("/")
    return "/".join(rest[1:]).lower().removeprefix("microsoft.graph.")


def _accepted(entry: Mapping[str, object]) -> bool:
    status = entry.get("status")
    return isinstance(status, int) and 200 <= status < 300  # noqa: PLR2004 - HTTP's classes
