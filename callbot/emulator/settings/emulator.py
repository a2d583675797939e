"""The settings of one emulator as a whole.

The defaults make a tenant to develop against: one app with well-known ids, one person for each way to react
to a call, and one meeting.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from callbot.emulator.settings.apps import TENANT_ID, AppRegistration
from callbot.emulator.settings.base import Frozen, Seconds
from callbot.emulator.settings.faults import FaultSettings
from callbot.emulator.settings.outcomes import OperationOutcomes, Outcomes
from callbot.emulator.settings.timing import Timing
from callbot.emulator.settings.unsettled import Unsettled
from callbot.emulator.tenant.meetings import Meeting, default_meeting
from callbot.emulator.tenant.people import Person, default_people


class Cloud(StrEnum):
    """Which cloud's calls API is emulated; each lacks something that the global one has."""

    GLOBAL = "Global"
    US_GOV_L4 = "UsGovL4"
    US_GOV_L5 = "UsGovL5"
    BLEU = "Bleu"
    US_NAT = "USNat"
    US_SEC = "USSec"
    CHINA = "China"


class Limits(Frozen):
    """Quotas; None for none. The real ones change over the years and by tenant."""

    requests_per_15_seconds: int | None = Field(50_000, ge=1, description="per app and tenant; then 429")
    calls_per_month: int | None = Field(None, ge=0, description="created calls; then code 8529")
    active_calls: int | None = Field(None, ge=0, description="live calls of an app; then code 8530")


class EmulatorSettings(Frozen):
    """The settings of one emulator. Durations are in seconds.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        public_host: The name in the addresses the emulator gives out.
        directory: Where certificates and keys are kept; they are used again while they are valid.
        cloud: Whose gaps the API has.
        tenants: Tenants that exist besides those of the apps.
        people: Who can be called and can call; None for the default people.
        meetings: The scheduled meetings; None for the default one.
        any_meeting: Whether joining a meeting nobody has defined makes it, with its organizer in it.
        require_https: Refuse callback addresses that are not https.
        trust: PEM files of further authorities for the bots' certificates.
        fetch_prompts: Whether prompts are really downloaded and checked.
        prompt_speed: How many times faster than real time prompts are played.
        prompt_seconds: How long a prompt plays, whatever its file says; None to use the file's length.
        log_limit: How many entries the log keeps.
        remember_ended: How many ended calls are remembered for the log.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9443
    public_host: str = "localhost"
    directory: Path = Path(".callbot/emulator")
    cloud: Cloud = Cloud.GLOBAL
    apps: tuple[AppRegistration, ...] = (AppRegistration(),)
    tenants: tuple[str, ...] = ()
    people: tuple[Person, ...] | None = None
    meetings: tuple[Meeting, ...] | None = None
    any_meeting: bool = True
    require_https: bool = True
    trust: tuple[Path, ...] = ()
    fetch_prompts: bool = True
    prompt_speed: Annotated[float, Field(gt=0)] = 1.0
    prompt_seconds: Seconds | None = None
    timing: Timing = Timing()
    outcomes: Outcomes = Outcomes()
    operation_outcomes: OperationOutcomes = OperationOutcomes()
    limits: Limits = Limits()
    unsettled: Unsettled = Unsettled()
    faults: FaultSettings = FaultSettings()
    log_limit: Annotated[int, Field(ge=1)] = 20_000
    remember_ended: Annotated[int, Field(ge=0)] = 20_000

    @property
    def home(self) -> str:
        """The tenant of people and meetings that name none."""
        return self.apps[0].tenant_id if self.apps else TENANT_ID

    def known_tenants(self) -> frozenset[str]:
        """Return every tenant that exists, in lower case."""
        names = set(self.tenants)
        for app in self.apps:
            names |= {app.tenant_id, *app.tenants}
        return frozenset(name.lower() for name in names)

    def everybody(self) -> tuple[Person, ...]:
        """Return copies of the people to start with."""
        people = default_people(self.home) if self.people is None else self.people
        return tuple(person.model_copy() for person in people)

    def every_meeting(self) -> tuple[Meeting, ...]:
        """Return the meetings to start with."""
        return (default_meeting(self.home),) if self.meetings is None else self.meetings
