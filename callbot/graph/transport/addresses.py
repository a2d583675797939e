"""Where a request goes: its address, and where Graph may send it on to without the token going astray."""

from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit

from callbot.errors import InvalidArgument, Unavailable
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.connection import NoAnswer
from callbot.graph.transport.retry import Fate
from callbot.graph.verb import Verb


def address_of(
    root: str, verb: Verb, ids: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
) -> str:
    """Return the address of a verb; `ids` fill its path, `query` are OData options.

    Raises `InvalidArgument` for an id that cannot be one.
    """
    path = verb.path
    if ids is not None:
        path = path.format_map({name: _segment(verb, name, value) for name, value in ids.items()})
    url = f"{root}/{verb.version}{path}"
    if query:
        url += "?" + "&".join(f"{name}={quote(value, safe='$,()=')}" for name, value in query.items())
    return url


def next_address(url: str, answer: Answer, *, keeps_method: bool) -> str:
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
            f"Graph redirects to {urlsplit(target).netloc}, which must not see the token",
            Fate.UNKNOWN,
            repeatable=False,
        )
    return target


def next_page(url: str, page: Mapping[str, object], verb: Verb) -> str | None:
    """Return the address of the page after `page`, or None; it must be of Graph itself."""
    link = page.get("@odata.nextLink")
    if not isinstance(link, str):
        return None
    target = _joined(url, link)
    if not _same_origin(target, url):
        raise Unavailable(
            f"the next page is at {urlsplit(target).netloc}, which must not see the token", verb=verb.name
        )
    return target


def _joined(url: str, reference: str) -> str:
    """Return where `reference` leads from `url`; nowhere for what is no address at all."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return ""


def _same_origin(one: str, other: str) -> bool:
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def _segment(verb: Verb, name: str, value: str) -> str:
    """Return an id as a path segment that can only ever be that."""
    if value.strip(".") == "":
        raise InvalidArgument(f"{name} must be an id; {value!r} given", verb=verb.name)
    return quote(value, safe="")
