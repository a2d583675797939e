"""The names that users import are a promise."""

import importlib
import inspect
import re
from types import ModuleType

import pytest

import callbot
from callbot import errors

PROMISED = {
    "Call",
    "CallBot",
    "CallState",
    "Settings",
    "Tone",
    "Transition",
    "attach",
    "create_app",
    "run",
}
PACKAGES = ("", ".model", ".webhook", ".graph", ".state", ".store", ".media", ".emulator", ".testing")


def test_what_is_promised_is_exported() -> None:
    assert set(callbot.__all__) >= PROMISED


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_that_is_exported_is_there_and_once(name: str) -> None:
    module = importlib.import_module(f"callbot{name}")
    exported = module.__all__
    assert len(exported) == len(set(exported))
    assert [missing for missing in exported if not hasattr(module, missing)] == []


def test_the_names_are_sorted() -> None:
    assert sorted(callbot.__all__) == callbot.__all__


def test_every_name_there_is_is_exported() -> None:
    names = {
        name
        for name in dir(callbot)
        if not name.startswith("_") and not isinstance(getattr(callbot, name), ModuleType)
    }
    assert names == set(callbot.__all__) - {
        "__version__",
        "filters",
    }  # a module


@pytest.mark.parametrize("name", ["attach", "create_app", "run"])
def test_what_serves_a_bot_is_what_the_service_has(name: str) -> None:
    assert getattr(callbot, name) is getattr(importlib.import_module("callbot.service"), name)


def test_a_name_that_is_none_is_an_attribute_error_as_of_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'callbot' has no attribute 'runn'"):
        getattr(callbot, "runn")  # noqa: B009 - the type checker knows that it is none
    assert not hasattr(callbot, "serve")


def kinds_of_error() -> set[str]:
    defined = [value for value in vars(errors).values() if inspect.isclass(value)]
    return {value.__name__ for value in defined if issubclass(value, errors.CallbotError)}


def test_every_error_is_exported() -> None:
    assert kinds_of_error() - set(callbot.__all__) == set()


def test_every_error_is_drawn_in_the_tree() -> None:
    assert kinds_of_error() - set(re.findall(r"\w+", errors.__doc__ or "")) == set()


def test_everything_that_is_exported_says_what_it_is_for() -> None:
    for name in callbot.__all__:
        value = getattr(callbot, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), f"{name} has no docstring"
