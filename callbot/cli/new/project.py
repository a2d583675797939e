"""The files of a new project: templates filled in, and prompts to replace."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from string import Template

from callbot._version import __version__
from callbot.cli.failures import USAGE, Failure
from callbot.cli.new.names import class_name
from callbot.cli.new.sound import sound
from callbot.extras import pip_command

INSTALL = pip_command("sqlite", "testing")
"""How callbot is installed for a project: with what its own pyproject.toml asks for."""

_TEMPLATES = {
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "Dockerfile": "Dockerfile",
    "dockerignore": ".dockerignore",
    "gitignore": ".gitignore",
    "callbot.toml": "callbot.toml",
    "emulator.toml": "emulator.toml",
    "bot.py": "$name/bot.py",
    "package.py": "$name/__init__.py",
    "test_bot.py": "tests/test_bot.py",
}
_PROMPTS = {
    "welcome": (523.25, 659.25, 783.99),
    "news": (659.25, 880.0),
    "goodbye": (783.99, 523.25),
}


def files_of(name: str) -> Mapping[PurePosixPath, bytes]:
    """Return the files of the project `name`, by their paths in its folder."""
    return dict(_rendered(name))


def write(folder: Path, content: Mapping[PurePosixPath, bytes]) -> None:
    """Write a project into a folder that is not there yet, or is empty.

    Raises `Failure` for one that has something in it, and `OSError` for what cannot be written.
    """
    if folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None):
        raise Failure(f"{folder} is there already, and nothing is overwritten: take another name", USAGE)
    for path, data in content.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(data)


def _rendered(name: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    words = {"name": name, "class_name": class_name(name), "version": __version__, "install": INSTALL}
    templates = files("callbot.cli.new") / "template"
    for source, target in _TEMPLATES.items():
        text = Template((templates / f"{source}.txt").read_text(encoding="utf-8"))
        yield PurePosixPath(Template(target).substitute(words)), text.substitute(words).encode()
    for prompt, notes in _PROMPTS.items():
        yield PurePosixPath(name, "prompts", f"{prompt}.wav"), sound(notes)
