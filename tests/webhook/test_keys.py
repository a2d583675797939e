"""The signing keys: fetched over real TLS, renewed, rotated, and served through an outage."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from callbot.testing import ManualClock, settle
from callbot.webhook import KeyCache, KeysUnavailable
from callbot.webhook.auth.jwks import MAX_DOCUMENT, MAX_KEYS, read_keys
from callbot.webhook.auth.keys import FETCH_TIMEOUT, REFRESH_AFTER, RETRY_AFTER
from tests.eager import eager_tasks
from tests.webhook.platform import Platform, Tls, public_jwk, signing_key


@pytest.fixture
async def keys(platform: Platform, tls: Tls, clock: ManualClock) -> AsyncIterator[KeyCache]:
    trust = ssl.create_default_context(cafile=tls.ca_file)
    async with KeyCache(platform.metadata_url, clock=clock, tls=trust) as keys:
        yield keys


async def test_keys_are_fetched_once_for_many_askers(keys: KeyCache, platform: Platform) -> None:
    before = keys.ready
    found = await asyncio.gather(*(keys.find("first") for _ in range(20)))
    assert all(key is not None for key in found)
    assert (before, keys.ready) == (False, True)
    assert platform.fetches == 1


async def test_an_asker_that_gives_up_does_not_spoil_it_for_the_others(
    keys: KeyCache, platform: Platform
) -> None:
    first, second = (asyncio.create_task(keys.find("first")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None
    assert first.cancelled()


async def test_a_new_key_is_found_as_soon_as_a_token_names_it(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    assert await keys.find("first") is not None
    platform.publish("second")
    await clock.advance(RETRY_AFTER)
    assert await keys.find("second") is not None
    assert await keys.find("first") is None


async def test_invented_key_ids_do_not_make_callbot_hammer_the_endpoint(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    for number in range(100):
        assert await keys.find(f"invented-{number}") is None
    assert platform.fetches == 1
    await clock.advance(RETRY_AFTER)
    assert await keys.find("invented") is None
    assert await keys.find("invented") is None
    assert platform.fetches == 2


async def test_old_keys_are_renewed_in_the_background(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    await keys.find("first")
    platform.publish("first", "second")
    await clock.advance(REFRESH_AFTER)
    assert platform.fetches == 1
    assert keys.peek("first") is not None
    await keys.refresh()  # joins the attempt that the look has started
    assert platform.fetches == 2
    assert keys.peek("second") is not None


async def test_an_outage_does_not_cost_the_keys_at_hand(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    await keys.find("first")
    platform.status = 500
    for _ in range(3):
        await clock.advance(REFRESH_AFTER)
        assert keys.peek("first") is not None
        await keys.refresh()
    assert await keys.find("first") is not None
    with pytest.raises(KeysUnavailable):  # a rotation during the outage: nobody can tell
        await keys.find("second")
    platform.status = 200
    platform.publish("second")
    await clock.advance(RETRY_AFTER)
    assert await keys.find("second") is not None


async def test_keys_that_never_came_are_an_outage_and_not_a_bad_token(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    platform.status = 404
    with pytest.raises(KeysUnavailable):
        await keys.find("first")
    assert not keys.ready
    platform.status = 200
    with pytest.raises(KeysUnavailable):
        await keys.find("first")  # too soon for another attempt
    await clock.advance(RETRY_AFTER)
    assert await keys.find("first") is not None


async def test_an_endpoint_that_hangs_is_given_up(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        arrived.set()
        await release.wait()
        return web.Response()

    platform.answer = hang
    asking = asyncio.create_task(keys.find("first"))
    await arrived.wait()
    await clock.advance(FETCH_TIMEOUT)
    with pytest.raises(KeysUnavailable):
        await asking
    release.set()


async def test_a_closed_cache_ends_its_attempt(keys: KeyCache, platform: Platform) -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        arrived.set()
        await release.wait()
        return web.Response()

    platform.answer = hang
    asking = asyncio.create_task(keys.find("first"))
    await arrived.wait()
    await keys.aclose()
    with pytest.raises(asyncio.CancelledError):
        await asking
    release.set()


async def test_an_untrusted_certificate_gives_no_keys(platform: Platform, clock: ManualClock) -> None:
    async with KeyCache(platform.metadata_url, clock=clock) as keys:
        with pytest.raises(KeysUnavailable):
            await keys.find("first")
    assert platform.fetches == 0


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/keys", "file:///etc/passwd", "https://[", "", "keys", "ftp://x/"]
)
async def test_keys_come_over_https_or_not_at_all(keys: KeyCache, platform: Platform, uri: str) -> None:
    platform.jwks_uri = uri
    with pytest.raises(KeysUnavailable):
        await keys.find("first")


async def _redirect(_request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "https://127.0.0.1:1/elsewhere"})


async def _no_json(_request: web.Request) -> web.Response:
    return web.Response(text="<html>maintenance</html>")


async def _deep(_request: web.Request) -> web.Response:
    return web.Response(text="[" * 100_000)


async def _no_uri(_request: web.Request) -> web.Response:
    return web.json_response({"issuer": "x", "jwks_uri": 5})


async def _endless(_request: web.Request) -> web.Response:
    return web.Response(body=b" " * (MAX_DOCUMENT + 1))


async def _bomb(request: web.Request) -> web.StreamResponse:
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(20)) + packer.flush()
    assert request.transport is not None
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    request.transport.write(head.encode() + packed)
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize("answer", [_redirect, _no_json, _deep, _no_uri, _endless, _bomb])
async def test_a_strange_answer_gives_no_keys(keys: KeyCache, platform: Platform, answer: object) -> None:
    platform.answer = answer  # type: ignore[assignment]  # one of the handlers above
    with pytest.raises(KeysUnavailable):
        await keys.find("first")


async def test_a_key_document_without_a_usable_key_does_not_replace_good_keys(
    keys: KeyCache, platform: Platform, clock: ManualClock
) -> None:
    await keys.find("first")
    platform.published = []
    await clock.advance(RETRY_AFTER)
    await keys.refresh()
    assert keys.peek("first") is not None


def test_only_rsa_signing_keys_of_decent_size_are_taken(platform_keys: dict[str, object]) -> None:
    good = platform_keys
    listed = [
        good,
        good | {"kid": "encrypts", "use": "enc"},
        good | {"kid": "other-algorithm", "alg": "RS512"},
        good | {"kid": "no-modulus", "n": None},
        good | {"kid": "bad-modulus", "n": "!!!"},
        good | {"kid": "bad-exponent", "e": ""},
        good | {"kid": 7},
        good | {"kid": ""},
        good | {"kid": "k" * 300},
        {"kty": "oct", "kid": "symmetric", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "empty"},
        public_jwk(signing_key(1024), "small"),
        "not an object",
        None,
    ]
    assert list(read_keys({"keys": listed})) == ["first"]


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}, {"keys": []}])
def test_a_document_without_keys_holds_no_keys(document: dict[str, object]) -> None:
    assert read_keys(document) == {}


def test_the_number_of_keys_is_bounded(platform_keys: dict[str, object]) -> None:
    listed = [platform_keys | {"kid": str(number)} for number in range(MAX_KEYS + 50)]
    assert len(read_keys({"keys": listed})) == MAX_KEYS


def test_the_first_of_two_keys_with_one_id_counts(platform_keys: dict[str, object]) -> None:
    other = public_jwk(signing_key(), "first")
    expected = read_keys({"keys": [platform_keys]})["first"]
    assert read_keys({"keys": [platform_keys, other]})["first"] == expected


async def test_looking_at_keys_waits_for_nothing(keys: KeyCache) -> None:
    assert keys.peek("first") is None
    await keys.refresh()
    await settle()
    assert keys.peek("first") is not None


@pytest.fixture(scope="session")
def platform_keys(signing_keys: dict[str, RSAPrivateKey]) -> dict[str, object]:
    return public_jwk(signing_keys["first"], "first")


async def test_keys_are_fetched_again_where_a_task_has_failed_before_it_is_known(clock: ManualClock) -> None:
    """The attempt ends before it waits for anything: the address is not https."""
    keys = KeyCache("http://keys.example/openid", clock=clock)
    with eager_tasks():
        for attempts in range(1, 4):
            with pytest.raises(KeysUnavailable):
                await keys.find("first")
            assert keys.fetches == {"failed": attempts}
            await clock.advance(RETRY_AFTER)
    await keys.aclose()
