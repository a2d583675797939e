"""Exceptions as the log may tell them: their names, frames and causes, without people and tokens."""

import sys
from collections.abc import Iterator
from types import TracebackType

from callbot.log.people import Scrub


def without_people(exc_info: object, scrub: Scrub) -> object:
    """Return what is to be written in the place of the exception of a line; where nobody is named, itself."""
    error = _exception(exc_info)
    if error is None or all(scrub(words) == words for words in _words(error, set())):
        return exc_info
    trace = exc_info[2] if isinstance(exc_info, tuple) else error.__traceback__
    told = _told(error, scrub, {}, trace)
    return (type(told), told, trace)


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
