"""Where a request goes: its address, and where Graph may send it on to without the token going astray."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urljoin

from yarl import URL

from callbot.errors import InvalidArgument, Unavailable
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.connection import NoAnswer
from callbot.graph.transport.retry import Fate
from callbot.graph.verb import Verb

_PLAIN = re.compile(r"[A-Za-z0-9-]+").fullmatch  # as most ids are


def address_of(
    root: URL, verb: Verb, ids: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
) -> URL:
    """Return the address of a verb; `ids` fill its path, `query` are OData options.

    Raises `InvalidArgument` for an id that cannot be one.
    """
    path = verb.path
    if ids is not None:
        path = path.format_map({name: _segment(verb, name, value) for name, value in ids.items()})
    url = root.with_path(f"{root.raw_path.rstrip('/')}/{verb.version}{path}", encoded=True)
    if query:
        url = URL(
            f"{url}?" + "&".join(f"{name}={quote(value, safe='$,()=')}" for name, value in query.items())
        )
    return url


def next_address(url: URL, answer: Answer, *, keeps_method: bool) -> URL:
    """Return where a redirect leads; raises `NoAnswer` where the token or the request would not be safe."""
    location = answer.headers.get("Location")
    if not location or not keeps_method:
        raise NoAnswer(
            f"Graph redirects with HTTP {answer.status}, which this request cannot follow",
            Fate.UNKNOWN,
            repeatable=False,
        )
    target = _joined(url, location)
    if not _same_origin(target, url):
        raise NoAnswer(
            f"Graph redirects to {target.raw_authority}, which must not see the token",
            Fate.UNKNOWN,
            repeatable=False,
        )
    return target


def next_page(url: URL, page: Mapping[str, object], verb: Verb) -> URL | None:
    """Return the address of the page after `page`, or None; it must be of Graph itself."""
    link = page.get("@odata.nextLink")
    if not isinstance(link, str):
        return None
    target = _joined(url, link)
    if not _same_origin(target, url):
        raise Unavailable(
            f"the next page is at {target.raw_authority}, which must not see the token", verb=verb.name
        )
    return target


def _joined(url: URL, reference: str) -> URL:
    """Return where `reference` leads from `url`; nowhere for what is no address at all."""
    try:
        return URL(urljoin(str(url), reference))
    except ValueError:
        return URL()


def _same_origin(one: URL, other: URL) -> bool:
    return (one.scheme, one.raw_authority) == (other.scheme, other.raw_authority)


def _segment(verb: Verb, name: str, value: str) -> str:
    """Return an id as a path segment that can only ever be that."""
    if value.strip(".") == "":
        raise InvalidArgument(f"{name} must be an id; {value!r} given", verb=verb.name)
    return value if _PLAIN(value) else quote(value, safe="")
