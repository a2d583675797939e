"""What an examination finds: one line each, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: a warning may be what was intended, with a failure calls will not work."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination. `check` names what was looked at, `fix` is empty where all is well."""

    check: str
    level: Level
    says: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as one JSON object."""
        return {key: str(value) for key, value in asdict(self).items()}


def ok(check: str, says: str) -> Finding:
    """Return a finding that is well."""
    return Finding(check, Level.OK, says)


def warning(check: str, says: str, fix: str) -> Finding:
    """Return a finding that may be as intended."""
    return Finding(check, Level.WARNING, says, fix)


def failure(check: str, says: str, fix: str) -> Finding:
    """Return a finding with which calls will not work."""
    return Finding(check, Level.FAILURE, says, fix)


def failed(findings: Iterable[Finding]) -> bool:
    """Tell whether anything among them keeps calls from working."""
    return any(finding.level is Level.FAILURE for finding in findings)
