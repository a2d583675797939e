"""Says in one line when `python -m callbot` is run by a Python that lacks what callbot needs.

The package is imported before its `__main__`, so this has to be the first thing that it imports.
"""

import sys
from importlib.util import find_spec

_NEEDED = (
    "aiohttp",
    "click",
    "cryptography",
    "jwt",
    "msal",
    "prometheus_client",
    "pydantic",
    "structlog",
)


def check_dependencies() -> None:
    """End the process with advice when something is not installed; only for `python -m callbot`."""
    if sys.argv[:1] != ["-m"]:  # what it is while Python looks for the module it was told to run
        return
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.exit(
            f"callbot's dependencies are not installed for {sys.executable}: {', '.join(missing)}.\n"
            "Run .venv/bin/python -m callbot (`make demo` makes it), or install callbot: pip install FOLDER"
        )


check_dependencies()
