"""Prompts that lie elsewhere: which addresses the platform can fetch, and a look at what is there.

The platform fetches a prompt itself, without credentials, over https and from the public internet.
https://learn.microsoft.com/graph/api/resources/mediainfo
"""

import asyncio
import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

import aiohttp

from callbot.clock import Clock, timeout
from callbot.errors import PromptError
from callbot.media.wav import MAX_BYTES

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|data:", re.IGNORECASE)
_DEADLINE = 10.0  # seconds; the platform's own patience is not documented
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
_HIDDEN = (  # global by their number, and yet of one's own network
    ipaddress.ip_network("64:ff9b:1::/48"),  # translation within a site: RFC 8215
    ipaddress.ip_network("fec0::/10"),  # site-local: RFC 3879
    ipaddress.ip_network("192.0.0.0/24"),  # protocols, and the metadata of some clouds: RFC 6890
    ipaddress.ip_network("168.63.129.16/32"),  # what a machine in Azure asks its host by
)
_HEADER = 44  # bytes of the smallest WAV header


def is_url(source: str) -> bool:
    """Tell an address from a path: an address has a scheme."""
    return _ADDRESS.match(source) is not None


def split_url(url: str) -> SplitResult:
    """Take the address of a prompt apart; raises `PromptError` when the platform could not fetch it.

    The message shows neither the query nor credentials: both may be secrets.
    """
    if not url.isprintable() or " " in url:
        raise PromptError("the address of a prompt has blanks or control characters: percent-encode them")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise PromptError("the address of a prompt is not a valid URL: check its host and port") from None
    if parts.scheme != "https":
        raise PromptError(
            f"the platform fetches prompts over https only, not {parts.scheme}: "
            "give an https address or the path of a file"
        )
    if not parts.hostname or port == 0:
        raise PromptError(f"{_shown(parts)}: the address of a prompt names no host")
    if "@" in parts.netloc:
        raise PromptError(
            f"{_shown(parts)}: the platform sends no credentials: leave them out of the address"
        )
    return parts


async def check_url(url: str, session: aiohttp.ClientSession, *, clock: Clock, private: bool = False) -> None:
    """Ask with a HEAD whether the platform will find a prompt at `url`; raises `PromptError` if not.

    Hosts that resolve to a private, loopback or link-local address are refused unless `private` is true: the
    platform could not reach them, and a bot that takes prompts from elsewhere must not be talked into asking
    its own network. The address that was checked is the one that is asked, so a name cannot change its
    meaning in between, and redirects are not followed. `session` should bring no default headers: they would
    be sent to that host.
    """
    parts = split_url(url)
    where = _shown(parts)
    try:
        async with timeout(clock, _DEADLINE):
            addresses = await _resolve(parts)
            hidden = next((address for address in addresses if not _is_public(address)), None)
            if hidden is not None and not private:
                raise PromptError(
                    f"{where}: the host's address is {hidden}, which the platform cannot reach: "
                    "a prompt must be on the public internet"
                )
            fault = await _ask(parts, addresses, session)
    except TimeoutError:
        fault = f"no answer within {_DEADLINE:.0f} s"
    except (aiohttp.ClientError, OSError) as error:
        fault = f"cannot be reached: {error}"
    if fault:
        raise PromptError(f"{where}: {fault}")


async def _resolve(parts: SplitResult) -> list[str]:
    """Return the addresses of the host, in the order the system would try them."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PromptError(f"{_shown(parts)}: the host {parts.hostname} has no address") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or _translated(address)
        if wrapped is not None:
            return _is_public(str(wrapped))
    hidden = address.is_multicast or any(address in network for network in _HIDDEN)
    return address.is_global and not hidden


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a gateway makes of this one, or that it is another spelling of."""
    if any(address in network for network in _TRANSLATED) and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


async def _ask(parts: SplitResult, addresses: list[str], session: aiohttp.ClientSession) -> str | None:
    """Send the HEAD to the first address that takes the connection; return what is wrong, if anything."""
    for address in addresses[:-1]:
        try:
            return await _head(parts, address, session)
        except aiohttp.ClientConnectorError:
            continue  # as a browser does: a host may have an address nobody listens on
    return await _head(parts, addresses[-1], session)


async def _head(parts: SplitResult, address: str, session: aiohttp.ClientSession) -> str | None:
    host = f"[{address}]" if ":" in address else address
    pinned = parts._replace(netloc=f"{host}:{parts.port or 443}", fragment="")
    async with session.head(
        pinned.geturl(),
        headers={"Host": parts.netloc},
        server_hostname=parts.hostname,
        allow_redirects=False,
    ) as answer:
        return _fault(answer)


def _fault(answer: aiohttp.ClientResponse) -> str | None:
    if 300 <= answer.status < 400:  # noqa: PLR2004 - HTTP's redirections
        return "it redirects: give the address it leads to"
    if answer.status in {405, 501}:
        return f"HTTP {answer.status}: the host does not answer HEAD, so the prompt cannot be checked"
    if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        return f"HTTP {answer.status}: the platform asks without credentials and would get the same"
    if answer.content_type != "application/octet-stream" and not answer.content_type.startswith("audio/"):
        return f"it is {answer.content_type}, not sound"
    size = answer.content_length
    if size is not None and not _HEADER < size <= MAX_BYTES:
        return f"it has {size} bytes; a prompt has more than {_HEADER} and at most {MAX_BYTES}"
    return None


def _shown(parts: SplitResult) -> str:
    """The address without what may be a secret."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
