"""Prompts, recordings and tones through the live call, over HTTPS."""

import asyncio
import wave
from pathlib import Path

import pytest

from callbot import (
    InvalidArgument,
    MediaInfo,
    OperationFailed,
    OperationFinished,
    PromptError,
    ToneName,
)
from callbot.emulator import Behaviour
from callbot.model import OperationStatus
from tests.end_to_end.conftest import Start
from tests.end_to_end.verbs import WELCOME, Passive, connect


async def test_play_returns_when_every_prompt_has_been_heard_as_often_as_asked(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        played = await call.play(WELCOME, WELCOME, loop=2)
        assert played.status is OperationStatus.COMPLETED
        assert [one.whole for one in emulated.heard] == [True] * 4
        await world.settled()
        assert [one.operation.id for one in bot.operations] == [played.id]


async def test_play_that_does_not_wait_returns_with_the_operation_running(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        await call.audio_ready()
        begun = await call.play(WELCOME, wait=False)
        assert begun.status is OperationStatus.RUNNING
        await emulated.until_heard(1)


async def test_a_prompt_that_graph_cannot_fetch_fails_with_the_reason(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        with pytest.raises(OperationFailed) as failed:
            await call.play("https://localhost:9/nothing.wav")
        assert failed.value.subcode == 8536
        assert "download" in str(failed.value.explain()).lower()


async def test_a_prompt_that_cannot_be_played_is_refused_before_anything_is_sent(
    start: Start, tmp_path: Path
) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        with pytest.raises(PromptError):
            await call.play(tmp_path / "missing.wav")
        assert emulated.heard == []


@pytest.mark.parametrize("prompts", [0, 21])
async def test_play_names_the_limit_of_prompts(start: Start, prompts: int) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        with pytest.raises(InvalidArgument, match=f"prompts must be 1 to 20 prompts; {prompts} given"):
            await call.play(*[MediaInfo(uri="https://localhost:9/a.wav")] * prompts)


async def test_cancel_media_ends_what_plays_and_what_is_queued(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        playing = asyncio.create_task(call.play(*[WELCOME] * 20))
        await world.until(lambda: len(emulated.heard) > 0)
        queued = await call.play(WELCOME, wait=False)
        cancelled = await call.cancel_media()
        assert cancelled.status is OperationStatus.COMPLETED
        with pytest.raises(OperationFailed) as failed:
            await playing
        assert failed.value.subcode == 8508
        await world.until(lambda: len(bot.operations) == 2)
        assert bot.operations[1].operation.id == queued.id
        assert bot.operations[1].operation.status is OperationStatus.FAILED
        assert not call.ended


async def test_record_returns_a_recording_that_can_be_saved(start: Start, tmp_path: Path) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        world.emulator.person("Femi").behaviour = Behaviour(speaks_for=60.0)
        recording_soon = asyncio.create_task(
            call.record(WELCOME, max_duration=120, stop_tones="12#", beep=False, barge_in=False)
        )
        await emulated.until_heard(1)
        await world.until(lambda: recording_soon.done() or not emulated.press("#"))
        recording = await recording_soon
        assert recording.finished
        assert recording.completion_reason == "stopToneDetected"
        token = recording.operation.recording_access_token
        assert recording.location
        assert token
        assert token not in repr(recording)
        target = tmp_path / "said.wav"
        size = await recording.save(target)
        assert size == target.stat().st_size
        with wave.open(str(target)) as file:
            assert file.getframerate() == 16_000
        async with recording.stream() as chunks:
            assert sum([len(chunk) async for chunk in chunks]) == size
        with pytest.raises(InvalidArgument, match="larger than 10 bytes"):
            await recording.save(tmp_path / "short.wav", max_size=10)


async def test_a_recording_in_which_nobody_speaks_fails_with_the_reason(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        world.emulator.person("Femi").behaviour = Behaviour(speaks_for=0.0)
        with pytest.raises(OperationFailed) as failed:
            await call.record(initial_silence_timeout=1, max_duration=2, beep=False)
        assert failed.value.subcode == 8510


async def test_a_recording_nobody_waited_for_comes_to_on_operation(start: Start, tmp_path: Path) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        await call.audio_ready()
        begun = await call.record(max_duration=1, beep=False, wait=False)
        assert not begun.finished
        assert begun.location is None
        with pytest.raises(InvalidArgument, match="no recording to download"):
            await begun.save(tmp_path / "early.wav")
        await world.until(lambda: len(bot.operations) == 1)
        finished: OperationFinished = bot.operations[0]
        assert await call.recording(finished.operation).save(tmp_path / "said.wav") > 0
        played = await call.play(WELCOME)
        with pytest.raises(InvalidArgument, match="PlayPromptOperation is no recording"):
            call.recording(played)


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [
        ({"max_duration": 121}, "max_record_duration_in_seconds must be 1 to 120 seconds; 121 given"),
        ({"max_silence_timeout": 0}, "max_silence_timeout_in_seconds must be 1 to 120 seconds; 0 given"),
        ({"initial_silence_timeout": 500}, "initial_silence_timeout_in_seconds must be 1 to 120 seconds"),
    ],
)
async def test_record_names_the_limit_it_would_break(
    start: Start, arguments: dict[str, int], limit: str
) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        with pytest.raises(InvalidArgument, match=limit):
            await call.record(**arguments)  # type: ignore[arg-type]  # of ints


async def test_tones_are_reported_once_asked_for(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        assert (await call.subscribe_to_tone()).status is OperationStatus.COMPLETED
        for key in "1*#":
            assert emulated.press(key)
        heard = []
        async for tone in call.tones():
            heard.append(tone.key)
            if tone.key == "#":
                break
        assert heard == ["1", "*", "#"]


async def test_send_dtmf_returns_when_the_keys_have_been_pressed(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        await call.send_dtmf("1#", delay_between_tones_ms=0)
        await call.send_dtmf([ToneName.FLASH])
        assert emulated.sent_tones == ["tone1", "pound", "flash"]


async def test_send_dtmf_checks_the_keys_before_it_sends(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        with pytest.raises(InvalidArgument, match="no phone key shows 'x'"):
            await call.send_dtmf("1x")
        with pytest.raises(InvalidArgument, match="tones must be at least one tone"):
            await call.send_dtmf("")
        with pytest.raises(InvalidArgument, match="delay_between_tones_ms must be at least 0"):
            await call.send_dtmf("1", delay_between_tones_ms=-1)
        assert emulated.sent_tones == []


async def test_where_no_callback_can_come_outcomes_are_polled(start: Start) -> None:
    bot = Passive()
    async with start(bot, callbacks="off", poll_interval=0.5) as world:
        call, emulated = await connect(world, bot)
        played = await call.play(WELCOME)
        assert played.status is OperationStatus.COMPLETED
        assert [one.whole for one in emulated.heard] == [True]
        await call.hang_up()
        assert call.ended
