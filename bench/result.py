"""What a row comes to: the median of each side, how they compare, and what was to be reached."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Goal:
    """What a number is to reach: at least or at most `limit`. `of` says which number is meant."""

    limit: float
    at_least: bool
    of: str = "ratio"

    def met(self, result: "Result") -> bool | None:
        """Whether `result` reaches it, None when it was not measured."""
        value = result.ratio if self.of == "ratio" else result.callbot
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


def at_least(limit: float) -> Goal:
    """The ratio is to be `limit` or more."""
    return Goal(limit, at_least=True)


def at_most(limit: float, of: str = "ratio") -> Goal:
    """The ratio (or the number `of`) is to be `limit` or less."""
    return Goal(limit, at_least=False, of=of)


@dataclass(slots=True)
class Result:
    """One line of the table. `notes` say what a reader needs.

    `ratios` are those of the rounds: both sides of a round come right after each other, so what slows the
    machine down for a while slows both, and the median of the ratios is steadier than that of the medians.
    """

    name: str
    unit: str
    callbot: float | None = None
    baseline: float | None = None
    goal: Goal | None = None
    ratios: Sequence[float] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """Callbot's number divided by the baseline's; the median of the rounds."""
        return median(self.ratios) if self.ratios else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The range of the rounds' ratios."""
        return (min(self.ratios), max(self.ratios)) if self.ratios else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal or a measurement."""
        return None if self.goal is None else self.goal.met(self)

    def to_json(self) -> dict[str, object]:
        """Return the row as the last line of the report has it."""
        return {
            "name": self.name,
            "callbot": _rounded(self.callbot),
            "baseline": _rounded(self.baseline),
            "ratio": _rounded(self.ratio),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
            "unit": self.unit,
            "spread": None if self.spread is None else [_rounded(one) for one in self.spread],
            "notes": self.notes,
        }


def compared(
    name: str, unit: str, callbot: Sequence[float], baseline: Sequence[float], goal: Goal | None, *notes: str
) -> Result:
    """Return the row of two series that were measured round by round, in turn."""
    ratios = [one / other for one, other in zip(callbot, baseline, strict=True) if other]
    return Result(name, unit, median(callbot), median(baseline), goal, ratios, list(notes))


def unmeasured(name: str, unit: str, why: str, goal: Goal | None = None) -> Result:
    """Return the row of something that could not be measured here."""
    return Result(name, unit, goal=goal, notes=[f"not measured: {why}"])


def table(results: Iterable[Result]) -> str:
    """Return the results as text, one line each and their notes below."""
    head = ("row", "callbot", "baseline", "unit", "ratio", "rounds", "goal", "met")
    lines = [head]
    notes: list[str] = []
    for one in results:
        spread = "" if one.spread is None else f"{one.spread[0]:.2f}..{one.spread[1]:.2f}"
        met = {True: "yes", False: "NO", None: ""}[one.met]
        goal = "" if one.goal is None else str(one.goal)
        numbers = (_shown(one.callbot), _shown(one.baseline), one.unit, _shown(one.ratio))
        lines.append((one.name, *numbers, spread, goal, met))
        notes.extend(f"  {one.name}: {note}" for note in one.notes)
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*(line.rstrip() for line in shown), "", *notes])


def summary(results: Iterable[Result]) -> str:
    """Return the one line of JSON that ends the report."""
    return json.dumps({"rows": [one.to_json() for one in results]}, separators=(",", ":"))


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits are enough
