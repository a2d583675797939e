"""The hooks a bot can have, and the check that a bot class has no others.

A hook that is misspelt would never run, and nobody would notice; so it is an error when the class is made.
"""

import difflib
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from callbot.bot.joining import JoinDecision, ParticipantJoining
from callbot.errors import HookError
from callbot.model import CallResource, CallState
from callbot.state import (
    Change,
    ContentSharingChange,
    MediaChange,
    OperationFinished,
    ParticipantLeft,
    RecordingChange,
    RosterChange,
    Tone,
    TranscriptionChange,
)

Hook = Callable[[Any, Any], Awaitable[None]]  # (call, what): each hook has its own `what`
JoiningHook = Callable[[Any, ParticipantJoining], Awaitable[JoinDecision]]
AnnouncedHook = Callable[[CallResource], Awaitable[str | None]]


class HandlerFailure(NamedTuple):
    """A handler raised: what it handled, its name and the error."""

    change: Change
    handler: str
    error: Exception


OF_STATE: dict[CallState, str] = {
    CallState.INCOMING: "on_incoming",
    CallState.ESTABLISHING: "on_establishing",
    CallState.RINGING: "on_ringing",
    CallState.ESTABLISHED: "on_established",
    CallState.HOLD: "on_hold",
    CallState.TRANSFERRING: "on_transferring",
    CallState.TRANSFER_ACCEPTED: "on_transfer_accepted",
    CallState.REDIRECTING: "on_redirecting",
    CallState.TERMINATING: "on_terminating",
    CallState.TERMINATED: "on_terminated",
}
OF_ANY_STATE = "on_transition"
OF_CHANGE: dict[type[Change], str] = {
    MediaChange: "on_media",
    Tone: "on_tone",
    RosterChange: "on_roster",
    OperationFinished: "on_operation",
    ContentSharingChange: "on_content_sharing",
    TranscriptionChange: "on_transcription",
    RecordingChange: "on_recording",
    ParticipantLeft: "on_participant_left",
}
OF_FAILURE = "on_error"
OF_JOINING = "on_participant_joining"
OF_ANNOUNCED = "on_announced"

HOOKS = frozenset(
    {*OF_STATE.values(), OF_ANY_STATE, *OF_CHANGE.values(), OF_FAILURE, OF_JOINING, OF_ANNOUNCED}
)
_USUAL = ("self", "call", "what")
_ARGUMENTS = {OF_ANNOUNCED: ("self", "announced")}


def check_hooks(bot: type) -> None:
    """Raise `HookError` for a hook of `bot` that would never run, or would fail when it does."""
    for name, member in vars(bot).items():
        if _looks_like_a_hook(name):
            if name not in HOOKS:
                raise HookError(f"{bot.__name__}.{name} is not a hook and would never run{_nearest(name)}")
            _check_signature(bot, name, member)


def _looks_like_a_hook(name: str) -> bool:
    return name.startswith("on_") or _plain(name) in {_plain(hook) for hook in HOOKS}


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, HOOKS, n=1)
    return f"; did you mean {near[0]}?" if near else f"; the hooks are {', '.join(sorted(HOOKS))}"


def _check_signature(bot: type, name: str, member: object) -> None:
    where, arguments = f"{bot.__name__}.{name}", _ARGUMENTS.get(name, _USUAL)
    if not inspect.iscoroutinefunction(member):
        raise HookError(f"{where} must be `async def {name}({', '.join(arguments)})`")
    try:
        inspect.signature(member).bind(*arguments)
    except TypeError:
        raise HookError(f"{where} must take ({', '.join(arguments)})") from None
