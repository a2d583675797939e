"""Is the app known, does its credential work, and what may it do?

https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import jwt

from callbot.cli.doctor.exam import Exam, Silence
from callbot.cli.doctor.findings import Finding, failure, ok, warning
from callbot.cli.failures import advice_on
from callbot.codes.sign_in import PREFIX, refusal
from callbot.errors import CallbotError, GraphError, NotFound, PermissionDenied
from callbot.graph import GraphClient
from callbot.graph.access.credentials import credential_of
from callbot.graph.access.sign_in import MsalSignIn
from callbot.graph.transport.connection import Connection
from callbot.settings import Settings

_NOBODY = "00000000-0000-0000-0000-000000000000"
_NAME_TENANT = "set tenant_id, or name one with --tenant"
ROLES = {
    "Calls.Initiate.All": "calling one person or number, redirecting, transferring",
    "Calls.InitiateGroupCall.All": "calling several people, inviting into a call",
    "Calls.JoinGroupCall.All": "joining meetings, answering group calls",
    "Calls.JoinGroupCallAsGuest.All": "joining meetings as a guest",
    "Calls.AccessMedia.All": "hearing tones, recording, media of the bot's own",
}
"""The application permissions that verbs of the calls API ask for, and what each is for."""


async def check_authority(exam: Exam) -> list[Finding]:
    """Is there a sign-in service that knows the tenant?"""
    authority, tenant = exam.settings.endpoints.authority, exam.tenant or "common"
    try:
        heard = await exam.ask("GET", f"{authority}/{tenant}/v2.0/.well-known/openid-configuration")
    except Silence as silence:
        return [failure("authority", f"{authority}: {silence}", "check the network, cloud and authority")]
    if heard.status == 200:  # noqa: PLR2004 - the one answer that has the metadata
        return [ok("authority", f"{authority} knows the tenant {tenant}")]
    return [
        failure(
            "authority",
            f"{authority} answers HTTP {heard.status} for the tenant {tenant}",
            "check tenant_id, and that the cloud is the tenant's own",
        )
    ]


async def check_sign_in(exam: Exam) -> list[Finding]:
    """Does the credential get a token, and what roles are in it?"""
    if exam.tenant is None:
        return [
            warning("sign-in", "no tenant to sign in to: each call is signed in for its own", _NAME_TENANT)
        ]
    try:
        exam.token = await _sign_in(exam, exam.tenant)
    except CallbotError as error:
        return [_refused(exam.tenant, error)]
    claims = _claims(exam.token)
    return [
        ok("sign-in", f"a token for the tenant {exam.tenant}"),
        *_identity(exam, claims),
        *_roles(exam, claims),
    ]


def _refused(tenant: str, error: CallbotError) -> Finding:
    if not isinstance(error, GraphError) or error.code is None or not error.code.startswith(PREFIX):
        return failure("sign-in", str(error), _advice(error))
    cause, fix = refusal(error.code)
    return failure("sign-in", f"no token for the tenant {tenant}: {cause} ({error.code})", fix)


async def _sign_in(exam: Exam, tenant: str) -> str:
    """Return a token, signed in with the library that does it in service."""
    settings = exam.settings
    connection = Connection(exam.clock, ca_file=settings.ca_file)
    await connection.open()
    try:
        sign_in = MsalSignIn(connection, exam.clock, credential_of(settings), settings.request_timeout)
        return (await sign_in(tenant)).token
    finally:
        await connection.close()


async def check_graph(exam: Exam) -> list[Finding]:
    """Does Graph take the token? A call that cannot exist is read: 404 is the right answer."""
    root = exam.settings.endpoints.graph_root
    if exam.token is None:
        return await _only_reachable(exam, root)
    try:
        async with GraphClient(exam.settings, exam.clock) as graph:
            await graph.get_call(_NOBODY, tenant=exam.tenant)
    except NotFound:
        return [ok("Graph", f"{root} takes the token")]
    except PermissionDenied as error:
        return [failure("Graph", str(error), consent_link(exam.settings, exam.tenant))]
    except GraphError as error:
        return [failure("Graph", str(error), _advice(error))]
    return [ok("Graph", f"{root} takes the token")]


async def _only_reachable(exam: Exam, root: str) -> list[Finding]:
    try:
        await exam.ask("GET", f"{root}/v1.0/communications/calls/{_NOBODY}")
    except Silence as silence:
        return [failure("Graph", f"{root}: {silence}", "check the network, cloud and graph_root")]
    return [ok("Graph", f"{root} answers; without a token nothing more can be asked")]


def consent_link(settings: Settings, tenant: str | None) -> str:
    """Return where an administrator of the tenant consents to what the app asks for."""
    if settings.managed_identity is not None:
        return "assign the app role to the managed identity (New-MgServicePrincipalAppRoleAssignment)"
    query = urlencode({"client_id": settings.app_id})
    return (
        "add the application permission under App registrations, API permissions, then let an administrator "
        f"consent: {settings.endpoints.authority}/{tenant or 'common'}/adminconsent?{query}"
    )


def _identity(exam: Exam, claims: Mapping[str, object]) -> list[Finding]:
    """A managed identity is an app of its own: calls reach the one whose id the bot is registered with."""
    app_id = claims.get("appid", claims.get("azp"))
    if app_id is None or str(app_id).lower() == exam.settings.app_id.lower():
        return []
    return [
        failure(
            "app",
            f"the token is of the app {app_id}, not of app_id {exam.settings.app_id}",
            "set app_id to the app whose credential is used: Graph knows calls by it",
        )
    ]


def _roles(exam: Exam, claims: Mapping[str, object]) -> list[Finding]:
    """One line for each permission that there is or could be."""
    listed = claims.get("roles")
    granted = {str(role) for role in listed} if isinstance(listed, list) else set()
    link = consent_link(exam.settings, exam.tenant)
    if not granted & set(ROLES):
        return [failure("permissions", f"the token has none of {', '.join(ROLES)}", link)]
    return [
        ok("permissions", f"{role}: {use}")
        if role in granted
        else warning("permissions", f"{role} is missing: no {use}", link)
        for role, use in ROLES.items()
    ]


def _claims(token: str) -> Mapping[str, object]:
    """Return what the token says, unverified: it is Graph's to verify, and the bot's own to read here."""
    try:
        claims: Mapping[str, object] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}
    return claims


def _advice(error: CallbotError) -> str:
    return advice_on(error) if isinstance(error, GraphError) else "see the settings the message names"
