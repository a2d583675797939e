"""Whether anything is under way that the event loop cannot see: an answer on the wire, a thread at work.

A task that is suspended waits either for the loop (a timer, another task) or for the world outside it. Which
of the two shows in the frames it is suspended in. An HTTP request that a handler in this very process holds
waits for that handler, so only requests that nobody holds are on the wire.
"""

import asyncio
import gc
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType

from aiohttp import web

_HTTP_CLIENT = ("aiohttp.client", "aiohttp.client_reqrep", "aiohttp.connector")
_HTTP_STREAM = "aiohttp.streams"
_HTTP_HANDLER = "aiohttp.web_app"
_SIGN_IN = "callbot.graph.access.msal_http"  # a request that a thread waits for
_OUTSIDE = ("aiosqlite", "asyncpg", "httpcore", "psycopg")

_SUSPENDED = (CoroutineType, GeneratorType, AsyncGeneratorType)


@dataclass(frozen=True, slots=True)
class _Suspended:
    """Where a task waits: the frames it is suspended in, the innermost last, and their modules."""

    name: str
    frames: tuple[FrameType, ...]
    modules: tuple[str, ...]

    def within(self, *packages: str) -> bool:
        """Whether one of the frames is of one of these modules or packages."""
        return any(_of(module, package) for module in self.modules for package in packages)

    def __str__(self) -> str:
        return f"{self.name} in {self.frames[-1].f_code.co_qualname if self.frames else 'nothing'}"


def under_way(loop: asyncio.AbstractEventLoop, threads: int = 0, outside: tuple[str, ...] = ()) -> list[str]:
    """Return in words what waits for the world outside the loop; nothing when only timers can go on.

    `threads` is how many jobs of the loop are at work in threads, `outside` are further packages whose
    coroutines wait for the world.
    """
    found: dict[str, list[str]] = {"request": [], "held": [], "sign-in": [], "outside": []}
    for task in asyncio.all_tasks(loop):
        where = _suspended(task)
        for kind in _kinds(where, (*_OUTSIDE, *outside)):
            found[kind].append(str(where))
    words = found["outside"]
    if len(found["request"]) > len(found["held"]):
        words += found["request"]
    if threads > len(found["sign-in"]):
        words.append(f"{threads} job{'s'[: threads != 1]} at work in threads")
    return words


def _kinds(where: _Suspended, outside: tuple[str, ...]) -> Iterator[str]:
    if not where.modules:
        return
    innermost = where.modules[-1]
    handler = where.within(_HTTP_HANDLER)
    client = where.within(*_HTTP_CLIENT) or (_of(innermost, _HTTP_STREAM) and not handler)
    if client and not _of(where.modules[0], "aiohttp"):  # a task of aiohttp's own is part of a request
        yield "request"
    # a handler that reads or writes is not what the other side waits for: the wire is
    if handler and (client or not _of(innermost, "aiohttp")) and _has_a_client(where):
        yield "held"
    if where.within(_SIGN_IN):
        yield "sign-in"
    if where.within(*outside):
        yield "outside"


def _has_a_client(where: _Suspended) -> bool:
    """Whether somebody is still there to whom the handler's answer matters."""
    for frame, module in zip(where.frames, where.modules, strict=True):
        if _of(module, _HTTP_HANDLER):
            request = frame.f_locals.get("request")
            return isinstance(request, web.BaseRequest) and request.transport is not None
    return False


def _suspended(task: "asyncio.Task[object]") -> _Suspended:
    frames = tuple(_frames(task.get_coro()))
    return _Suspended(task.get_name(), frames, tuple(str(one.f_globals.get("__name__")) for one in frames))


def _frames(awaited: object) -> Iterator[FrameType]:
    """Yield the frames that `awaited` is suspended in, the innermost last."""
    while awaited is not None:
        frame: FrameType | None
        if inspect.iscoroutine(awaited):
            frame, inner = awaited.cr_frame, awaited.cr_await
        elif inspect.isgenerator(awaited):
            frame, inner = awaited.gi_frame, awaited.gi_yieldfrom
        elif inspect.isasyncgen(awaited):
            frame, inner = awaited.ag_frame, awaited.ag_await
        else:
            # a wrapper of the interpreter, as for `__await__` and `async for`, does not show what it wraps
            frame, inner = (
                None,
                next((one for one in gc.get_referents(awaited) if isinstance(one, _SUSPENDED)), None),
            )
        if frame is not None:
            yield frame
        awaited = inner


def _of(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")
