"""Compare-and-set: a record is written only over the version it was made from."""

from callbot.errors import VersionConflict


def check_version(expected: int, kept: int) -> None:
    """Raise `VersionConflict` when a store keeps another version of a record than expected (0 is none)."""
    if kept != expected:
        raise VersionConflict(f"the store holds version {kept}, not {expected}")
