"""Access tokens, with the real MSAL against a real token endpoint."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate

from callbot.errors import AuthenticationFailed, ConfigurationError, GraphTimeout, Unavailable
from callbot.graph import GraphClient
from callbot.graph.access.tokens import CachedTokens, Grant
from callbot.settings import Settings
from callbot.testing import ManualClock
from tests.eager import eager_tasks
from tests.graph.authorities import Authority
from tests.graph.conftest import OpenClient, outcome_of, until
from tests.graph.servers import CALL, TENANT, Handler, ScriptedGraph, cut_at_once, raw, reply


def refusal(code: int, word: str = "invalid_client", status: int = 401) -> Handler:
    text = f"AADSTS{code}: Something about a-secret. Trace ID: 1 Correlation ID: 2"
    return reply(status, {"error": word, "error_description": text, "correlation_id": "corr-1"})


async def test_a_secret_is_sent_to_the_token_endpoint_of_the_tenant(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    await client.keep_alive(CALL, tenant=None)
    (form,) = graph.sign_ins
    assert form["tenant"] == TENANT
    assert form["grant_type"] == "client_credentials"
    assert form["client_secret"] == "a-secret"
    assert form["scope"] == f"{graph.root}/.default"


async def test_what_other_programs_trust_is_not_asked(
    client: GraphClient, graph: ScriptedGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MSAL by itself would send with `requests`, which takes its authorities from these variables."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "/nowhere/ca.pem")
    await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 1


async def test_what_openssl_is_told_to_trust_is_trusted(
    open_client: OpenClient, graph: ScriptedGraph, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    client = await open_client(ca_file=None)
    await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 1


async def test_ca_file_is_trusted_whatever_openssl_is_told(
    open_client: OpenClient, graph: ScriptedGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    client = await open_client()
    await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 1


async def test_a_certificate_signs_what_is_sent_in_the_place_of_a_secret(
    open_client: OpenClient, graph: ScriptedGraph, authority: Authority
) -> None:
    pem = authority.client()
    client = await open_client(client_secret=None, client_certificate=pem)
    await client.keep_alive(CALL, tenant=None)
    (form,) = graph.sign_ins
    certificate = load_pem_x509_certificate(pem.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    claims = jwt.decode(
        form["client_assertion"], key, ["RS256", "PS256"], audience=f"{graph.root}/{TENANT}/oauth2/v2.0/token"
    )
    assert claims["sub"] == form["client_id"]
    assert "client_secret" not in form


async def test_a_hundred_requests_at_once_sign_in_once(client: GraphClient, graph: ScriptedGraph) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(client.keep_alive(CALL, tenant=None))
    assert len(graph.sign_ins) == 1
    assert len(graph.seen) == 100


async def test_each_tenant_has_a_token_of_its_own(client: GraphClient, graph: ScriptedGraph) -> None:
    for tenant in ("a.example", "b.example", "a.example"):
        await client.keep_alive(CALL, tenant=tenant)
    assert [form["tenant"] for form in graph.sign_ins] == ["a.example", "b.example"]


async def test_a_token_is_renewed_before_it_expires_while_requests_go_on(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    await client.keep_alive(CALL, tenant=None)
    await clock.advance(3598 - 300)
    await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 1
    await clock.advance(2)
    await client.keep_alive(CALL, tenant=None)
    assert graph.seen[-1].headers["Authorization"] == "Bearer token-1"
    await until(lambda: _uses(client) == "token-2")
    await client.keep_alive(CALL, tenant=None)
    assert graph.seen[-1].headers["Authorization"] == "Bearer token-2"


async def test_an_expired_token_is_not_sent(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    await client.keep_alive(CALL, tenant=None)
    await clock.advance(3600)
    await client.keep_alive(CALL, tenant=None)
    assert graph.seen[-1].headers["Authorization"] == "Bearer token-2"


async def test_a_token_that_is_still_good_serves_while_the_sign_in_is_down(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    await client.keep_alive(CALL, tenant=None)
    graph.sign_in_script.extend([refusal(50196, "invalid_grant", 400)])
    await clock.advance(3599 - 200)
    await client.keep_alive(CALL, tenant=None)
    await until(lambda: len(graph.sign_ins) == 2)
    await client.keep_alive(CALL, tenant=None)
    assert graph.seen[-1].headers["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (refusal(7000215), "the client secret is wrong"),
        (refusal(7000222), "has expired"),
        (refusal(700016, "unauthorized_client", 400), "check app_id"),
        (refusal(700027), "the certificate is not registered"),
        (refusal(99), "code=99"),
        (reply(400, {"error": "invalid_request"}), "check app_id, tenant_id and the credential"),
    ],
)
async def test_a_refused_sign_in_says_what_to_do_and_never_the_secret(
    client: GraphClient, graph: ScriptedGraph, answer: object, advice: str
) -> None:
    assert callable(answer)
    graph.sign_in_script.append(answer)
    with pytest.raises(AuthenticationFailed, match=advice) as caught:
        await client.keep_alive(CALL, tenant=None)
    assert "a-secret" not in f"{caught.value} {caught.value!r} {caught.value.__dict__}"
    assert not graph.seen


async def test_a_tenant_nobody_knows_says_so(client: GraphClient) -> None:
    with pytest.raises(AuthenticationFailed, match=r"nobody\.example.*tenant_id") as caught:
        await client.keep_alive(CALL, tenant="nobody.example")
    assert caught.value.code == "AADSTS90002"


async def test_a_refused_sign_in_is_not_repeated_at_once(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.sign_in_script.append(refusal(7000215))
    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 1
    await clock.advance(5)
    await client.keep_alive(CALL, tenant=None)
    assert len(graph.sign_ins) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        reply(503, headers={"Retry-After": "2"}),
        reply(429, {"error": "x"}),
        cut_at_once,
        raw(b"<html>", "text/html"),
    ],
)
async def test_a_sign_in_service_in_trouble_is_asked_again(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, trouble: object
) -> None:
    assert callable(trouble)
    graph.sign_in_script.extend([trouble, trouble])
    await outcome_of(clock, client.keep_alive(CALL, tenant=None))
    assert len(graph.sign_ins) == 3


async def test_a_sign_in_service_that_stays_down_is_unavailable(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.sign_in_script.extend([reply(503)] * 3)
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.keep_alive(CALL, tenant=None))
    assert len(graph.sign_ins) == 3


async def test_a_sign_in_that_hangs_ends_at_the_deadline(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock
) -> None:
    client = await open_client(request_timeout=10)
    graph.sign_in_script.append(graph.hang)
    asking = asyncio.ensure_future(client.keep_alive(CALL, tenant=None))
    await until(lambda: bool(graph.sign_ins))
    await clock.advance(10)
    with pytest.raises(GraphTimeout):
        await asking


async def test_closing_ends_a_sign_in_that_hangs(
    settings_for: Callable[..., Settings], graph: ScriptedGraph, clock: ManualClock
) -> None:
    graph.sign_in_script.append(graph.hang)
    async with GraphClient(settings_for(), clock) as client:
        asking = asyncio.ensure_future(client.keep_alive(CALL, tenant=None))
        await until(lambda: bool(graph.sign_ins))
    assert (await asyncio.gather(asking, return_exceptions=True))[0] is not None


async def test_a_sign_in_that_hangs_holds_up_no_other_tenant(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    graph.sign_in_script.append(graph.hang)
    slow = asyncio.ensure_future(client.keep_alive(CALL, tenant="slow.example"))
    await until(lambda: bool(graph.sign_ins))
    await client.keep_alive(CALL, tenant="quick.example")
    assert not slow.done()
    slow.cancel()


# -- certificates that cannot work --------------------------------------------------------------------


def test_a_certificate_file_that_is_not_there_is_named(settings_for: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigurationError, match=r"client_certificate /nowhere/app\.pem"):
        GraphClient(settings_for(client_secret=None, client_certificate=Path("/nowhere/app.pem")))


@pytest.mark.parametrize("keep", ["PRIVATE KEY", "CERTIFICATE"])
def test_half_a_certificate_file_says_what_is_missing(
    settings_for: Callable[..., Settings], authority: Authority, tmp_path: Path, keep: str
) -> None:
    text = authority.client().read_text()
    begin, end = text.index(f"-----BEGIN {keep}"), text.index(f"-----END {keep}-----") + len(keep) + 15
    half = tmp_path / "half.pem"
    half.write_text(text[begin:end])
    missing = "no certificate" if keep == "PRIVATE KEY" else "no private key"
    with pytest.raises(ConfigurationError, match=missing):
        GraphClient(settings_for(client_secret=None, client_certificate=half))


def test_a_key_of_another_certificate_is_refused(
    settings_for: Callable[..., Settings], authority: Authority
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = authority.client(signed=other)
    with pytest.raises(ConfigurationError, match="of another certificate"):
        GraphClient(settings_for(client_secret=None, client_certificate=pem))


def test_an_encrypted_key_is_refused(settings_for: Callable[..., Settings], tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = tmp_path / "locked.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    with pytest.raises(ConfigurationError, match="encrypted"):
        GraphClient(settings_for(client_secret=None, client_certificate=pem))


def test_a_ca_file_that_is_none_is_named(settings_for: Callable[..., Settings], tmp_path: Path) -> None:
    nonsense = tmp_path / "ca.pem"
    nonsense.write_text("nonsense")
    with pytest.raises(ConfigurationError, match="ca_file"):
        GraphClient(settings_for(ca_file=nonsense))


def _uses(client: GraphClient) -> str | None:
    return client._tokens.cached(TENANT)


# -- what the place the bot runs in gives it ----------------------------------------------------------


async def test_a_secret_in_a_file_is_read_anew_for_each_sign_in(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("first\n")
    client = await open_client(client_secret=None, client_secret_file=file)
    await client.keep_alive(CALL, tenant=None)
    file.write_text("second")
    await clock.advance(3600)
    await client.keep_alive(CALL, tenant=None)
    assert [form["client_secret"] for form in graph.sign_ins] == ["first", "second"]


@pytest.mark.parametrize("key", ["client_secret_file", "federated_token_file"])
def test_an_empty_file_is_no_secret(settings_for: Callable[..., Settings], tmp_path: Path, key: str) -> None:
    file = tmp_path / "secret"
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match=f"{key} .* is empty"):
        GraphClient(settings_for(client_secret=None, **{key: file}))


async def test_a_file_that_is_emptied_later_fails_the_sign_in_and_is_read_again(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("first")
    client = await open_client(client_secret=None, client_secret_file=file)
    file.write_text("")
    with pytest.raises(AuthenticationFailed, match=r"client_secret_file .* is empty"):
        await client.keep_alive(CALL, tenant=None)
    file.write_text("second")
    await clock.advance(5)
    await client.keep_alive(CALL, tenant=None)
    assert [form["client_secret"] for form in graph.sign_ins] == ["second"]


async def test_a_federated_token_is_read_anew_for_each_sign_in(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    client = await open_client(client_secret=None, federated_token_file=file)
    await client.keep_alive(CALL, tenant=None)
    file.write_text("second")
    await clock.advance(3600)
    await client.keep_alive(CALL, tenant=None)
    assert [form["client_assertion"] for form in graph.sign_ins] == ["first", "second"]


async def test_a_federated_token_that_is_gone_is_named(open_client: OpenClient, tmp_path: Path) -> None:
    client = await open_client(client_secret=None, federated_token_file=tmp_path / "gone")
    with pytest.raises(AuthenticationFailed, match="federated_token_file"):
        await client.keep_alive(CALL, tenant=None)


@pytest.mark.parametrize(("setting", "query"), [("system", ""), ("0000-id", "client_id=0000-id")])
async def test_a_managed_identity_asks_the_place_it_runs_in(
    open_client: OpenClient, graph: ScriptedGraph, monkeypatch: pytest.MonkeyPatch, setting: str, query: str
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{graph.root}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "let-me-in")
    expires = str(int(time.time()) + 3600)
    graph.will(reply(200, {"access_token": "of-the-place", "expires_on": expires, "resource": graph.root}))
    client = await open_client(client_secret=None, managed_identity=setting)
    await client.keep_alive(CALL, tenant=None)
    asked, sent = graph.seen
    assert asked.headers["X-IDENTITY-HEADER"] == "let-me-in"
    assert query in asked.path
    assert sent.headers["Authorization"] == "Bearer of-the-place"


async def test_a_sign_in_that_never_waits_is_tried_again_where_tasks_begin_at_once() -> None:
    clock, failures = ManualClock(), [Unavailable("down", verb="sign in")]

    async def sign_in(tenant: str) -> Grant:
        if failures:
            raise failures.pop()
        return Grant("a-token", 3600.0)

    tokens = CachedTokens(sign_in, clock)
    with eager_tasks():
        with pytest.raises(Unavailable):
            await tokens.token(TENANT)
        await clock.advance(60)
        assert await tokens.token(TENANT) == "a-token"
    await tokens.close()
