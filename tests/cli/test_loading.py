"""MODULE:BOT: what is found, and what is said when it is not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbot import CallBot, Router
from callbot.cli.failures import USAGE, Failure
from callbot.cli.loading import has_handlers, load_bot

BOTS = """
from callbot import CallBot

class Greeter(CallBot):
    async def on_incoming(self, call, transition):
        await call.answer()

class Needy(CallBot):
    def __init__(self, database):
        self.database = database

greeter = Greeter()
number = 7
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    Path("bots.py").write_text(BOTS)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def complaint(target: str) -> str:
    with pytest.raises(Failure) as failure:
        load_bot(target)
    assert failure.value.exit_code == USAGE
    return failure.value.message


@pytest.mark.parametrize("target", ["bots:greeter", "bots:Greeter"])
def test_an_instance_and_a_class_are_bots(target: str) -> None:
    bot = load_bot(target)
    assert isinstance(bot, CallBot)
    assert type(bot).__name__ == "Greeter"


def test_a_missing_module_is_named_with_where_it_was_looked_for(tmp_path: Path) -> None:
    assert complaint("nothing:greeter") == (
        f"there is no module nothing in {tmp_path} or among what is installed"
    )
    assert "no module nothing" in complaint("nothing.deeper:greeter")


def test_a_misspelt_module_is_answered_with_the_nearest_in_this_folder() -> None:
    assert complaint("bost:greeter").endswith("; did you mean bots?")
    Path("packed").mkdir()
    Path("packed/deeper.py").write_text(BOTS)
    assert complaint("packed.deepr:greeter").endswith("; did you mean packed.deeper?")
    assert complaint("paked.deeper:greeter").endswith("; did you mean packed.deeper?")


def test_a_module_without_a_bot_is_answered_with_its_bot() -> None:
    assert complaint("bots").endswith("write MODULE:BOT, as in bots:greeter")


def test_a_bot_that_nothing_can_happen_to_is_told_apart() -> None:
    assert has_handlers(load_bot("bots:greeter"))
    assert has_handlers(CallBot().include(Router()))
    assert not has_handlers(CallBot())


def test_a_misspelt_name_is_answered_with_the_nearest_bot() -> None:
    assert complaint("bots:greter") == "bots has no greter; did you mean greeter?"


def test_a_name_like_none_is_answered_with_the_bots_there_are() -> None:
    assert "its bots are Greeter, Needy, greeter" in complaint("bots:xyz")


def test_what_is_not_a_bot_is_refused() -> None:
    assert "bots:number is of the type int: a bot is a subclass of CallBot" in complaint("bots:number")
    assert "is the class CallBot" in complaint("bots:CallBot")


def test_a_bot_that_needs_arguments_is_to_be_made_in_its_module() -> None:
    message = complaint("bots:Needy")
    assert "missing 1 required positional argument: 'database'" in message
    assert "make an instance in the module" in message


@pytest.mark.parametrize("target", ["", ":", ":greeter"])
def test_a_target_without_a_module_or_a_bot_is_explained(target: str) -> None:
    assert "write MODULE:BOT, as in samples.greeter:bot" in complaint(target)


def test_a_file_is_answered_with_the_name_of_its_module() -> None:
    assert complaint("samples/greeter.py:bot").endswith("as in samples.greeter:bot")
    assert complaint("bots.py:greeter").endswith("as in bots:greeter")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nothere_at_all", "broken imports nothere_at_all, which is not installed"),
        ("def f():\n    return 1 / 0\nf()", "broken.py, line 2: ZeroDivisionError: division by zero"),
        ("def f(:", "broken.py, line 1: invalid syntax"),
    ],
)
def test_a_module_that_fails_is_named_with_the_line(source: str, words: str) -> None:
    Path("broken.py").write_text(source)
    assert words in complaint("broken:bot")


def test_a_misspelt_hook_is_told_without_a_traceback() -> None:
    Path("misspelt.py").write_text(BOTS.replace("on_incoming", "on_incomming"))
    assert complaint("misspelt:greeter").endswith("did you mean on_incoming?")
