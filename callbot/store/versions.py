"""Compare-and-set: a record is written only over the version it was made from."""

from callbot.errors import VersionConflict
from callbot.state import Record


def check_version(record: Record, kept: int) -> None:
    """Raise `VersionConflict` when `kept` (0 is none) is not the version that `record` was made from."""
    if kept != record.version:
        raise VersionConflict(f"the store holds version {kept}, not {record.version}")
