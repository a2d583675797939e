"""What the people in a call do."""

import asyncio
from collections.abc import Mapping

from callbot.clock import sleep
from callbot.testing.stage import Impossible
from callbot.testing.world.calls.looking import Looking
from callbot.testing.world.people import Who, key_of, name_of

_REACTION = 0.5
"""Seconds a person takes before they do something."""


class Acting(Looking):
    """A call in which people do things. `who` is the first person in the call when not given.

    What cannot be done (in a call that has ended, by somebody who is not there) fails the test with the
    timeline.
    """

    async def press(self, keys: str, *, every: float = _REACTION) -> None:
        """Press keys ("1", "12#"), each `every` seconds after what happened before.

        A bot that has not subscribed to tones is not told; the timeline shows that.
        """
        for key in keys:
            await sleep(self._patience.clock, every)
            await self._act("press", {"key": key}, f"nobody can press {key}")

    async def answers(self, who: Who | None = None) -> None:
        """Pick up the phone that rings."""
        await self._person("answer", who, "answer")

    async def declines(self, who: Who | None = None) -> None:
        """Turn the call down while it rings."""
        await self._person("decline", who, "decline")

    async def hangs_up(self, who: Who | None = None) -> None:
        """Hang up, or give up calling."""
        await self._person("hang-up", who, "hang up")

    async def says(self, seconds: float, who: Who | None = None) -> None:
        """Speak for so long whenever the bot records from now on; 0 for silence."""
        name = name_of(who) if who is not None else next(iter((await self.sight()).people), "")
        person = await self._people.find(name if who is None else who)
        if person is None:
            await self._fail(f"{name or 'nobody'} cannot speak: nobody is called that")
        await self._stage.behave(person.id, {"speaks_for": seconds})

    async def holds(self) -> None:
        """Put the bot on hold."""
        await self._act("hold", {}, "nobody can hold the call")

    async def resumes(self) -> None:
        """Take the bot back from hold."""
        await self._act("resume", {}, "nobody can resume the call")

    async def joins(self, who: Who) -> None:
        """Join the call; a call of two becomes a group call by that."""
        await self._person("join", who, "join")

    async def asks_to_join(self, who: Who) -> None:
        """Want to join a call that is recorded under the policy they are under, too: the bot decides."""
        await self._person("join-under-policy", who, "join under the policy")

    async def leaves(self, who: Who) -> None:
        """Leave a group call or a meeting."""
        await self._person("leave", who, "leave")

    async def mutes(self, who: Who | None = None) -> None:
        """Mute somebody; the bot when nobody is named."""
        await self._person("mute", who, "be muted")

    async def unmutes(self, who: Who | None = None) -> None:
        """Undo `mutes`."""
        await self._person("unmute", who, "be unmuted")

    async def shares_screen(self, who: Who) -> None:
        """Show their screen."""
        await self._person("share-screen", who, "share the screen")

    async def admits(self) -> None:
        """Let the bot in from the lobby."""
        await self._act("admit", {}, "nobody can admit the bot")

    async def denies(self) -> None:
        """Send the bot away from the lobby."""
        await self._act("deny", {}, "nobody can deny the bot")

    async def removes_bot(self) -> None:
        """Remove the bot from a group call or a meeting."""
        await self._act("remove-bot", {}, "nobody can remove the bot")

    async def ends(self) -> None:
        """End the conversation for everybody."""
        await self._act("end", {}, "nobody can end the conversation")

    async def _person(self, action: str, who: Who | None, what: str) -> None:
        body = {} if who is None else {"person": key_of(who)}
        await self._act(action, body, f"{name_of(who) if who is not None else 'nobody'} cannot {what}")

    async def _act(self, action: str, body: Mapping[str, object], complaint: str) -> None:
        try:
            await self._stage.act(self.id, action, body)
        except Impossible as why:
            await self._fail(f"{complaint}: {why}")
        await asyncio.sleep(0)  # whoever waits for it goes first
