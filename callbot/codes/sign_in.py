"""Why a sign-in was refused and what to do about it, by the sign-in service's own code.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re
from typing import NamedTuple

PREFIX = "AADSTS"
"""What every code of the sign-in service begins with."""


class Refusal(NamedTuple):
    """Why, and what to do; both without a capital and a full stop."""

    cause: str
    fix: str


def refusal(code: str | None) -> Refusal:
    """Return what a code means: its digits, with or without the prefix; None for an answer without one.

    The service's own text is left out: nobody knows what it repeats.
    """
    if code is None:
        return Refusal("the sign-in service gave no code", "check app_id, tenant_id and the credential")
    digits = code.removeprefix(PREFIX)
    if digits in _REFUSALS:
        return Refusal(*_REFUSALS[digits])
    return Refusal(
        "the sign-in service refused it", f"look up https://login.microsoftonline.com/error?code={digits}"
    )


def code_in(text: str) -> str | None:
    """Return the code, AADSTS and digits, that a text of the sign-in service contains."""
    found = _CODE.search(text)
    return found.group() if found is not None else None


_CODE = re.compile(rf"{PREFIX}\d+")

_REFUSALS = {
    "16000": ("the tenant does not know this app's user", "sign in with the app's own credentials"),
    "50049": ("the authority is not a known one", "check the settings cloud and authority"),
    "53003": ("a conditional access policy of the tenant blocks this app", "ask its administrator"),
    "70011": ("the scope is not valid", "check the settings cloud and graph_root"),
    "90002": ("there is no such tenant", "check tenant_id, and that the cloud is the tenant's own"),
    "90013": ("the sign-in service finds the request invalid", "check app_id and tenant_id"),
    "500011": ("the tenant does not know the Graph root", "check the settings cloud and graph_root"),
    "500341": ("the account is deleted in this tenant", "register the app again"),
    "700016": (
        "the tenant does not know the app",
        "check app_id, and let its administrator consent to it",
    ),
    "700021": (
        "the assertion does not name this app",
        "its issuer, subject and audience must be app_id's",
    ),
    "700024": ("the assertion is not valid now", "set the machine's clock"),
    "700027": ("the certificate is not registered for the app", "upload it, or use the one that is"),
    "700030": ("the certificate is not valid", "renew it and upload the new one"),
    "7000112": ("the app is disabled in this tenant", "let an administrator enable it"),
    "7000114": ("the app may not ask for tokens of its own", "register it as a confidential client"),
    "7000215": ("the client secret is wrong", "use the secret's value, not its id"),
    "7000216": ("no credential was sent", "set client_secret or client_certificate"),
    "7000218": ("no credential was sent", "set client_secret or client_certificate"),
    "7000222": ("the client secret has expired", "make a new one and set client_secret"),
    "7000229": (
        "the app has no service principal in this tenant",
        "let its administrator consent to the app",
    ),
    "900021": ("the tenant is not valid", "set tenant_id to the tenant's id or domain"),
    "900023": ("the tenant is not valid", "set tenant_id to the tenant's id or domain"),
    "900382": ("the app and the authority belong to different clouds", "check the setting cloud"),
}
