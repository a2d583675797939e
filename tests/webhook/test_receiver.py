"""What each callback is answered, what is handed over, and what never gets that far."""

import asyncio
import json
import logging
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from callbot.settings import Settings
from callbot.testing import ManualClock, settle
from callbot.webhook import Authenticator, Callback, Full, Receiver, Reply
from callbot.webhook import redelivery as redelivery_module
from callbot.webhook.redelivery import REMEMBERED_SECONDS
from tests.webhook.host import Host
from tests.webhook.platform import APP, CALL, TENANT, Platform, body, envelope, notification

CHAIN = "ca9b0000-1111-4444-8888-0123456789ab"
MESSAGE = "aaaa0000-1111-4444-8888-0123456789ab"
PROBE = json.dumps(
    {"id": "x", "participants": [], "isMultiparty": False, "callState": "incoming", "tenantId": TENANT}
).encode()


def said(reply: Reply) -> str:
    """Return the reason in the body of a refusal."""
    return str(json.loads(reply.body)["error"]["code"])


async def test_a_good_callback_is_handed_over_and_answered_with_202(
    receiver: Receiver, platform: Platform, host: Host, clock: ManualClock
) -> None:
    reply = await receiver.handle("POST", platform.headers(MESSAGE) | {"Scenario-Id": "mine"}, body())
    assert reply == Reply(202, {"Client-Request-Id": MESSAGE, "Scenario-Id": "mine"})
    (callback,) = host.taken
    assert (callback.caller.app_id, callback.caller.tenant_id) == (APP, TENANT)
    assert (callback.message_id, callback.scenario_id, callback.chain_id) == (MESSAGE, "mine", CHAIN)
    assert callback.received_at == clock.time()
    assert [item.call_id for item in callback.notifications] == [CALL]
    assert receiver.counts == {"accepted": 1}
    assert host.doubts == []


async def test_the_chain_id_stands_in_for_a_missing_scenario_id(
    receiver: Receiver, platform: Platform
) -> None:
    headers = platform.headers() | {"client-request-id": "own"}
    reply = await receiver.handle("POST", headers, body())
    assert reply.headers == {"Client-Request-Id": "own", "Scenario-Id": CHAIN}


@pytest.mark.parametrize(
    "value", ["a\r\nSet-Cookie: x=1", "ä", "a b", "x" * 129, "", "\0", "<script>", "a\n"]
)
async def test_an_id_that_could_do_harm_in_headers_or_logs_is_dropped(
    receiver: Receiver, platform: Platform, host: Host, value: str
) -> None:
    headers = platform.headers(value) | {"Scenario-Id": value, "X-Microsoft-Skype-Chain-ID": value}
    assert await receiver.handle("POST", headers, body()) == Reply(202)
    assert host.taken[0].message_id is None
    assert host.taken[0].chain_id is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", ""])
async def test_another_method_is_told_to_post(receiver: Receiver, host: Host, method: str) -> None:
    reply = await receiver.handle(method, {}, body())
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert host.taken == []


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
async def test_header_names_may_have_any_case(receiver: Receiver, platform: Platform, name: str) -> None:
    assert (await receiver.handle("POST", {name: platform.bearer()}, body())).status == 202


