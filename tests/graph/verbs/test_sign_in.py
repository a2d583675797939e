"""Signing in to the emulator, which checks as Microsoft Entra does."""

from pathlib import Path

import pytest

from callbot.emulator import AppRegistration
from callbot.errors import AuthenticationFailed, PermissionDenied
from tests.graph.authorities import Authority
from tests.graph.verbs.conftest import OpenStage
from tests.graph.verbs.stage import GONE


async def test_a_registered_certificate_is_taken(open_stage: OpenStage, authority: Authority) -> None:
    pem = authority.client()
    stage = await open_stage(
        apps=(AppRegistration(certificates=(pem,)),),
        client={"client_secret": None, "client_certificate": pem},
    )
    call = await stage.with_ana()
    assert not call.over


async def test_a_certificate_nobody_registered_is_refused(open_stage: OpenStage, tmp_path: Path) -> None:
    registered, other = tmp_path / "registered", tmp_path / "other"
    registered.mkdir()
    other.mkdir()
    stage = await open_stage(
        apps=(AppRegistration(certificates=(Authority(registered).client(),)),),
        client={"client_secret": None, "client_certificate": Authority(other).client()},
    )
    with pytest.raises(AuthenticationFailed, match="certificate"):
        await stage.client.keep_alive(GONE, tenant=None)


@pytest.mark.parametrize(
    ("change", "code", "advice"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215", "client secret is wrong"),
        ({"app_id": GONE}, "AADSTS700016", "check app_id"),
        ({"tenant_id": GONE}, "AADSTS90002", "check tenant_id"),
    ],
)
async def test_whoever_cannot_sign_in_is_told_what_to_do(
    open_stage: OpenStage, change: dict[str, object], code: str, advice: str
) -> None:
    stage = await open_stage(client=change)
    with pytest.raises(AuthenticationFailed, match=advice) as caught:
        await stage.client.keep_alive(GONE, tenant=None)
    assert caught.value.code == code


async def test_a_call_of_one_tenant_is_closed_to_the_token_of_another(open_stage: OpenStage) -> None:
    other = "11111111-1111-4111-8111-111111111111"
    stage = await open_stage(apps=(AppRegistration(tenants=(other,)),))
    call = await stage.with_ana()
    with pytest.raises(PermissionDenied) as caught:
        await stage.client.get_call(call.id, tenant=other)
    assert caught.value.code == "7505"
    assert "tenant" in caught.value.explain().fix
