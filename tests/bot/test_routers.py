"""Routers: which handler runs for what happened to which call."""

from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot import Call, CallBot, CallState, Filter, HookError, Router, Tone, Transition, User, filters
from callbot.bot import Desk
from callbot.model import ResultInfo, ToneName
from callbot.state import Record, Source

ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
TONE = Tone("c", 1, ToneName.TONE1, 0.0)


class Desktop:
    """As much of a desk as a call needs to be looked at."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def record(self, key: str) -> Record:
        return self._record


def a_call(tenant: str = "t1", state: CallState = CallState.ESTABLISHED, **resource: object) -> Call:
    record = Record(
        key="c",
        id="c",
        app_id="a",
        tenant_id=tenant,
        first_seen_at=0.0,
        seen_at=0.0,
        state_at=0.0,
        state=state,
        resource={"id": "c", "direction": "incoming", **resource},
    )
    return Call(record, cast(Desk, Desktop(record)))


def transition(state: CallState) -> Transition:
    return Transition("c", 1, None, state, Source.NOTIFICATION, 0.0, ResultInfo.view({}))


async def own(call: Call, what: object) -> None: ...


async def other(call: Call, what: object) -> None: ...


def handler(bot: CallBot, call: Call, change: Any) -> object:
    found = bot.handling_for(call, change)
    return None if found is None else found.handler


# -- which one runs ------------------------------------------------------------------------------------------


def test_the_first_handler_that_is_for_it_runs_and_the_bots_own_hook_comes_last() -> None:
    first, second = Router(), Router()
    first.on(CallState.HOLD, when=filters.tenant("t2"))(own)
    second.on(CallState.HOLD)(other)

    class Bot(CallBot):
        routers = (first, second)

        async def on_hold(self, call: Call, transition: Transition) -> None: ...

        async def on_established(self, call: Call, transition: Transition) -> None: ...

    bot = Bot()
    assert handler(bot, a_call("t2"), transition(CallState.HOLD)) is own
    assert handler(bot, a_call("t1"), transition(CallState.HOLD)) is other
    assert handler(bot, a_call(), transition(CallState.ESTABLISHED)) == bot.on_established
    assert handler(bot, a_call(), transition(CallState.RINGING)) is None
    assert not bot.wants(transition(CallState.RINGING))


def test_a_router_has_what_it_includes_under_its_own_filter() -> None:
    inner, outer = Router(), Router(when=filters.tenant("t2"))
    inner.on()(own)
    bot = CallBot().include(outer.include(inner))
    assert handler(bot, a_call("t2"), transition(CallState.TERMINATED)) is own
    assert handler(bot, a_call("t1"), transition(CallState.TERMINATED)) is None
    assert bot.wants(transition(CallState.TERMINATED))  # of some calls


def test_tones_are_routed_by_their_key() -> None:
    router = Router()
    router.on_tone("2", "*")(other)
    router.on_tone("1")(own)
    bot = CallBot().include(router)
    assert handler(bot, a_call(), TONE) is own
    assert not bot.wants(Tone("c", 2, ToneName.TONE3, 0.0))
    router.on_tone()(other)
    assert bot.wants(Tone("c", 2, ToneName.TONE3, 0.0))


def test_including_a_router_in_one_bot_leaves_the_others_alone() -> None:
    router = Router()
    router.on()(own)
    assert CallBot().include(router).wants(transition(CallState.HOLD))
    assert not CallBot().wants(transition(CallState.HOLD))


# -- filters -------------------------------------------------------------------------------------------------

SOURCE = {"identity": {"user": {"id": ANA}}}


@pytest.mark.parametrize(
    ("one", "call", "passes"),
    [
        (filters.incoming, a_call(), True),
        (filters.outgoing, a_call(), False),
        (filters.peer_to_peer, a_call(), True),
        (filters.meeting, a_call(meetingInfo={"@odata.type": "#microsoft.graph.tokenMeetingInfo"}), True),
        (filters.peer_to_peer, a_call(targets=[{"identity": {}}, {"identity": {}}]), False),
        (filters.state(CallState.ESTABLISHED), a_call(), True),
        (filters.state(CallState.HOLD, CallState.INCOMING), a_call(), False),
        (filters.tenant("T1"), a_call("t1"), True),
        (filters.source(User(ANA)), a_call(source=SOURCE), True),
        (filters.source(ANA.upper()), a_call(source=SOURCE), True),
        (filters.source("+4930123456"), a_call(source=SOURCE), False),
        (filters.source(ANA), a_call(), False),
        (filters.from_phone, a_call(source=SOURCE), False),
        (filters.from_phone, a_call(source={"identity": {"phone": {"id": "+4930123456"}}}), True),
        (filters.everything, a_call(), True),
    ],
)
def test_a_filter_looks_at_the_call(one: Filter, call: Call, passes: bool) -> None:
    assert one(call, TONE) is passes
    assert (~one)(call, TONE) is not passes


def test_a_filter_for_a_state_looks_at_the_new_state_of_a_transition() -> None:
    assert filters.state(CallState.HOLD)(a_call(), transition(CallState.HOLD))


truths = st.sampled_from([(Filter(lambda *_: True), True), (Filter(lambda *_: False), False)])
combined = st.recursive(
    truths,
    lambda some: (
        st.builds(lambda one, two: (one[0] & two[0], one[1] and two[1]), some, some)
        | st.builds(lambda one, two: (one[0] | two[0], one[1] or two[1]), some, some)
        | st.builds(lambda one: (~one[0], not one[1]), some)
    ),
)


@given(combined)
def test_filters_combine_as_their_signs_say(pair: tuple[Filter, bool]) -> None:
    combination, truth = pair
    assert combination(a_call(), TONE) is truth


def test_a_filter_in_a_condition_is_a_mistake_that_is_told() -> None:
    with pytest.raises(TypeError, match="combine filters with"):
        _ = filters.incoming and filters.meeting
    assert repr(filters.incoming & ~filters.meeting) == "<Filter (incoming & ~meeting)>"


# -- mistakes ------------------------------------------------------------------------------------------------


def not_async(call: Call, what: object) -> None: ...


async def too_few(call: Call) -> None: ...


async def too_many(call: Call, what: object, more: object) -> None: ...


@pytest.mark.parametrize("wrong", [not_async, too_few, too_many])
def test_a_handler_that_could_not_run_is_refused_where_it_is_decorated(wrong: Any) -> None:
    router = Router()
    for decorate in (router.on(), router.on_tone("1"), router.on_roster(), router.on_error):
        with pytest.raises(HookError, match=rf"{wrong.__name__} must "):
            decorate(wrong)


def test_a_decorator_without_its_parentheses_says_how_it_is_written() -> None:
    router: Any = Router()
    with pytest.raises(HookError, match=r"write @router.on\(CallState.HOLD\)"):
        router.on(own)
    with pytest.raises(HookError, match=r'write @router.on_tone\("1"\)'):
        router.on_tone(own)
    with pytest.raises(HookError, match="is no filter"):
        router.on_media(when=lambda: True)


def test_a_router_cannot_include_itself() -> None:
    inner, outer = Router(), Router()
    outer.include(inner)
    for router in (inner, outer):
        with pytest.raises(HookError, match="cannot include itself"):
            inner.include(outer if router is outer else inner)


def test_a_middleware_that_could_not_run_is_refused() -> None:
    for refused in (lambda: CallBot().use(cast(Any, own)), lambda: Router(middlewares=[cast(Any, own)])):
        with pytest.raises(HookError, match=r"own must take \(call, change, handler\)"):
            refused()


def test_objects_and_partial_functions_can_be_handlers() -> None:
    class Counting:
        async def __call__(self, call: Call, what: object) -> None: ...

    router = Router()
    router.on()(Counting())
    router.on()(partial(too_many, more=1))
    assert "too_many" in repr(router)
