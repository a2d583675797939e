"""Answering, rejecting and redirecting through the live call, over HTTPS."""

import pytest

from callbot import (
    AppHostedMediaConfig,
    CallEnded,
    CallState,
    CallStateConflict,
    IncomingCallOptions,
    InvalidArgument,
    RejectReason,
    User,
)
from callbot.emulator import WhenCalled
from tests.end_to_end.conftest import Start
from tests.end_to_end.verbs import WELCOME, Passive, ring, user


async def test_answer_returns_when_the_call_is_established(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        await call.answer(
            prefetch=[WELCOME],
            participant_capacity=3,
            options=IncomingCallOptions(is_content_sharing_notification_enabled=True),
        )
        assert call.state is CallState.ESTABLISHED
        config = emulated.document()["mediaConfig"]
        assert isinstance(config, dict)
        assert config["@odata.type"] == "#microsoft.graph.serviceHostedMediaConfig"
        assert len(config["preFetchMedia"]) == 1


async def test_answer_that_does_not_wait_returns_before(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        await call.answer(wait=False)
        await call.until(CallState.ESTABLISHED)


async def test_a_bot_with_media_of_its_own_answers_with_its_blob(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        await call.answer(media_config=AppHostedMediaConfig(blob="opaque"))
        config = emulated.document()["mediaConfig"]
        assert isinstance(config, dict)
        assert config["@odata.type"] == "#microsoft.graph.appHostedMediaConfig"


async def test_prompts_to_prefetch_and_a_media_configuration_exclude_each_other(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        with pytest.raises(InvalidArgument, match="prefetch and media_config exclude each other"):
            await call.answer(prefetch=[WELCOME], media_config=AppHostedMediaConfig(blob="opaque"))


async def test_answering_a_caller_who_has_given_up_raises_call_ended(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        emulated.hang_up()
        with pytest.raises(CallEnded):
            await call.answer()
        with pytest.raises(CallEnded):
            await call.answer()
        assert call.ended


async def test_answer_checks_the_capacity_before_it_sends(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        with pytest.raises(InvalidArgument, match="participant_capacity must be at least 1 participants"):
            await call.answer(participant_capacity=0)
        assert emulated.state == "incoming"


async def test_reject_returns_when_the_call_is_over(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        await call.reject(RejectReason.BUSY)
        assert call.ended
        assert emulated.over


async def test_a_call_that_was_answered_cannot_be_rejected(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        await call.answer()
        with pytest.raises(CallStateConflict):
            await call.reject()
        assert call.state is CallState.ESTABLISHED


async def test_redirect_to_many_returns_when_one_of_them_has_the_call(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        await call.redirect(
            user(world, "Ben"), user(world, "Chris"), user(world, "Femi", WhenCalled.ANSWER), timeout=15
        )
        assert call.ended
        await world.settled()
        assert bot.ends[0].result.code is None
        assert emulated.over


async def test_a_redirect_that_nobody_takes_ends_the_call_with_the_reason(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        await call.redirect(user(world, "Dana"))
        await world.settled()
        assert bot.ends[0].result.code == 486


@pytest.mark.parametrize(
    ("targets", "seconds", "limit"),
    [
        (0, None, "targets must be 1 to 25 targets; 0 given"),
        (26, None, "targets must be 1 to 25 targets; 26 given"),
        (1, 14, "timeout must be 15 to 90 seconds; 14 given"),
        (1, 91, "timeout must be 15 to 90 seconds; 91 given"),
    ],
)
async def test_redirect_names_the_limit_it_would_break(
    start: Start, targets: int, seconds: int | None, limit: str
) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await ring(world, bot)
        with pytest.raises(InvalidArgument, match=limit):
            await call.redirect(*[User(f"u{number}") for number in range(targets)], timeout=seconds)
        assert emulated.state == "incoming"


async def test_a_verb_the_state_does_not_allow_is_refused_and_the_call_is_read(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        with pytest.raises(CallStateConflict) as refused:
            await call.play(WELCOME)
        assert refused.value.code == "8501"
        await world.until(lambda: world.runtime.caretaker.reads.get("refused verb") == 1)
