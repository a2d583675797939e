"""Answers that no honest Graph gives: each is an error that says so, and none stops the bot."""

import asyncio

import pytest

from callbot import Throttled, Unavailable
from callbot.graph import GraphClient
from callbot.graph.transport.retry import LONGEST_RETRY_AFTER, retry_after
from callbot.testing import ManualClock
from tests.graph.conftest import OpenClient, outcome_of
from tests.graph.servers import CALL, TENANT, ScriptedGraph, error, reply

NEVER = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"


@pytest.mark.parametrize("value", [NEVER, "Mon, 01 Jan 2026 00:00:00 +99999999999999"])
async def test_a_retry_after_of_no_possible_date_counts_as_none(
    value: str, graph: ScriptedGraph, client: GraphClient, clock: ManualClock
) -> None:
    graph.will(error(429, "TooManyRequests", headers={"Retry-After": value}), reply(200, {"id": CALL}))
    call = await outcome_of(clock, client.get_call(CALL, tenant=TENANT))
    assert call.id == CALL


@pytest.mark.parametrize("value", ["1000000000", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_is_believed_up_to_a_limit(value: str) -> None:
    assert retry_after(value, 1.7e9) == LONGEST_RETRY_AFTER


async def test_a_redirect_to_no_address_at_all_is_an_error_of_graph(
    graph: ScriptedGraph, client: GraphClient
) -> None:
    graph.will(reply(307, headers={"Location": "https://[::1"}))
    with pytest.raises(Unavailable):
        await client.get_call(CALL, tenant=TENANT)


async def test_a_sign_in_that_is_asked_to_wait_long_says_so_at_once_and_is_not_tried_before(
    graph: ScriptedGraph, open_client: OpenClient, clock: ManualClock
) -> None:
    """Every request of the tenant waits for the one sign-in: it must not sleep for minutes."""
    client = await open_client(request_timeout=1e9)
    graph.sign_in_script.append(reply(429, headers={"Retry-After": "120"}))
    for _ in range(3):
        with pytest.raises((Unavailable, Throttled)):
            async with asyncio.timeout(10):
                await client.get_call(CALL, tenant=TENANT)
        await clock.advance(30.0)
    assert len(graph.sign_ins) == 1
    await clock.advance(60.0)
    graph.will(reply(200, {"id": CALL}))
    await outcome_of(clock, client.get_call(CALL, tenant=TENANT))
    assert len(graph.sign_ins) == 2
