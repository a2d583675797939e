"""Listening to the keys that somebody presses until they have said what they were asked."""

from dataclasses import dataclass

from callbot.bot.flows.digits import Digits, GatherEnd
from callbot.bot.line.tones import Tones
from callbot.errors import InvalidArgument

MOST_DIGITS = 32
"""How many digits are gathered at most, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class GatherRules:
    """When gathering is over. Timeouts are in seconds. Raises `InvalidArgument` for what cannot work."""

    min_digits: int = 1
    max_digits: int = MOST_DIGITS
    terminators: str = "#"
    first_tone_timeout: float = 5.0
    inter_tone_timeout: float = 3.0

    def __post_init__(self) -> None:
        """Check that it can come to an end."""
        if not 0 <= self.min_digits <= self.max_digits or self.max_digits < 1:
            raise InvalidArgument(
                f"min_digits {self.min_digits} and max_digits {self.max_digits} do not go together: "
                "0 <= min_digits <= max_digits, and at least one digit",
                verb="gather",
            )
        if self.first_tone_timeout <= 0 or self.inter_tone_timeout <= 0:
            raise InvalidArgument("the timeouts are in seconds, and more than 0", verb="gather")


async def gather_once(tones: Tones, rules: GatherRules, tries: int = 1) -> Digits:
    """Take tones until one of the rules says that it is over. Raises `CallEnded` when the call ends."""
    digits, reason, terminator = "", GatherEnd.MAX_DIGITS, None
    while len(digits) < rules.max_digits:
        tone = await tones.take_wanted(rules.inter_tone_timeout if digits else rules.first_tone_timeout)
        if tone is None:
            reason = GatherEnd.INTER_TONE_TIMEOUT if digits else GatherEnd.FIRST_TONE_TIMEOUT
            break
        if tone.key in rules.terminators:
            reason, terminator = GatherEnd.TERMINATOR, tone.key
            break
        digits += tone.key if len(tone.key) == 1 else ""  # a hook flash is no digit
    else:
        tones.expect_stray(rules.terminators, rules.inter_tone_timeout)
    complete = len(digits) >= rules.min_digits
    return Digits(digits, reason, complete=complete, terminator=terminator, tries=tries)
