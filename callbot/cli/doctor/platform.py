"""The rest of the platform: signing keys, clocks, the cloud's gaps, resource accounts."""

import json

from callbot.cli.doctor.exam import Exam, Heard, Silence
from callbot.cli.doctor.findings import Finding, failure, ok, warning
from callbot.clouds import CLOUDS
from callbot.graph.verbs import VERBS
from callbot.webhook import KeysUnavailable
from callbot.webhook.auth.jwks import fetch_keys

_CLOCK_WARNING = 30.0  # seconds; tokens of callbacks live 300
_POWERSHELL = (
    "look at it with Get-CsOnlineApplicationInstance, link it to app_id with Set-CsOnlineApplicationInstance"
)


async def check_keys(exam: Exam) -> list[Finding]:
    """Can the keys be fetched that sign callbacks?"""
    url = exam.settings.endpoints.metadata_url
    if exam.settings.callbacks == "off":
        return [ok("signing keys", "callbacks are off: none are needed")]
    try:
        await exam.ask("GET", url)  # for its clock
        keys = await fetch_keys(exam.session, url)
    except (Silence, KeysUnavailable) as error:
        fix = "let the bot reach this address: without the keys every callback gets 503"
        return [failure("signing keys", f"{url}: {error}" if url not in str(error) else str(error), fix)]
    return [ok("signing keys", f"{len(keys)} at {url}")]


async def check_clock(exam: Exam) -> list[Finding]:
    """Does this machine's clock agree with those it talks to?"""
    if not exam.offsets:
        return [warning("clock", "nobody answered, so there is nothing to compare it with", "see above")]
    host, offset = max(exam.offsets.items(), key=lambda item: abs(item[1]))
    says = f"{abs(offset):.0f} s {'behind' if offset > 0 else 'ahead of'} {host}"
    fix = "set this machine's clock by NTP"
    if abs(offset) > exam.settings.clock_skew:
        return [failure("clock", f"{says}: tokens will be refused", fix)]
    if abs(offset) > _CLOCK_WARNING:
        return [warning("clock", says, fix)]
    return [ok("clock", f"within {_CLOCK_WARNING:g} s of {', '.join(sorted(exam.offsets))}")]


async def check_cloud(exam: Exam) -> list[Finding]:
    """What does the cloud not have?"""
    cloud = exam.settings.cloud
    lacking = [verb.name for verb in VERBS if cloud in verb.lacking and verb.version == "v1.0"]
    if cloud == "Global":
        return [ok("cloud", "Global has every operation")]
    found = []
    if lacking:
        found.append(
            warning(
                "cloud", f"{cloud} lacks {', '.join(lacking)}", "do without: they fail before they are sent"
            )
        )
    if exam.settings.endpoints.issuers == CLOUDS["Global"].issuers:
        says = f"nothing is documented about who signs callbacks in {cloud}: the global keys are believed"
        fix = "if callbacks get 401, set issuers and metadata_url to what their tokens name"
        found.append(warning("cloud", says, fix))
    return found


async def check_resource_account(exam: Exam, account: str) -> list[Finding]:
    """Does the tenant have this resource account? Which app it is linked to Graph does not show."""
    if exam.token is None:
        return [warning("resource account", f"{account}: not looked at without a token", "see sign-in")]
    url = f"{exam.settings.endpoints.graph_root}/v1.0/users/{account}?$select=id,accountEnabled"
    try:
        heard = await exam.ask("GET", url, {"Authorization": f"Bearer {exam.token}"})
    except Silence as silence:
        return [warning("resource account", f"{account}: {silence}", _POWERSHELL)]
    return [_account(account, heard)]


def _account(account: str, heard: Heard) -> Finding:
    check = "resource account"
    match heard.status:
        case 200:
            return warning(
                check, f"{account} exists; Graph does not show its app and its number", _POWERSHELL
            )
        case 404:
            fix = "give the object id of the resource account, in the tenant that is signed in to"
            return failure(check, f"there is no account {account}: {_code(heard)}", fix)
        case 401 | 403:
            says = f"{account}: the app may not look (that needs User.Read.All, which calls do not)"
            return warning(check, says, _POWERSHELL)
        case status:
            return warning(check, f"{account}: Graph answers HTTP {status}", _POWERSHELL)


def _code(heard: Heard) -> str:
    try:
        return str(json.loads(heard.body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {heard.status}"
