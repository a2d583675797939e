"""The telephone menu."""

from pathlib import Path

import pytest

from callbot.testing import simulate
from samples.ivr_menu.bot import Reception, bot


def test_the_bot_of_the_readme_can_be_imported() -> None:
    assert isinstance(bot, Reception)


async def test_1_passes_the_caller_on_to_sales(tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path)) as world:
        call = await world.incoming("Ana")
        await call.hears("menu.wav", whole=False)
        await call.press("1")
        await call.is_transferred_to("Femi")
        await call.is_over()


async def test_2_records_a_message(tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path)) as world:
        call = await world.incoming("Ana")
        await call.says(6)
        await call.hears("menu.wav")
        await call.press("2")
        await call.hears("message.wav")
        await call.is_over()
        await world.settled()
    (message,) = tmp_path.glob("*.wav")
    assert message.read_bytes().startswith(b"RIFF")


async def test_who_says_nothing_is_let_go(tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path)) as world:
        call = await world.incoming("Ana")
        await call.says(0)
        await call.hears("menu.wav")
        await call.press("2")
        await call.is_over()
    assert list(tmp_path.iterdir()) == []


async def test_when_sales_does_not_take_the_call_the_caller_leaves_a_message(tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path)) as world:
        await world.person("Femi", declines_after=2)
        call = await world.incoming("Ana")
        await call.says(6)
        await call.hears("menu.wav")
        await call.press("1")
        await call.hears("message.wav", within=120)
        await call.is_over()
    assert len(list(tmp_path.glob("*.wav"))) == 1


async def test_a_wrong_key_and_none_are_asked_about_again(tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path)) as world:
        call = await world.incoming("Ana")
        await call.hears("menu.wav")
        await call.press("7")
        await call.hears("again.wav")
        await call.hears("menu.wav")
        await call.hears("again.wav")
        await call.hears("menu.wav")
        await call.press("1")
        await call.is_transferred_to("Femi")


async def test_a_line_is_printed_for_each_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with simulate(bot) as world:
        call = await world.incoming("Ana")
        await call.hears("menu.wav")
        await call.hangs_up()
        await call.is_over()
    assert capsys.readouterr().out.startswith(f"{call.id}: nothing, ")


@pytest.mark.parametrize("faults", ["callbacks doubled and reordered", "callbacks lost", "requests failing"])
async def test_a_message_is_kept_on_a_bad_line(faults: str, tmp_path: Path) -> None:
    async with simulate(Reception(messages=tmp_path), faults=faults, seed=3) as world:
        call = await world.incoming("Ana")
        await call.hears("menu.wav", whole=False)
        await call.press("2")
        await call.is_over(within=600)
    assert len(list(tmp_path.glob("*.wav"))) == 1
