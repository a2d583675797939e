"""What runs when something happens: a handler, with the middleware around it."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from callbot.bot.call import Call
from callbot.bot.hooks import HandlerFailure
from callbot.errors import HookError
from callbot.state import Change

What = TypeVar("What")
Handler = Callable[[Call[Any], What], Awaitable[None]]
"""`async def handler(call, what)`: the call, and what happened to it."""

Middleware = Callable[[Call[Any], Change, Handler[Any]], Awaitable[None]]
"""`async def middleware(call, change, handler)`, which runs `await handler(call, change)`, or does not."""


class Handling(NamedTuple):
    """A handler that was found for a change, and what is around it, the outermost first.

    `on_failure` is told when it raises; None for nobody.
    """

    handler: Handler[Any]
    middlewares: tuple[Middleware, ...] = ()
    on_failure: Handler[HandlerFailure] | None = None

    @property
    def name(self) -> str:
        """What the handler is called in logs."""
        return name_of(self.handler)

    async def run(self, call: Call[Any], change: Change) -> None:
        """Run the handler, through its middleware."""
        handler = self.handler
        for middleware in reversed(self.middlewares):
            handler = partial(_around, middleware, handler)
        await handler(call, change)

    def inside(
        self, middlewares: tuple[Middleware, ...], on_failure: Handler[HandlerFailure] | None
    ) -> "Handling":
        """Return the same with more around it."""
        return self._replace(
            middlewares=(*middlewares, *self.middlewares),
            on_failure=self.on_failure or on_failure,
        )


async def _around(middleware: Middleware, handler: Handler[Any], call: Call[Any], change: Change) -> None:
    await middleware(call, change, handler)


def name_of(handler: object) -> str:
    """Return what to call a handler: the qualified name of a function, else of its type."""
    inner = handler.func if isinstance(handler, partial) else handler
    return str(getattr(inner, "__qualname__", type(inner).__qualname__))


def check_handler(handler: object, arguments: Iterable[str] = ("call", "what")) -> None:
    """Raise `HookError` for what cannot be awaited with these arguments."""
    wanted = tuple(arguments)
    shape = f"`async def {name_of(handler).rpartition('.')[2]}({', '.join(wanted)})`"
    if not callable(handler) or not _is_async(handler):
        raise HookError(f"{name_of(handler)} must be {shape}")
    try:
        inspect.signature(handler).bind(*wanted)
    except TypeError:
        raise HookError(f"{name_of(handler)} must take ({', '.join(wanted)}): {shape}") from None


def check_middlewares(middlewares: Iterable[object]) -> None:
    """Raise `HookError` for a middleware that could not run."""
    for middleware in middlewares:
        check_handler(middleware, ("call", "change", "handler"))


def _is_async(handler: object) -> bool:
    inner = handler.func if isinstance(handler, partial) else handler
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(
        getattr(type(inner), "__call__", None)  # noqa: B004 - whether calling it gives a coroutine
    )
