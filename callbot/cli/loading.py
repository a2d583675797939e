"""From what is typed to settings and a bot, with errors that say what to write instead."""

import difflib
import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import click

from callbot.bot import CallBot
from callbot.bot.hooks import HOOKS
from callbot.cli.failures import USAGE, Failure
from callbot.errors import CallbotError
from callbot.settings import Settings

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="TOML file of settings; CALLBOT_... variables of the environment win over it.",
)

set_option = click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting; wins over the environment and the file. May be given several times.",
)


def arguments_in(assignments: Sequence[str]) -> dict[str, object]:
    """Return the settings that were typed as KEY=VALUE; lists are separated by commas. Raises `Failure`."""
    arguments: dict[str, object] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise _mistake(f"--set {assignment}: write KEY=VALUE, as in --set port=8443")
        arguments[key.strip()] = value
    return arguments


def load_settings(
    config: Path | None, assignments: Sequence[str] = (), kind: type[Settings] = Settings
) -> Settings:
    """Load settings, and miss a file they name before anything stumbles over it."""
    settings = kind.load(config, **arguments_in(assignments))
    for key, path in settings:
        if isinstance(path, Path) and not path.exists():
            made = "emulator" in path.parts
            hint = "; `python -m callbot emulator` makes it when it starts" if made else ""
            raise _mistake(f"{key} names {path.resolve()}, which does not exist{hint}")
    return settings


def load_bot(target: str) -> CallBot:
    """Import the bot that `target` names; a class is instantiated without arguments.

    Modules are looked for in the current folder first. Raises `Failure`.
    """
    module_name, colon, name = target.partition(":")
    if "/" in module_name or module_name.endswith(".py"):
        dotted = ".".join(Path(module_name).with_suffix("").parts)
        raise _mistake(f"{module_name} is a file: name the module instead, as in {dotted}:{name or 'bot'}")
    if not (module_name and colon and name):
        raise _mistake(f"{target!r} names no bot: write MODULE:BOT, as in {_example(module_name)}")
    module = _import(module_name)
    return _as_bot(_attribute(module, name), target)


def has_handlers(bot: CallBot) -> bool:
    """Whether anything of the bot can ever run: a hook of its own, or a router."""
    own = any(getattr(type(bot), hook) is not getattr(CallBot, hook) for hook in HOOKS)
    return own or bool(bot.routers)


def _import(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        if name == missing or name.startswith(f"{missing}."):
            raise _mistake(
                f"there is no module {missing} in {here} or among what is installed{_nearest(name)}"
            ) from None
        raise _mistake(f"{name} imports {missing}, which is not installed") from None
    except CallbotError as error:  # a misspelt hook, say
        raise _mistake(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever the module does when it is imported
        raise _mistake(f"{name} cannot be imported: {_where(error)}{_what(error)}") from None


def _example(module_name: str) -> str:
    """Return MODULE:BOT with the first bot of the module, where there is one."""
    try:
        bots = _bots(_import(module_name)) if module_name else []
    except Failure:
        bots = []
    instances = [bot for bot in bots if bot.islower()]  # an instance, by its name, is what is meant
    return f"{module_name}:{(instances or bots)[0]}" if bots else "samples.greeter:bot"


def _nearest(name: str) -> str:
    """Return a hint at a module in the current folder whose name is like this one, or nothing."""
    folder, parts = Path.cwd(), name.split(".")
    for position, part in enumerate(parts):
        here = {entry.stem for entry in folder.iterdir() if entry.suffix == ".py" or entry.is_dir()}
        if part not in here:
            near = difflib.get_close_matches(part, here, n=1)
            return (
                f"; did you mean {'.'.join([*parts[:position], near[0], *parts[position + 1 :]])}?"
                if near
                else ""
            )
        folder /= part
        if not folder.is_dir():
            break
    return ""


def _attribute(module: ModuleType, name: str) -> object:
    try:
        return getattr(module, name)
    except AttributeError:
        pass
    near = difflib.get_close_matches(name, _bots(module) or list(vars(module)), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    bots = _bots(module)
    if bots and not hint:
        hint = f"; its bots are {', '.join(bots)}"
    raise _mistake(f"{module.__name__} has no {name}{hint}")


def _bots(module: ModuleType) -> list[str]:
    """The names of everything in a module that can be run."""
    everything = vars(module).items()
    return [name for name, value in everything if isinstance(value, CallBot) or _is_bot_class(value)]


def _as_bot(value: object, target: str) -> CallBot:
    if isinstance(value, CallBot):
        return value
    if not _is_bot_class(value):
        raise _mistake(f"{target} is {_kind(value)}: a bot is a subclass of CallBot, or an instance of one")
    try:
        return value()
    except TypeError as error:
        raise _mistake(
            f"{target} cannot be made without arguments ({error}): "
            "make an instance in the module, and name that"
        ) from None
    except CallbotError as error:
        raise _mistake(str(error)) from None


def _is_bot_class(value: object) -> TypeGuard[type[CallBot]]:
    return isinstance(value, type) and issubclass(value, CallBot) and value is not CallBot


def _kind(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"of the type {type(value).__name__}"


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, SyntaxError) else f"{error.msg}"


def _where(error: Exception) -> str:
    """Say where in the user's code it happened: the last line that is not of the import machinery."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: "
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}, line {frames[-1].lineno}: " if frames else ""


def _mistake(message: str) -> Failure:
    return Failure(message, USAGE)
