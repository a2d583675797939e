"""A Graph calls API of its own, to develop and test a calling bot against: real sockets, TLS and tokens."""

from callbot.emulator.calls.call import Heard
from callbot.emulator.handles.call import EmulatedCall
from callbot.emulator.handles.group import EmulatedGroup
from callbot.emulator.journal import (
    CallbackEntry,
    Entry,
    FaultEntry,
    NoteEntry,
    RequestEntry,
    TransitionEntry,
)
from callbot.emulator.server import Emulator, serve
from callbot.emulator.settings import (
    ALL_ROLES,
    APP_ID,
    APP_SECRET,
    CALLBACK_URL,
    INSTANCE_ID,
    INSTANCE_PHONE,
    TENANT_ID,
    AppRegistration,
    Cloud,
    EmulatorSettings,
    Fault,
    FaultRates,
    FaultSettings,
    Instance,
    Limits,
    OperationOutcomes,
    Outcome,
    Outcomes,
    Timing,
    Unsettled,
)
from callbot.emulator.tenant.meetings import Lobby, Meeting
from callbot.emulator.tenant.people import Behaviour, Person, Press, WhenCalled

__all__ = [
    "ALL_ROLES",
    "APP_ID",
    "APP_SECRET",
    "CALLBACK_URL",
    "INSTANCE_ID",
    "INSTANCE_PHONE",
    "TENANT_ID",
    "AppRegistration",
    "Behaviour",
    "CallbackEntry",
    "Cloud",
    "EmulatedCall",
    "EmulatedGroup",
    "Emulator",
    "EmulatorSettings",
    "Entry",
    "Fault",
    "FaultEntry",
    "FaultRates",
    "FaultSettings",
    "Heard",
    "Instance",
    "Limits",
    "Lobby",
    "Meeting",
    "NoteEntry",
    "OperationOutcomes",
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
