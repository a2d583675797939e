"""One target under atheris, in a process of its own: `python -m fuzz.run TARGET [libFuzzer's options]`."""

import logging
import sys
from importlib import import_module


def main() -> None:
    """Fuzz until libFuzzer has had enough, or until something breaks."""
    logging.disable()  # a line per refusal would cost more than the refusal
    atheris = import_module("atheris")  # not among the dependencies: see requirements.txt
    with atheris.instrument_imports(include=["callbot", "jwt", "json"]):
        targets = import_module("fuzz.targets").TARGETS
    atheris.Setup([sys.argv[0], *sys.argv[2:]], targets[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
