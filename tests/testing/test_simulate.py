"""A bot in a simulated world: what a test of it reads like."""

import asyncio
import time

import pytest

from callbot import Call, CallBot, RejectReason, Transition
from callbot.testing import ExpectationFailed, HandlerRaised, simulate
from samples.greeter import Greeter


async def test_the_greeter_greets_whoever_calls_and_lets_them_go() -> None:
    async with simulate(Greeter()) as world:
        call = await world.incoming(user="Ana")
        await call.is_established()
        await call.hears("welcome.wav")
        await call.press("1")
        await call.hears("goodbye.wav")
        await call.is_over(code=200)
        assert [one.new for one in call.transitions] == [
            "incoming",
            "establishing",
            "established",
            "terminated",
        ]
