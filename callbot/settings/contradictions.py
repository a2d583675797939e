"""What cannot work although every single setting is well formed."""

from urllib.parse import urlsplit

from callbot.clouds import CLOUDS
from callbot.mistakes import admin_mistakes
from callbot.settings.fields import Fields

_CREDENTIALS = (
    "client_secret",
    "client_secret_file",
    "client_certificate",
    "federated_token_file",
    "managed_identity",
)


def contradictions(settings: Fields) -> list[str]:
    """Say what of the settings cannot work together, and what to do; empty when they can."""
    found = []
    credentials = [key for key in _CREDENTIALS if getattr(settings, key) is not None]
    if not credentials:
        found.append(
            "no credentials: set client_secret (or CALLBOT_CLIENT_SECRET) or client_certificate, "
            "or name a client_secret_file"
        )
    if len(credentials) > 1:
        found.append(f"{' and '.join(credentials)} are both set: keep one")
    if urlsplit(settings.callback_url).scheme != "https" or not urlsplit(settings.callback_url).hostname:
        found.append("callback_url must be an https address: Graph sends callbacks nowhere else")
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        found.append("tls_certificate and tls_key go together: set both, or none behind a TLS proxy")
    if not CLOUDS[settings.cloud].calls and settings.graph_root is None:
        found.append(f"cloud {settings.cloud} has no calls API: no calling bot can run there")
    for key in ("authority", "graph_root", "metadata_url"):
        value = getattr(settings, key)
        if value is not None and urlsplit(value).scheme != "https":
            found.append(f"{key} must be an https address")
    return found + _drain_complaints(settings) + admin_complaints(settings)


def _drain_complaints(settings: Fields) -> list[str]:
    incoming, address = settings.drain_incoming, urlsplit(settings.drain_incoming)
    found = []
    if incoming == "accept":
        if settings.drain_calls_timeout > 0:
            found.append(
                'drain_incoming = "accept" hands all calls over to the next process: '
                "it goes with drain_calls_timeout = 0 only"
            )
        if settings.store == "memory://":
            found.append(
                'drain_incoming = "accept" needs a store that the next process can open: sqlite:///...'
            )
    elif incoming != "reject" and (address.scheme != "https" or not address.hostname):
        found.append('drain_incoming must be "reject", "accept" or an https address')
    if incoming == settings.callback_url:
        found.append("drain_incoming is this bot's own callback_url: name another deployment")
    return found


def admin_complaints(settings: Fields) -> list[str]:
    """What of it makes an admin API that cannot work, or one that is open to everybody."""
    token = settings.admin_token
    return admin_mistakes(
        port=settings.admin_port,
        service_port=settings.port,
        host=settings.admin_host,
        token=None if token is None else token.get_secret_value(),
        has_token_file=settings.admin_token_file is not None,
        callback_path=settings.callback_path,
    )
