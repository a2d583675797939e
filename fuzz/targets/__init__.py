"""What is tried: each target takes bytes, and raises when a promise is broken."""

from collections.abc import Callable, Mapping

from fuzz.targets.decoding import decode_anything
from fuzz.targets.folding import fold_anything
from fuzz.targets.receiving import receive_anything

TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "decode": decode_anything,
    "receiver": receive_anything,
    "fold": fold_anything,
}
