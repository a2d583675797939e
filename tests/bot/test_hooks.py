"""A bot class is checked when it is made: a hook that would never run is an error, not silence."""

import pytest

from callbot import Call, CallBot, ConfigurationError, HookError, MediaChange, Transition, User
from callbot.model import CallState, MediaState, ResultInfo
from callbot.state import Source


def transition(state: CallState) -> Transition:
    return Transition("c", 1, None, state, Source.NOTIFICATION, 0.0, ResultInfo.view({}))


def test_a_misspelt_hook_raises_with_the_nearest_name() -> None:
    with pytest.raises(
        HookError, match=r"Typo\.on_establised is not a hook .* did you mean on_established\?"
    ):

        class Typo(CallBot):
            async def on_establised(self, call: Call, transition: Transition) -> None: ...


@pytest.mark.parametrize("name", ["onEstablished", "On_Tone", "on_TERMINATED", "onincoming"])
def test_a_hook_in_another_spelling_is_misspelt_too(name: str) -> None:
    async def hook(self: CallBot, call: Call, what: object) -> None: ...

    with pytest.raises(HookError, match="is not a hook"):
        type("Typo", (CallBot,), {name: hook})


def test_a_name_near_to_nothing_gets_the_list_of_hooks() -> None:
    with pytest.raises(HookError, match="the hooks are on_announced, on_content_sharing, on_error"):
        type("Odd", (CallBot,), {"on_qqqqqqqq": None})


def test_a_hook_that_is_not_a_coroutine_function_is_refused() -> None:
    with pytest.raises(HookError, match=r"must be `async def on_tone\(self, call, what\)`"):
        type("Sync", (CallBot,), {"on_tone": print})


def test_a_hook_with_the_wrong_arguments_is_refused() -> None:
    async def alone(self: CallBot) -> None: ...

    async def crowd(self: CallBot, call: Call, what: object, more: object) -> None: ...

    for hook in (alone, crowd):
        with pytest.raises(HookError, match=r"must take \(self, call, what\)"):
            type("Wrong", (CallBot,), {"on_tone": hook})


def test_a_subclass_of_a_bot_is_checked_too_and_inherits_hooks() -> None:
    class First(CallBot):
        async def on_established(self, call: Call, transition: Transition) -> None: ...

    class Second(First):
        async def on_media(self, call: Call, change: MediaChange) -> None: ...

    bot = Second()
    assert bot.hook_for(transition(CallState.ESTABLISHED)) is not None
    assert bot.hook_for(MediaChange("c", MediaState.ACTIVE, 0.0)) is not None
    assert bot.hook_for(transition(CallState.HOLD)) is None
    with pytest.raises(HookError):

        class Third(First):
            async def on_terminatd(self, call: Call, transition: Transition) -> None: ...


def test_other_methods_may_have_any_name() -> None:
    class Quiet(CallBot):
        def only_mine(self) -> None: ...

        async def established(self) -> None: ...

    assert Quiet().hook_for(transition(CallState.ESTABLISHED)) is None


def test_on_transition_takes_what_has_no_hook_of_its_own_also_a_state_to_come() -> None:
    class Both(CallBot):
        async def on_established(self, call: Call, transition: Transition) -> None: ...

        async def on_transition(self, call: Call, transition: Transition) -> None: ...

    bot = Both()
    names = {
        state: getattr(bot.hook_for(transition(CallState(state))), "__name__", None)
        for state in ("established", "hold", "levitating")
    }
    assert names == {"established": "on_established", "hold": "on_transition", "levitating": "on_transition"}


async def test_a_bot_that_does_not_run_cannot_place_calls_and_says_so() -> None:
    with pytest.raises(ConfigurationError, match="not running"):
        await CallBot().place_call(User("b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"))
