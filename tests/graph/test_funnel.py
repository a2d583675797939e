"""The one way every request to Graph takes."""

import asyncio
import logging
import socket

import pytest
from aiohttp import web

from callbot.errors import (
    AuthenticationFailed,
    CallNotFound,
    CallStateConflict,
    ConfigurationError,
    GraphTimeout,
    InvalidArgument,
    Throttled,
    Unavailable,
)
from callbot.graph import GraphClient
from callbot.graph.transport import connection
from callbot.model import CallState, MediaInfo
from callbot.testing import ManualClock
from tests.graph.conftest import OpenClient, outcome_of, until
from tests.graph.servers import (
    CALL,
    CALL_PATH,
    TENANT,
    Handler,
    ScriptedGraph,
    cut_at_once,
    cut_in_the_middle,
    error,
    raw,
    reply,
)

ESTABLISHED = reply(200, {"id": CALL, "state": "established"})
CALL_BODY = {"callbackUri": "https://bot.example.com/api/calls"}


async def test_a_call_is_read_with_a_token_and_correlation_headers(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.will(ESTABLISHED)
    call = await client.get_call(CALL, tenant=None)
    assert call.state is CallState.ESTABLISHED
    (seen,) = graph.seen
    assert (seen.method, seen.path) == ("GET", CALL_PATH)
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert len(seen.headers["client-request-id"]) == 36
    assert seen.headers["User-Agent"].startswith("callbot/")
    assert graph.sign_ins[0]["tenant"] == TENANT


async def test_every_attempt_has_a_request_id_of_its_own(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.will(error(503, "ServiceUnavailable"), ESTABLISHED)
    await outcome_of(clock, client.get_call(CALL, tenant=None))
    first, second = (seen.headers["client-request-id"] for seen in graph.seen)
    assert first != second


async def test_a_scenario_id_goes_along(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(reply(201, {"id": CALL}))
    await client.create_call(CALL_BODY, tenant=None, scenario_id="sc-1")
    assert graph.seen[0].headers["Scenario-Id"] == "sc-1"


async def test_the_tenant_of_the_call_comes_before_the_bots_own(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    await client.keep_alive(CALL, tenant="other.example")
    assert graph.sign_ins[0]["tenant"] == "other.example"


async def test_a_call_of_no_known_tenant_is_a_configuration_error(
    open_client: OpenClient, graph: ScriptedGraph
) -> None:
    client = await open_client(tenant_id=None)
    with pytest.raises(ConfigurationError, match="tenant_id"):
        await client.keep_alive(CALL, tenant=None)
    assert not graph.seen


# -- repeats ------------------------------------------------------------------------------------------

LOST: list[Handler] = [
    cut_at_once,
    cut_in_the_middle,
    error(500, "UnknownError"),
    error(504, "GatewayTimeout"),
]


@pytest.mark.parametrize("lost", LOST)
async def test_a_read_is_repeated_when_its_answer_was_lost(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, lost: Handler
) -> None:
    graph.will(lost, lost, ESTABLISHED)
    call = await outcome_of(clock, client.get_call(CALL, tenant=None))
    assert call.state is CallState.ESTABLISHED


@pytest.mark.parametrize("lost", [*LOST, error(503, "ServiceUnavailable")])
async def test_a_create_is_never_repeated_when_its_answer_was_lost(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, lost: Handler
) -> None:
    graph.will(lost)
    graph.otherwise = reply(201, {"id": CALL})
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.create_call(CALL_BODY, tenant=None))
    assert len(graph.seen) == 1


@pytest.mark.parametrize(
    "refusal", [error(429, "TooManyRequests"), error(503, "x", headers={"Retry-After": "1"})]
)
async def test_a_create_that_graph_refused_is_repeated(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, refusal: Handler
) -> None:
    graph.will(refusal, reply(201, {"id": CALL}))
    call = await outcome_of(clock, client.create_call(CALL_BODY, tenant=None))
    assert call.id == CALL


@pytest.mark.parametrize("lost", LOST)
async def test_a_prompt_is_not_played_twice_when_the_answer_was_lost(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, lost: Handler
) -> None:
    graph.will(lost)
    prompts = [MediaInfo(uri="https://bot.example.com/a.wav")]
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.play_prompt(CALL, prompts, tenant=None, client_context="c"))
    assert len(graph.seen) == 1


async def test_repeats_end_after_a_few(client: GraphClient, graph: ScriptedGraph, clock: ManualClock) -> None:
    graph.otherwise = error(500, "UnknownError")
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.get_call(CALL, tenant=None))
    assert len(graph.seen) == 5


async def test_an_answer_that_took_effect_before_it_was_lost_is_a_success(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.will(cut_at_once, error(400, "8585", "Action is not valid in the current call state."))
    await outcome_of(clock, client.answer(CALL, tenant=None, callback_uri="https://bot.example.com/c"))
    assert len(graph.seen) == 2


async def test_an_answer_that_is_refused_at_once_is_a_conflict(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.will(error(400, "8585"))
    with pytest.raises(CallStateConflict):
        await client.answer(CALL, tenant=None, callback_uri="https://bot.example.com/c")


async def test_leaving_a_call_twice_because_the_answer_was_lost_is_a_success(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.will(error(504, "GatewayTimeout"), error(404, "8522", "Call not found."))
    await outcome_of(clock, client.hang_up(CALL, tenant=None))


async def test_leaving_a_call_that_is_over_says_so(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(error(404, "8522", "Call not found."))
    with pytest.raises(CallNotFound):
        await client.hang_up(CALL, tenant=None)


# -- Retry-After and deadlines ------------------------------------------------------------------------


async def test_the_time_graph_asks_for_is_waited(open_client: OpenClient, graph: ScriptedGraph) -> None:
    client = await open_client()
    graph.will(error(429, "TooManyRequests", headers={"Retry-After": "2.128"}), ESTABLISHED)
    clock = _clock_of(client)
    reading = asyncio.ensure_future(client.get_call(CALL, tenant=None))
    await _until_waiting(clock, 2.128)
    await clock.advance(2.127)
    assert len(graph.seen) == 1
    await clock.advance(0.002)
    assert (await reading).id == CALL


async def test_a_wait_beyond_the_deadline_is_not_begun(open_client: OpenClient, graph: ScriptedGraph) -> None:
    client = await open_client(request_timeout=10)
    graph.will(error(429, "TooManyRequests", headers={"Retry-After": "60"}))
    with pytest.raises(Throttled) as caught:
        await client.get_call(CALL, tenant=None)
    assert caught.value.retry_after == 60


async def test_a_read_that_hangs_is_tried_again_within_the_deadline(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    client = await open_client(request_timeout=10)
    graph.will(graph.hang, ESTABLISHED)
    reading = asyncio.ensure_future(client.get_call(CALL, tenant=None))
    await until(lambda: bool(graph.seen))
    await clock.advance(4)
    await clock.advance(0.25)
    assert (await reading).id == CALL


async def test_a_create_that_hangs_times_out_at_the_deadline_and_is_not_repeated(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    client = await open_client(request_timeout=10)
    graph.otherwise = graph.hang
    placing = asyncio.ensure_future(client.create_call(CALL_BODY, tenant=None))
    await until(lambda: bool(graph.seen))
    await clock.advance(9.999)
    assert not placing.done()
    await clock.advance(0.001)
    with pytest.raises(GraphTimeout):
        await placing
    assert len(graph.seen) == 1


# -- no answer, or not Graph's ------------------------------------------------------------------------


async def test_a_create_is_repeated_when_the_connection_was_refused(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    client = await open_client(graph_root=f"https://localhost:{port}", request_timeout=1e9)
    with pytest.raises(Unavailable, match=f"no connection to localhost:{port}") as caught:
        await outcome_of(clock, client.create_call(CALL_BODY, tenant=None))
    assert caught.value.retryable
    assert clock.monotonic() > 0


async def test_a_server_nobody_vouches_for_is_not_spoken_to(
    open_client: OpenClient, graph: ScriptedGraph
) -> None:
    client = await open_client(ca_file=None)
    with pytest.raises(Unavailable, match="ca_file"):
        await client.get_call(CALL, tenant=None)
    assert not graph.seen
    assert not graph.sign_ins


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"[]", b'"call"', b'{"id":', b"\xff\xfe"])
async def test_a_success_that_is_no_json_object_is_not_believed(
    client: GraphClient, graph: ScriptedGraph, body: bytes
) -> None:
    graph.will(raw(body, "text/html"))
    with pytest.raises(Unavailable, match=f"{len(body)} bytes of text/html"):
        await client.get_call(CALL, tenant=None)


async def test_an_empty_success_where_a_call_should_be_is_not_believed(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.will(reply(200))
    with pytest.raises(Unavailable, match="empty"):
        await client.get_call(CALL, tenant=None)


async def test_the_404_page_of_a_proxy_does_not_end_a_call(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(raw(b"<html>not found</html>", "text/html", 404))
    with pytest.raises(Exception, match="HTTP 404") as caught:
        await client.get_call(CALL, tenant=None)
    assert not isinstance(caught.value, CallNotFound)


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_too_large_is_not_read_to_its_end(
    client: GraphClient, graph: ScriptedGraph, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    monkeypatch.setattr(connection, "MAX_ANSWER", 1000)

    async def large(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "2000"} if announced else {})
        await response.prepare(request)
        await response.write(b"x" * 2000)
        return response

    graph.will(large)
    with pytest.raises(Unavailable, match="larger than 1000 bytes"):
        await client.get_call(CALL, tenant=None)
    assert len(graph.seen) == 1


# -- tokens in use ------------------------------------------------------------------------------------


async def test_a_token_graph_no_longer_takes_is_replaced_once(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.will(ESTABLISHED, error(401, "InvalidAuthenticationToken"), reply(201, {"id": CALL}))
    await client.get_call(CALL, tenant=None)
    await client.create_call(CALL_BODY, tenant=None)
    used = [seen.headers["Authorization"] for seen in graph.seen]
    assert used == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_a_new_token_that_graph_does_not_take_is_an_error(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.otherwise = error(401, "InvalidAuthenticationToken")
    with pytest.raises(AuthenticationFailed):
        await client.get_call(CALL, tenant=None)
    assert len(graph.seen) == 2


async def test_while_graph_takes_no_token_at_all_sign_ins_are_limited_in_rate(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.otherwise = error(401, "InvalidAuthenticationToken")
    for _ in range(20):
        with pytest.raises(AuthenticationFailed):
            await client.get_call(CALL, tenant=None)
    assert len(graph.sign_ins) == 2
    assert len(graph.seen) == 21, "each is sent once, but for the first"
    await clock.advance(60.0)
    graph.will(error(401, "InvalidAuthenticationToken"), ESTABLISHED)
    await client.get_call(CALL, tenant=None)
    assert len(graph.sign_ins) == 3, "a token may be withdrawn again later"


# -- redirects ----------------------------------------------------------------------------------------


async def test_a_redirect_within_graph_is_followed(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(reply(307, headers={"Location": "/v1.0/elsewhere"}), reply(201, {"id": CALL}))
    await client.create_call(CALL_BODY, tenant=None)
    assert graph.seen[1].path == "/v1.0/elsewhere"
    assert graph.seen[1].body == graph.seen[0].body


async def test_a_redirect_to_another_host_never_sees_the_token(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    other = graph.root.replace("localhost", "127.0.0.1")
    graph.will(reply(302, headers={"Location": f"{other}/v1.0/x"}))
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        await client.get_call(CALL, tenant=None)
    assert len(graph.seen) == 1


@pytest.mark.parametrize("answer", [reply(302, headers={"Location": "/x"}), reply(307)])
async def test_a_redirect_that_would_change_a_request_is_not_followed(
    client: GraphClient, graph: ScriptedGraph, answer: Handler
) -> None:
    graph.will(answer)
    with pytest.raises(Unavailable, match="redirects"):
        await client.create_call(CALL_BODY, tenant=None)
    assert len(graph.seen) == 1


async def test_redirects_in_a_circle_end(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.otherwise = reply(302, headers={"Location": CALL_PATH})
    with pytest.raises(Unavailable, match="circle"):
        await client.get_call(CALL, tenant=None)


# -- checks before sending ----------------------------------------------------------------------------


@pytest.mark.parametrize("call_id", ["", ".", ".."])
async def test_an_id_that_is_no_id_is_not_sent(
    client: GraphClient, graph: ScriptedGraph, call_id: str
) -> None:
    with pytest.raises(InvalidArgument, match="call_id"):
        await client.keep_alive(call_id, tenant=None)
    assert not graph.seen


async def test_an_id_stays_one_segment_of_the_path(client: GraphClient, graph: ScriptedGraph) -> None:
    await client.keep_alive("a/../b?c#d", tenant=None)
    assert graph.seen[0].path == "/v1.0/communications/calls/a%2F..%2Fb%3Fc%23d/keepAlive"


async def test_a_read_can_ask_for_some_properties(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(ESTABLISHED)
    await client.get_call(CALL, tenant=None, select=("id", "state"), expand=("participants",))
    assert graph.seen[0].path == f"{CALL_PATH}?$select=id,state&$expand=participants"


async def test_a_client_that_is_not_open_says_what_to_do(client: GraphClient) -> None:
    await client.close()
    with pytest.raises(RuntimeError, match="async with"):
        await client.get_call(CALL, tenant=None)


async def test_no_log_line_holds_a_token_or_a_body(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="callbot")
    graph.otherwise = error(500, "UnknownError", "Ana is not here")
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.get_call(CALL, tenant=None))
    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("UnknownError" in line and "r-1" in line for line in lines)
    assert not any("token-1" in line or "Ana" in line or "a-secret" in line for line in lines)


def _clock_of(client: GraphClient) -> ManualClock:
    clock = client._funnel.clock
    assert isinstance(clock, ManualClock)
    return clock


async def _until_waiting(clock: ManualClock, delay: float) -> None:
    """Return when something waits for `clock` to move by `delay`."""
    due = clock.monotonic() + delay
    await until(lambda: any(one.due == due and not one.cancelled for one in clock._pending))
