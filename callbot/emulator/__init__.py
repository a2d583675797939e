"""A Graph calls API of its own, to develop and test a calling bot against: real sockets, TLS and tokens."""

from callbot.emulator.calls.call import Heard
from callbot.emulator.handle import EmulatedCall
from callbot.emulator.journal import (
    CallbackEntry,
    Entry,
    FaultEntry,
    NoteEntry,
    RequestEntry,
    TransitionEntry,
)
from callbot.emulator.people import Behaviour, Person, Press, WhenCalled
from callbot.emulator.server import Emulator, serve
from callbot.emulator.settings import (
    ALL_ROLES,
    APP_ID,
    APP_SECRET,
    CALLBACK_URL,
    TENANT_ID,
    AppRegistration,
    EmulatorSettings,
    Outcome,
    Outcomes,
    Timing,
    Unsettled,
)

__all__ = [
    "ALL_ROLES",
    "APP_ID",
    "APP_SECRET",
    "CALLBACK_URL",
    "TENANT_ID",
    "AppRegistration",
    "Behaviour",
    "CallbackEntry",
    "EmulatedCall",
    "Emulator",
    "EmulatorSettings",
    "Entry",
    "FaultEntry",
    "Heard",
    "NoteEntry",
    "Outcome",
    "Outcomes",
    "Person",
    "Press",
    "RequestEntry",
    "Timing",
    "TransitionEntry",
    "Unsettled",
    "WhenCalled",
    "serve",
]
