"""How an emulator is set up: apps, people, deadlines, end reasons, and what nobody knows."""

from callbot.emulator.settings.apps import (
    ALL_ROLES,
    APP_ID,
    APP_SECRET,
    CALLBACK_URL,
    INSTANCE_ID,
    INSTANCE_PHONE,
    TENANT_ID,
    AppRegistration,
    Instance,
)
from callbot.emulator.settings.emulator import Cloud, EmulatorSettings, Limits
from callbot.emulator.settings.faults import Fault, FaultRates, FaultSettings
from callbot.emulator.settings.outcomes import OperationOutcomes, Outcome, Outcomes
from callbot.emulator.settings.timing import Timing
from callbot.emulator.settings.unsettled import Unsettled

__all__ = [
    "ALL_ROLES",
    "APP_ID",
    "APP_SECRET",
    "CALLBACK_URL",
    "INSTANCE_ID",
    "INSTANCE_PHONE",
    "TENANT_ID",
    "AppRegistration",
    "Cloud",
    "EmulatorSettings",
    "Fault",
    "FaultRates",
    "FaultSettings",
    "Instance",
    "Limits",
    "OperationOutcomes",
    "Outcome",
    "Outcomes",
    "Timing",
    "Unsettled",
]
