"""Which names a bot can have: it is imported by its name, so Python has a say."""

import keyword
import re
import sys
from importlib.metadata import packages_distributions

from callbot.cli.failures import USAGE, Failure

_FORM = re.compile(r"[a-z][a-z0-9_]*")
_OF_THE_PROJECT = frozenset({"prompts", "tests"})
_TAKEN = sys.stdlib_module_names | {"callbot"}


def check_name(name: str) -> None:
    """Raise `Failure`, which says what to write instead, for a name that Python could not import."""
    complaint = _complaint(name)
    if complaint is not None:
        raise Failure(f"{name!r} cannot be the name of a bot: {complaint}", USAGE)


def class_name(name: str) -> str:
    """Return the name of the class in the module `name`: FrontDesk for front_desk."""
    return "".join(part.capitalize() for part in name.split("_"))


def _complaint(name: str) -> str | None:
    if "/" in name or "\\" in name:
        folder, _, last = name.replace("\\", "/").rstrip("/").rpartition("/")
        return f"it has no folder in it; write: callbot new {last or 'mybot'} --into {folder or '/'}"
    if _FORM.fullmatch(name) is None:
        return f"it is imported by it: small letters, digits and _ after a letter, such as {_near(name)}"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return f"it is a word of Python itself; {name}_bot is not"
    if name in _OF_THE_PROJECT:
        return f"the project has a folder {name} of its own; {name}_bot is free"
    if name in _TAKEN or name in packages_distributions():
        return f"there is a module {name} already, and one would hide the other; {name}_bot is free"
    return None


def _near(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_").lstrip("0123456789_")
    return plain if _FORM.fullmatch(plain) else "mybot"
