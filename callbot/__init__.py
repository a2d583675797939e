"""callbot: write Microsoft Teams calling bots that are right when the network is not.

What serves a bot (`attach`, `create_app`, `run`) is imported when it is first asked for: a module that only
holds a bot, a test or a tool need not wait for a web server.
"""

import importlib
import typing

from callbot import _dependencies  # noqa: F401 - first of all: it says what is not installed
from callbot._version import __version__
from callbot.bot import (
    Call,
    CallBot,
    Digits,
    Filter,
    GatherEnd,
    HandlerFailure,
    JoinDecision,
    Middleware,
    ParticipantJoining,
    Recording,
    Router,
    filters,
)
from callbot.errors import (
    AuthenticationFailed,
    BotStopped,
    CallbackError,
    CallbotError,
    CallEnded,
    CallNotFound,
    CallStateConflict,
    ConfigurationError,
    DecodeError,
    GraphError,
    GraphTimeout,
    HookError,
    InvalidArgument,
    LeaseLost,
    LimitReached,
    NotFound,
    OperationFailed,
    PermissionDenied,
    PromptError,
    StoreError,
    Throttled,
    UnauthenticatedCallback,
    Unavailable,
    UnfitRecord,
    VersionConflict,
    WaitTimeout,
)
from callbot.graph import MeetingCoordinates, MeetingId, MeetingToken, parse_join_link
from callbot.model import (
    AcsUser,
    AppHostedMediaConfig,
    Application,
    CallDirection,
    CallResource,
    CallState,
    CommsOperation,
    Guest,
    IncomingCallOptions,
    InvitationParticipantInfo,
    MediaInfo,
    Modality,
    OutgoingCallOptions,
    Participant,
    ParticipantInfo,
    Phone,
    RecordingStatus,
    RejectReason,
    ResourceAccount,
    ResultInfo,
    RoutingMode,
    ScreenSharingRole,
    ServiceHostedMediaConfig,
    ToneName,
    User,
)
from callbot.settings import Settings
from callbot.state import (
    ContentSharingChange,
    MediaChange,
    OperationFinished,
    ParticipantLeft,
    RecordingChange,
    RosterChange,
    Source,
    Tone,
    TranscriptionChange,
    Transition,
)

if typing.TYPE_CHECKING:  # hides no cycle: type checkers and editors do not look into `__getattr__`
    from callbot.service import attach, create_app, run

_OF_SERVICE = frozenset({"attach", "create_app", "run"})

__all__ = [
    "AcsUser",
    "AppHostedMediaConfig",
    "Application",
    "AuthenticationFailed",
    "BotStopped",
    "Call",
    "CallBot",
    "CallDirection",
    "CallEnded",
    "CallNotFound",
    "CallResource",
    "CallState",
    "CallStateConflict",
    "CallbackError",
    "CallbotError",
    "CommsOperation",
    "ConfigurationError",
    "ContentSharingChange",
    "DecodeError",
    "Digits",
    "Filter",
    "GatherEnd",
    "GraphError",
    "GraphTimeout",
    "Guest",
    "HandlerFailure",
    "HookError",
    "IncomingCallOptions",
    "InvalidArgument",
    "InvitationParticipantInfo",
    "JoinDecision",
    "LeaseLost",
    "LimitReached",
    "MediaChange",
    "MediaInfo",
    "MeetingCoordinates",
    "MeetingId",
    "MeetingToken",
    "Middleware",
    "Modality",
    "NotFound",
    "OperationFailed",
    "OperationFinished",
    "OutgoingCallOptions",
    "Participant",
    "ParticipantInfo",
    "ParticipantJoining",
    "ParticipantLeft",
    "PermissionDenied",
    "Phone",
    "PromptError",
    "Recording",
    "RecordingChange",
    "RecordingStatus",
    "RejectReason",
    "ResourceAccount",
    "ResultInfo",
    "RosterChange",
    "Router",
    "RoutingMode",
    "ScreenSharingRole",
    "ServiceHostedMediaConfig",
    "Settings",
    "Source",
    "StoreError",
    "Throttled",
    "Tone",
    "ToneName",
    "TranscriptionChange",
    "Transition",
    "UnauthenticatedCallback",
    "Unavailable",
    "UnfitRecord",
    "User",
    "VersionConflict",
    "WaitTimeout",
    "__version__",
    "attach",
    "create_app",
    "filters",
    "parse_join_link",
    "run",
]


def __getattr__(name: str) -> object:
    """Import what serves a bot, when somebody asks for it."""
    if name not in _OF_SERVICE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    service = importlib.import_module("callbot.service")
    globals().update((one, getattr(service, one)) for one in _OF_SERVICE)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_OF_SERVICE})
