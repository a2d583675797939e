"""The verbs of a conversation: asking for digits, offering a choice, recording under a policy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from callbot.bot.call.media import MediaVerbs
from callbot.bot.call.own_leg import OwnLegVerbs
from callbot.bot.flows import Digits, GatherRules, gather_once
from callbot.bot.flows.gathering import MOST_DIGITS
from callbot.bot.line.prompts import Prompt
from callbot.errors import CallEnded, InvalidArgument
from callbot.model import MediaInfo, RecordingStatus, ToneName

Choice = TypeVar("Choice")


class ConversationVerbs(MediaVerbs, OwnLegVerbs):
    """Verbs that take several steps. Each raises `CallEnded` as soon as the call ends."""

    async def gather(
        self,
        *prompts: Prompt,
        min_digits: int = 1,
        max_digits: int = MOST_DIGITS,
        terminators: str = "#",
        first_tone_timeout: float = 5.0,
        inter_tone_timeout: float = 3.0,
        barge_in: bool = True,
        retries: int = 0,
        retry_prompt: Prompt | None = None,
    ) -> Digits:
        """Play `prompts`, then listen to the keys somebody presses; returns them as a `str` that says why.

        It is over with `max_digits` digits, with one of the `terminators`, when nothing is pressed within
        `first_tone_timeout` seconds after the prompt, or nothing more within `inter_tone_timeout`. When there
        are fewer than `min_digits` then, the caller is asked again, `retries` times, with `retry_prompt` in
        the place of the prompts if there is one; after that `digits.complete` is False.

        With `barge_in` a key ends the prompt, and whoever typed before is not kept waiting by it. Keys that
        are pressed while a prompt plays are never lost. The tones are subscribed to if they are not yet;
        what is taken here is still told to `on_tone`.
        """
        rules = GatherRules(min_digits, max_digits, terminators, first_tone_timeout, inter_tone_timeout)
        await self._listen()
        tries = 1
        while True:
            await self._ask(prompts, barge_in=barge_in)
            digits = await gather_once(self._tones, rules, tries)
            if digits.complete or tries > retries:
                return digits
            tries += 1
            if retry_prompt is not None:
                prompts = (retry_prompt,)

    async def menu(
        self,
        prompt: Prompt | Sequence[Prompt],
        options: Mapping[str, Choice],
        *,
        invalid: Prompt | None = None,
        no_input: Prompt | None = None,
        first_tone_timeout: float = 5.0,
        barge_in: bool = True,
        retries: int = 2,
    ) -> Choice | None:
        """Play a prompt and return the option whose key is pressed; None when the caller chose none.

        `options` says what each key stands for: anything, such as a person to transfer to or a method to
        await. After a key that stands for nothing `invalid` is played, after none `no_input`, and the caller
        is asked again, `retries` times.
        """
        _check_keys(options)
        prompts = (prompt,) if isinstance(prompt, str | Path | MediaInfo) else tuple(prompt)
        rules = GatherRules(max_digits=1, terminators="", first_tone_timeout=first_tone_timeout)
        await self._listen()
        for left in range(retries, -1, -1):
            await self._ask(prompts, barge_in=barge_in)
            pressed = await gather_once(self._tones, rules)
            if pressed in options:
                return options[pressed]
            complaint = invalid if pressed else no_input
            if complaint is not None and left:
                await self._ask((complaint,), barge_in=barge_in)
        return None

    @asynccontextmanager
    async def recording_status(self) -> AsyncIterator[None]:
        """Show everybody that they are recorded while the block runs: `async with call.recording_status():`.

        Nothing of the call may be kept before the block begins or after it ends. When the block raises, the
        status becomes `FAILED` instead of `NOT_RECORDING`. The end of the call ends the status by itself.
        https://learn.microsoft.com/graph/api/call-updaterecordingstatus
        """
        await self.update_recording_status(RecordingStatus.RECORDING)
        after = RecordingStatus.NOT_RECORDING
        try:
            yield
        except CallEnded:
            raise
        except Exception:
            after = RecordingStatus.FAILED
            raise
        finally:
            with suppress(CallEnded):
                await self.update_recording_status(after)

    async def _ask(self, prompts: Sequence[Prompt], *, barge_in: bool) -> None:
        """Play prompts, unless the caller has answered already and may interrupt."""
        if prompts and not (barge_in and self._tones):
            await self.play(*prompts, interrupt_on_tone=barge_in)


def _check_keys(options: Mapping[str, object]) -> None:
    keys = {name.key for name in ToneName if len(name.key) == 1}
    unknown = sorted(key for key in options if key not in keys)
    if unknown or not options:
        raise InvalidArgument(
            f"a menu has one key for each option, not {', '.join(map(repr, unknown)) or 'none at all'}",
            verb="menu",
        )
