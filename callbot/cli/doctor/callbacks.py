"""Can the platform reach the bot: the address, its certificate, and who answers there?

Asked from this machine, so what only the outside sees (a firewall, another name server) stays unseen.
https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/registering-calling-bot
"""

import asyncio
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

from callbot.cli.doctor.exam import Exam, Heard, Silence
from callbot.cli.doctor.findings import Finding, Level, failure, ok, warning
from callbot.clock import timeout

_SOON = 14 * 86_400  # seconds; a certificate that is renewed by itself is renewed earlier
_RUN_IT = "is the bot running, and does the proxy or the firewall let port {port} through to it?"
_FULL_CHAIN = (
    "serve the full chain of a publicly trusted certificate (tls_certificate holds the certificate, then the "
    "intermediates); Graph drops callbacks to any other silently"
)


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int


async def check_callbacks(exam: Exam) -> list[Finding]:
    """Look at the callback address from the name to the bot's own answer; stops where it goes no further."""
    if exam.settings.callbacks == "off":
        return [ok("callback URL", "callbacks are off: nobody has to reach the bot")]
    parts = urlsplit(exam.settings.callback_url)
    place = _Place(parts.hostname or "", parts.port or 443)
    found: list[Finding] = []
    for check in (_name, _certificate, _answer):
        found += await check(exam, place)
        if found[-1].level is Level.FAILURE:
            break
    return found


async def _name(exam: Exam, place: _Place) -> list[Finding]:
    check = "callback name"
    loop = asyncio.get_running_loop()
    try:
        async with timeout(exam.clock, exam.settings.request_timeout):
            listed = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [failure(check, f"{place.host} has no address", "check callback_url and the name server")]
    addresses = sorted({str(address[0]) for *_, address in listed})
    private = [address for address in addresses if not ipaddress.ip_address(address).is_global]
    if private:
        return [
            warning(
                check,
                f"{place.host} is {', '.join(private)} here, which is not on the public internet",
                "fine if the name leads elsewhere from outside; Graph needs a public address",
            )
        ]
    return [ok(check, f"{place.host} is {', '.join(addresses)}")]


async def _certificate(exam: Exam, place: _Place) -> list[Finding]:
    check = "callback certificate"
    try:
        expires = await _handshake(exam, place, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return [await _untrusted(exam, place, error)]
    except TimeoutError:
        return [failure(check, f"{place.host}:{place.port} does not answer", _RUN_IT.format(port=place.port))]
    except ssl.SSLError as error:
        return [
            failure(check, f"no TLS: {error.reason or error}", "callback_url must lead to a TLS listener")
        ]
    except OSError as error:
        says = f"{place.host}:{place.port}: {error.strerror or error}"
        return [failure(check, says, _RUN_IT.format(port=place.port))]
    return [_lifetime(exam, expires, "publicly trusted")]


async def _untrusted(exam: Exam, place: _Place, error: ssl.SSLCertVerificationError) -> Finding:
    """Say what is wrong with the certificate; one of an authority of one's own is for the emulator only."""
    check, says = "callback certificate", error.verify_message
    if exam.settings.ca_file is not None:
        own = ssl.create_default_context()
        own.load_verify_locations(exam.settings.ca_file)
        try:
            expires = await _handshake(exam, place, own)
        except (OSError, TimeoutError) as second:
            says = getattr(second, "verify_message", says)
        else:
            if exam.settings.graph_root is not None:
                return _lifetime(exam, expires, "trusted through ca_file, as the emulator does")
            return failure(check, "only ca_file makes it trusted, and Graph does not know that", _FULL_CHAIN)
    return failure(check, says, _FULL_CHAIN)


async def _handshake(exam: Exam, place: _Place, tls: ssl.SSLContext) -> float:
    """Connect with TLS and return when the certificate expires, in Unix seconds."""
    async with timeout(exam.clock, exam.settings.request_timeout):
        _, writer = await asyncio.open_connection(place.host, place.port, ssl=tls, server_hostname=place.host)
    try:
        held = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(held).not_valid_after_utc.timestamp()
    finally:
        writer.transport.abort()


def _lifetime(exam: Exam, expires: float, trusted: str) -> Finding:
    date = f"{datetime.fromtimestamp(expires, UTC):%Y-%m-%d}"
    left = expires - exam.clock.time()
    if left < _SOON:
        return warning(
            "callback certificate",
            f"{trusted}, but it expires on {date}",
            "renew it, and restart the bot if it ends TLS itself",
        )
    return ok("callback certificate", f"{trusted}, until {date}")


async def _answer(exam: Exam, place: _Place) -> list[Finding]:
    """See who answers: callbot says so to a GET, and turns a stranger's POST away with a 401 of its own."""
    url, check = exam.settings.callback_url, "callback answer"
    try:
        got = await exam.ask("GET", url)
        posted = await exam.ask("POST", url)
    except Silence as silence:
        return [failure(check, str(silence), _RUN_IT.format(port=place.port))]
    if not _is_callbot(got):
        return [_somebody_else(got)]
    if posted.status == 503:  # noqa: PLR2004 - it cannot check tokens
        return [failure(check, "the bot has no signing keys yet", "see the line about signing keys")]
    if posted.status != 401:  # noqa: PLR2004 - what a stranger gets
        fix = "let what stands before the bot pass requests and answers on as they are"
        return [failure(check, f"a POST without a token gets HTTP {posted.status} instead of 401", fix)]
    return [ok(check, "callbot answers, and turns strangers away")]


def _is_callbot(heard: Heard) -> bool:
    try:
        document = json.loads(heard.body)
    except ValueError:
        return False
    error = document.get("error") if isinstance(document, dict) else None
    return isinstance(error, dict) and error.get("code") == "other_method"


def _somebody_else(heard: Heard) -> Finding:
    """Say who answered, by the status: each has its usual cause."""
    check, says = "callback answer", f"HTTP {heard.status}, and not from callbot"
    match heard.status:
        case 401 | 403:
            fix = "something before callbot wants a token of its own: let callback_url's path pass it"
        case 404:
            fix = "nothing is at the path of callback_url: compare it with what the bot and the proxy serve"
        case 502 | 503 | 504:
            fix = "the proxy does not reach the bot: is it running, on the port the proxy sends to?"
        case status if 300 <= status < 400:  # noqa: PLR2004 - HTTP's redirections
            fix = f"it redirects to {heard.headers.get('location', 'nowhere')}: name the final address"
        case _:
            fix = "another program answers there: check callback_url and the proxy"
    return failure(check, says, fix)
