"""The way in: callbacks are authenticated, decoded and handed over, and answered at once.

A `Receiver` does it in no framework's terms; `aiohttp_handler` fits it into an aiohttp application.
"""

from callbot.webhook.addressee import addressee
from callbot.webhook.aiohttp_adapter import aiohttp_handler, expect_nothing
from callbot.webhook.auth.authenticator import Authenticator
from callbot.webhook.auth.claims import Caller, ClaimChecks
from callbot.webhook.auth.jwks import KeysUnavailable
from callbot.webhook.auth.keys import KeyCache
from callbot.webhook.callback import Accept, Callback, Doubt, Full, Reply
from callbot.webhook.decode import decode, is_legacy_probe
from callbot.webhook.receiver import Receiver

__all__ = [
    "Accept",
    "Authenticator",
    "Callback",
    "Caller",
    "ClaimChecks",
    "Doubt",
    "Full",
    "KeyCache",
    "KeysUnavailable",
    "Receiver",
    "Reply",
    "addressee",
    "aiohttp_handler",
    "decode",
    "expect_nothing",
    "is_legacy_probe",
]