async def test_nothing_unauthenticated_is_handed_over_or_looked_at(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    headers = platform.headers(MESSAGE, aud="another")
    for content in (body(), b"", b"x" * 10_000, PROBE):
        reply = await receiver.handle("POST", headers, content)
        assert reply == Reply(401, {"WWW-Authenticate": "Bearer"})
    assert host.taken == []
    assert host.doubts == []
    assert receiver.counts == {"other_app": 4}


async def test_while_keys_cannot_be_had_the_platform_is_asked_to_come_back(
    receiver: Receiver, platform: Platform, host: Host, clock: ManualClock
) -> None:
    platform.status = 500
    reply = await receiver.handle("POST", platform.headers(), body())
    assert (reply.status, said(reply)) == (503, "no_keys")
    await clock.advance(float(reply.headers["Retry-After"]))
    platform.status = 200
    assert (await receiver.handle("POST", platform.headers(), body())).status == 202
    assert len(host.taken) == 1


async def test_the_legacy_probe_is_answered_with_204_and_not_handed_over(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    assert (await receiver.handle("POST", platform.headers(), PROBE)).status == 204
    assert host.taken == []
    assert receiver.counts == {"probe": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not json", "not_json"),
        (b"[]", "not_an_object"),
        (b"{}", "not_the_envelope"),
        (b'{"value":[]}', "no_notifications"),
        (b'{"value":[5]}', "not_a_notification"),
        (b"\xff\xff\xff", "not_text"),
        (b'{"value":[' + b"[" * 100 + b"]" * 100 + b"]}", "too_deep"),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_bad_request_and_leaves_doubt(
    receiver: Receiver, platform: Platform, host: Host, content: bytes, reason: str
) -> None:
    reply = await receiver.handle("POST", platform.headers(MESSAGE), content)
    assert (reply.status, said(reply)) == (400, reason)
    assert reply.headers["Client-Request-Id"] == MESSAGE
    assert host.taken == []
    assert host.doubts == [CHAIN]
    assert receiver.counts == {reason: 1}


async def test_a_body_over_the_limit_is_too_large(
    receiver: Receiver, platform: Platform, host: Host, settings: Settings
) -> None:
    fitting = body() + b" " * (settings.max_body - len(body()))
    assert (await receiver.handle("POST", platform.headers(), fitting)).status == 202
    reply = await receiver.handle("POST", platform.headers(), fitting + b" ")
    assert (reply.status, said(reply)) == (413, "too_large")
    assert host.doubts == [CHAIN]


@pytest.mark.parametrize(
    "label",
    ["application/json", "APPLICATION/JSON ; charset=x", "text/json", "application/problem+json", "", " "],
)
async def test_a_body_labelled_as_json_in_any_way_is_read(
    receiver: Receiver, platform: Platform, label: str
) -> None:
    headers = platform.headers() | {"Content-Type": label}
    assert (await receiver.handle("POST", headers, body())).status == 202


@pytest.mark.parametrize(
    "label", ["text/html", "multipart/form-data; boundary=x", "json", "application/jsonp"]
)
async def test_a_body_labelled_as_something_else_is_refused(
    receiver: Receiver, platform: Platform, host: Host, label: str
) -> None:
    reply = await receiver.handle("POST", platform.headers() | {"Content-Type": label}, body())
    assert (reply.status, said(reply)) == (415, "other_media_type")
    assert host.doubts == [CHAIN]


async def test_a_byte_order_mark_and_a_wrong_charset_label_do_no_harm(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    content = (
        b"\xef\xbb\xbf" + json.dumps(envelope(notification(displayName="Zoë")), ensure_ascii=False).encode()
    )
    headers = platform.headers() | {"Content-Type": "application/json; charset=us-ascii"}
    assert (await receiver.handle("POST", headers, content)).status == 202
    assert len(host.taken) == 1


@pytest.mark.parametrize("tenant", ["another", "", 5, [], {"id": TENANT}])
async def test_a_notification_about_another_tenant_than_the_tokens_is_forbidden(
    receiver: Receiver, platform: Platform, host: Host, tenant: object
) -> None:
    content = body(notification(), notification(tenantId=tenant))
    reply = await receiver.handle("POST", platform.headers(), content)
    assert (reply.status, said(reply)) == (403, "other_tenant")
    assert host.taken == []
    assert host.doubts == [CHAIN]


@pytest.mark.parametrize("tenant", [None, TENANT, TENANT.upper()])
async def test_a_notification_may_repeat_the_tokens_tenant(
    receiver: Receiver, platform: Platform, tenant: object
) -> None:
    content = body(notification(tenantId=tenant))
    assert (await receiver.handle("POST", platform.headers(), content)).status == 202


async def test_people_of_other_tenants_in_a_roster_are_fine(receiver: Receiver, platform: Platform) -> None:
    roster = [{"info": {"identity": {"user": {"id": "x", "tenantId": "another"}}}, "id": "p"}]
    content = body(notification() | {"resourceData": roster})
    assert (await receiver.handle("POST", platform.headers(), content)).status == 202


async def test_a_callback_delivered_again_is_answered_but_not_handed_over(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    headers = platform.headers(MESSAGE)
    for _ in range(3):
        assert (await receiver.handle("POST", headers, body())).status == 202
    assert len(host.taken) == 1
    assert receiver.counts == {"accepted": 1, "redelivered": 2}


async def test_a_callback_delivered_twice_at_the_same_time_is_handed_over_once(
    settings: Settings, authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    taken: list[Callback] = []
    arrived, release = asyncio.Event(), asyncio.Event()

    async def accept(callback: Callback) -> None:
        taken.append(callback)
        arrived.set()
        await release.wait()

    receiver = Receiver(settings=settings, authenticator=authenticator, accept=accept, clock=clock)
    await authenticator.warm_up()
    headers = platform.headers(MESSAGE)
    both = [asyncio.create_task(receiver.handle("POST", headers, body())) for _ in range(2)]
    await arrived.wait()
    await settle()
    release.set()
    assert [reply.status for reply in await asyncio.gather(*both)] == [202, 202]
    assert len(taken) == 1


async def test_a_redelivery_of_a_callback_that_was_not_taken_over_is_handed_over(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    headers = platform.headers(MESSAGE)
    for failure in (Full(), RuntimeError("store"), None):
        host.failure = failure
        await receiver.handle("POST", headers, body())
    assert len(host.taken) == 1


async def test_one_message_id_with_two_contents_is_two_callbacks(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    for state in ("establishing", "established"):
        await receiver.handle("POST", platform.headers(MESSAGE), body(notification(state)))
    assert len(host.taken) == 2


async def test_callbacks_without_a_message_id_are_all_handed_over(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    for _ in range(2):
        await receiver.handle("POST", platform.headers(), body())
    assert len(host.taken) == 2


async def test_a_callback_is_forgotten_after_a_while(
    receiver: Receiver, platform: Platform, host: Host, clock: ManualClock
) -> None:
    await receiver.handle("POST", platform.headers(MESSAGE), body())
    await clock.advance(REMEMBERED_SECONDS - 1)
    await receiver.handle("POST", platform.headers(MESSAGE), body())
    assert len(host.taken) == 1
    await clock.advance(2 * REMEMBERED_SECONDS)
    await receiver.handle("POST", platform.headers(MESSAGE), body())
    assert len(host.taken) == 2


async def test_remembered_callbacks_are_bounded(
    receiver: Receiver, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redelivery_module, "MAX_REMEMBERED", 5)
    for number in range(30):
        await receiver.handle("POST", platform.headers(f"message-{number}"), body())
    memory = receiver._memories[APP]
    assert len(memory._young) + len(memory._old) <= 10


async def test_the_host_may_answer_for_itself_and_a_redelivery_gets_the_same_answer(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    host.reply = Reply(307, {"Location": "https://other-region.example/callback"}, b"x")
    for _ in range(2):
        reply = await receiver.handle("POST", platform.headers(MESSAGE), body())
        assert (reply.status, reply.body) == (307, b"x")
        assert reply.headers["Location"] == "https://other-region.example/callback"
        assert reply.headers["Client-Request-Id"] == MESSAGE
    assert len(host.taken) == 1


async def test_a_full_host_makes_the_platform_come_back(
    receiver: Receiver, platform: Platform, host: Host
) -> None:
    host.failure = Full(retry_after=2.5)
    reply = await receiver.handle("POST", platform.headers(MESSAGE), body())
    assert (reply.status, said(reply), reply.headers["Retry-After"]) == (503, "full", "3")
    assert host.doubts == []  # it held the callback in its hands


async def test_a_failing_host_is_a_500_with_a_log_line_and_nothing_is_raised(
    receiver: Receiver, platform: Platform, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    host.failure = RuntimeError("the disk is full")
    reply = await receiver.handle("POST", platform.headers(MESSAGE), body())
    assert (reply.status, said(reply)) == (500, "internal_error")
    assert b"disk" not in reply.body
    assert any(record.exc_info and record.exc_info[1] is host.failure for record in caplog.records)
    assert host.doubts == []


async def test_a_failing_authenticator_is_a_500(settings: Settings, clock: ManualClock, host: Host) -> None:
    class Broken:
        async def authenticate(self, authorization: str | None) -> object:
            raise RuntimeError("no memory")

    receiver = Receiver(settings=settings, authenticator=Broken(), accept=host.accept, clock=clock)  # type: ignore[arg-type]  # broken on purpose
    assert (await receiver.handle("POST", {}, body())).status == 500


async def test_a_doubt_nobody_can_take_does_not_change_the_answer(
    settings: Settings, authenticator: Authenticator, platform: Platform, clock: ManualClock, host: Host
) -> None:
    def doubt(_caller: object, _chain_id: str | None) -> None:
        raise RuntimeError("stopped")

    receiver = Receiver(
        settings=settings, authenticator=authenticator, accept=host.accept, clock=clock, doubt=doubt
    )
    assert (await receiver.handle("POST", platform.headers(), b"")).status == 400


async def test_a_cancelled_request_is_cancelled_and_may_come_again(
    settings: Settings, authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    started, taken = asyncio.Event(), []

    async def accept(callback: Callback) -> None:
        if not started.is_set():
            started.set()
            await asyncio.Event().wait()
        taken.append(callback)

    receiver = Receiver(settings=settings, authenticator=authenticator, accept=accept, clock=clock)
    headers = platform.headers(MESSAGE)
    first = asyncio.create_task(receiver.handle("POST", headers, body()))
    await started.wait()
    second = asyncio.create_task(receiver.handle("POST", headers, body()))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await second).status == 202
    assert len(taken) == 1


async def test_a_flood_of_bad_tokens_does_not_flood_the_log(
    receiver: Receiver, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(100):
        await receiver.handle("POST", {"Authorization": "Bearer x.y.z"}, b"")
    await clock.advance(60)
    await receiver.handle("POST", {"Authorization": "Bearer x.y.z"}, b"")
    said = [record for record in caplog.records if record.message == "refused a callback"]
    assert [record.__dict__["times"] for record in said] == [1, 100]
    assert receiver.counts == {"malformed_token": 101}


async def test_the_log_repeats_neither_token_nor_body(
    receiver: Receiver, platform: Platform, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = platform.headers("message\ninjected")
    host.failure = RuntimeError("x")
    for content in (body(notification(displayName="Ada Lovelace")), b'{"Ada Lovelace"', PROBE, b""):
        await receiver.handle("POST", headers, content)
    await receiver.handle("POST", headers | {"Authorization": "Bearer Ada"}, b"")
    everything = "".join(
        str(record.__dict__) for record in caplog.records if record.name.startswith("callbot")
    )
    assert everything
    for secret in ("Ada", headers["Authorization"][-40:], "injected"):
        assert secret not in everything


repeating = hypothesis_settings(  # the fixtures bear repetition
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Content-Type",
            "X-Microsoft-Skype-Message-ID",
            "X-Microsoft-Skype-Chain-ID",
            "Scenario-Id",
            "client-request-id",
            "Content-Encoding",
        ]
    )
    | st.text(max_size=12),
    st.text(max_size=40) | st.just("application/json; charset=utf-16"),
    max_size=6,
)
BODIES = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["value", "resourceData", "resourceUrl", "changeType", "tenantId", "callState"]
                ),
                inner,
            )
        ),
        max_leaves=20,
    ).map(lambda document: json.dumps(document).encode())
)


@repeating
@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET"]) | st.text(max_size=5),
    headers=HEADERS,
    content=BODIES,
)
async def test_garbage_from_a_known_sender_is_never_our_fault(
    receiver: Receiver, platform: Platform, method: str, headers: Mapping[str, str], content: bytes
) -> None:
    reply = await receiver.handle(method, {**headers, "Authorization": platform.bearer()}, content)
    assert 200 <= reply.status < 500
    assert all(value.isascii() and value.isprintable() for value in reply.headers.values())


@repeating
@given(authorization=st.text(max_size=200) | st.text(max_size=80).map("Bearer {}".format), content=BODIES)
async def test_garbage_from_a_stranger_is_always_unauthenticated(
    receiver: Receiver, host: Host, authorization: str, content: bytes
) -> None:
    reply = await receiver.handle("POST", {"Authorization": authorization}, content)
    assert reply.status == 401
    assert host.taken == []
