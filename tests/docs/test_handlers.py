"""What docs/handlers.md shows is copied out of it and run."""

import importlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callbot import Settings
from callbot.bot.hooks import HOOKS
from callbot.testing import simulate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "handlers.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n# (\w+)\.py\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(BLOCK.findall(PAGE))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with every file that the page shows, and the prompts."""
    for name, code in FILES.items():
        (tmp_path / f"{name}.py").write_text(code)
    shutil.copytree(ROOT / "samples" / "prompts", tmp_path / "prompts")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in FILES:
        sys.modules.pop(name, None)


def shown(name: str) -> Any:
    return importlib.import_module(name)


def test_every_python_block_of_the_page_is_tried_here() -> None:
    tried = set(re.findall(r'shown\("(\w+)"\)', Path(__file__).read_text()))
    assert tried == set(FILES)
    assert PAGE.count("```python") == len(FILES)


def test_every_hook_is_in_the_table() -> None:
    table = PAGE.partition("| Hook |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(on_\w+)`", table)) == HOOKS


async def test_the_doorman(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulate(shown("hooks").Doorman()) as world:
        call = await world.incoming()
        await call.is_asked_for("subscribeToTone")
        await call.press("#")
        await call.is_over()
    said = capsys.readouterr().out
    assert "audio flows" in said
    assert "The bot ended the call" in said


async def test_the_reception(capsys: pytest.CaptureFixture[str]) -> None:
    bot = shown("conversation").Reception()
    async with simulate(bot) as world:
        call = await world.incoming()
        await call.hears("welcome.wav")
        await call.press("4711", every=0.2)
        await world.advance(1)
        await call.hears("welcome.wav", whole=False)
        await call.press("1")
        await call.is_transferred_to("Femi")
        await world.person("Femi", declines_after=1)
        second = await world.incoming()
        await second.is_asked_for("subscribeToTone")
        await second.press("08151", every=0.2)
        await second.hears("goodbye.wav", within=120)
        await second.is_over()
    assert bot.customers == ["4711", "0815"]
    assert capsys.readouterr().out


async def test_the_counter(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulate(shown("remembering").Counter()) as world:
        call = await world.incoming()
        await call.is_asked_for("subscribeToTone")
        await call.press("1*2*")
        await call.hangs_up()
        await call.is_over()
    assert capsys.readouterr().out == "1*2* with 2 attempts\n"


async def test_the_routers() -> None:
    async with simulate(shown("routed").bot) as world:
        await (await world.incoming("Ana")).is_rejected()
        phone = await world.incoming("Gil")
        await phone.is_established()
        await phone.hangs_up()


async def test_the_middleware() -> None:
    around = shown("around")
    async with simulate(around.Quiet()) as world:
        await (await world.incoming()).is_rejected()
    assert len(around.took) == 1


async def test_the_questions() -> None:
    async with simulate(shown("questions").Recorder()) as world:
        call = await world.incoming()
        await call.becomes("incoming")


def test_several_bots() -> None:
    settings = [
        Settings(app_id=one, client_secret="x", callback_url=f"https://bot.example.com/{one}")
        for one in ("reception", "doorman")
    ]
    app = shown("several").make_app(*settings)
    paths = {resource.canonical for resource in app.router.resources()}
    assert {"/reception", "/doorman"} <= paths
