"""Keeps people, and tokens, out of the log.

callbot writes no name or number of a person itself. But what others say may hold some: an exception of a
bot's own code, a complaint of Graph. So free text is looked through before it is written: for what has the
form of a telephone number, an address or a token, and for the names and numbers of the people in the call the
line is about. Each person becomes a short hash, the same one wherever they are named.

The key of the hash is made when the process starts and is kept nowhere. So a hash tells people apart in the
log of one process, and nobody can find out later whose it was, not even by trying every telephone number.
"""

import hmac
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType

from structlog.typing import EventDict, WrappedLogger

from callbot.log.context import CONTEXT, ID_FIELDS, fields

Scrub = Callable[[str], str]

_KEY = secrets.token_bytes(32)
_LENGTH = 10  # characters: 40 bits tell the callers of a day apart
_SHORTEST = 3  # letters of a name that is looked for: less would be found everywhere
_SHORTEST_PART = 4  # and of a part of one, which is looked for as it is spelt

_TOKEN = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*)+|(?<=bearer )[\w.~+/=-]{8,}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""(?:sips?|tel|mailto):[^\s;,<>"'()]+"""  # whatever the rest looks like
    r"|\b8:\w+:[\w.-]+"  # a user, as Skype writes one
    r"|[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:\b4:)?\+\d[\d ().-]{5,18}\d",
    re.IGNORECASE,
)
_MAYBE = re.compile(  # in free text: a number without its plus, an id that names no call
    r"(?<![\w.:-])\d{9,15}(?![\w-])"
    r"|(?<!call )(?<!request-id )[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    re.IGNORECASE,
)
_IDENTITIES = frozenset({"user", "phone", "guest", "encrypted", "azureCommunicationServicesUser"})
_NAMES = frozenset({"displayName", "userPrincipalName", "email", "subject"})
_OURS = frozenset(
    (
        *ID_FIELDS,
        "client_request_id",
        "hook",
        "handler",
        "verb",
        "where",
        "waits_for",
        "level",
        "logger",
        "path",
    )
)
"""Fields that hold words of callbot's or of the developer's own, or ids that are no person's."""

_shown = False


def show_people(*, plain: bool) -> None:
    """Say for the whole process whether names and numbers of people are written as they are."""
    global _shown  # noqa: PLW0603 - as logging itself, it is one for the process
    _shown = plain


def person(value: str) -> str:
    """Return what stands in the log for a person: a short keyed hash of a name, a number or an id.

    The same in every line of this process, and in no other. With `log_people = "plain"` it is the value.
    """
    return value if _shown else f"person:{hashed(value)}"


def hashed(value: str) -> str:
    """Return the short keyed hash of a name, a number or an id of a person, whatever the log shows."""
    number = re.fullmatch(r"(?:4:|tel:)?\+?([\d ().-]+)", value)
    known = re.sub(r"\D", "", number[1]) if number is not None else value.casefold().strip()
    return hmac.new(_KEY, known.encode(), "sha256").hexdigest()[:_LENGTH]


def free_text(words: str) -> str:
    """Return a text without people and tokens: for what is cut short, which must be done after this."""
    return _scrubbing()(words)


def without_people(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take people and tokens out of a line, as a processor of structlog.

    The message of one of callbot's own lines is fixed text; that of any other is free text like an error's.
    """
    scrub = _scrubbing()
    for name, value in event.items():
        if name in _OURS or (name == "event" and event.get("logger", "callbot").startswith("callbot")):
            continue
        event[name] = _within(value, scrub) if name != "exc_info" else value
    error = _exception(event.get("exc_info"))
    if error is not None and any(scrub(words) != words for words in _words(error, set())):
        trace = event["exc_info"][2] if isinstance(event["exc_info"], tuple) else error.__traceback__
        told = _told(error, scrub, {}, trace)
        event["exc_info"] = (type(told), told, trace)
    return event


def _within(value: object, scrub: Scrub) -> object:
    match value:
        case str():
            return scrub(value)
        case dict():
            return {name: _within(one, scrub) for name, one in value.items()}
        case list() | tuple():
            return [_within(one, scrub) for one in value]
        case BaseException():
            return scrub(f"{type(value).__name__}: {value}")
    return value


def _scrubbing() -> Scrub:
    """Return what takes the people out of a text, by the context there is now."""
    if _shown:
        return lambda text: _TOKEN.sub("<token>", text)
    names = set(_names(CONTEXT.get()[5]))
    parts = {part for name in names for part in name.split() if len(part) >= _SHORTEST_PART} - names
    known = re.compile(rf"(?<!\w)(?:(?i:{_any(names)})|{_any(parts)})(?!\w)")
    ours = {value.lower() for value in fields().values()}

    def replaced(found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in ours else person(found[0])

    def scrub(text: str) -> str:
        text = _ADDRESS.sub(replaced, known.sub(replaced, _TOKEN.sub("<token>", text)))
        return _MAYBE.sub(replaced, text) if " " in text else text  # one word is an id, or no number at all

    return scrub


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first; for none of them it never matches."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def _names(documents: object, inside: str = "") -> Iterator[str]:
    """Yield every name, number and id of a person in what Graph has said of a call."""
    match documents:
        case Mapping():
            for name, value in documents.items():
                if isinstance(value, str):
                    is_person = name in _NAMES or (name == "id" and inside in _IDENTITIES)
                    if is_person and len(value) >= _SHORTEST and inside != "application":
                        yield value
                        yield value.removeprefix("+")
                else:
                    yield from _names(value, name)
        case list() | tuple():
            for one in documents:
                yield from _names(one, inside)


def _exception(exc_info: object) -> BaseException | None:
    """Return the exception of a line, given in any of the ways that logging takes."""
    match exc_info:
        case True:
            return sys.exc_info()[1]
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
    return None


def _words(error: BaseException | None, known: set[int]) -> Iterator[str]:
    """Yield everything that a traceback says in words: of an error, its parts, and what led to it."""
    if error is None or id(error) in known:
        return
    known.add(id(error))
    yield str(error)
    yield from map(str, getattr(error, "__notes__", ()))
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _words(part, known)
    yield from _words(error.__cause__, known)
    yield from _words(error.__context__, known)


def _told(
    error: BaseException, scrub: Scrub, known: dict[int, BaseException], trace: TracebackType | None
) -> BaseException:
    """Return an exception to be written in the place of `error`: its name, frames and causes, other words."""
    if id(error) in known:
        return known[id(error)]
    kind = type(error)
    if isinstance(error, BaseExceptionGroup):
        parts = [_told(one, scrub, known, one.__traceback__) for one in error.exceptions]
        told: BaseException = BaseExceptionGroup(scrub(str(error.message)), parts)
    else:
        names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
        told = type(kind.__name__, (Exception,), names)(scrub(str(error)))
    known[id(error)] = told
    told.__traceback__ = trace
    for note in getattr(error, "__notes__", ()):
        told.add_note(scrub(str(note)))
    if error.__cause__ is not None:
        told.__cause__ = _told(error.__cause__, scrub, known, error.__cause__.__traceback__)
    if error.__context__ is not None:
        told.__context__ = _told(error.__context__, scrub, known, error.__context__.__traceback__)
    told.__suppress_context__ = error.__suppress_context__
    return told
