"""Find and read prompt files, and nothing outside the folders prompts may come from."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from callbot.errors import PromptError
from callbot.media.wav import MAX_BYTES


class Stamp(NamedTuple):
    """What changes when a file does.

    The inode and its change time see what a copy that keeps times and size would hide.
    """

    device: int
    inode: int
    size: int
    modified: int
    changed: int


def locate(source: str | Path, roots: Sequence[Path]) -> Path:
    """Return the absolute path of a prompt file: the first of `roots` that has it.

    Symbolic links are followed first, so neither they nor `..` lead out of the roots. Raises `PromptError`
    with the absolute paths that were tried.
    """
    if not str(source).isprintable():
        raise PromptError(f"{str(source)!r} is not the path of a prompt: it has control characters")
    absent: list[Path] = []
    outside: list[Path] = []
    try:
        for root in roots:
            path = (root / source).resolve()
            if not path.is_relative_to(root.resolve()):
                outside.append(path)
            elif path.exists():
                return path
            else:
                absent.append(path)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links, before Python 3.13
        raise PromptError(f"cannot look for the prompt {source}: {error}") from None
    if absent:
        raise PromptError(f"there is no prompt file {_listed(absent)}")
    raise PromptError(
        f"the prompt {_listed(outside)} is outside the folders prompts may come from ({_listed(roots)}): "
        "move it into one of them, or give its folder as a further root"
    )


def stamp(path: Path) -> Stamp:
    """Return the file's stamp; raises `PromptError` when it is not a file that can be read."""
    try:
        return _stamp(path, path.stat())
    except OSError as error:
        raise _unreadable(path, error) from None


def read(path: Path) -> tuple[Stamp, bytes]:
    """Return a file's content and the stamp it had before it was read.

    Reads at most one byte more than a prompt may have. Raises `PromptError`.
    """
    stamp(path)  # opening a pipe would wait for its writer
    try:
        with path.open("rb") as file:
            return _stamp(path, os.fstat(file.fileno())), file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from None


def _stamp(path: Path, found: os.stat_result) -> Stamp:
    if stat.S_ISDIR(found.st_mode):
        raise PromptError(f"the prompt {path} is a folder: name a WAV file in it")
    if not stat.S_ISREG(found.st_mode):
        raise PromptError(f"the prompt {path} is not a regular file")
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _unreadable(path: Path, error: OSError) -> PromptError:
    return PromptError(f"cannot read the prompt file {path}: {error.strerror}")


def _listed(paths: Sequence[Path]) -> str:
    return " or ".join(dict.fromkeys(str(path) for path in paths))
