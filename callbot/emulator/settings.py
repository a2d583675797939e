"""How an emulator is set up: where it listens, which apps and people it knows, how fast things happen.

The defaults make a tenant to develop against: one app with well-known ids, and one person for each way to
react to a call. What no source settles about the real platform is in `Unsettled`.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from callbot.emulator.people import Person, default_people

APP_ID = "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
TENANT_ID = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"
APP_SECRET = "emulator-secret"  # noqa: S105 - well known on purpose: it opens nothing but the emulator
CALLBACK_URL = "https://localhost:8443/api/calls"
ALL_ROLES = (
    "Calls.AccessMedia.All",
    "Calls.Initiate.All",
    "Calls.InitiateGroupCall.All",
    "Calls.JoinGroupCall.All",
    "Calls.JoinGroupCallAsGuest.All",
)

Seconds = Annotated[float, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AppRegistration(_Frozen):
    """An app the emulated tenant knows, as an administrator has registered it.

    `certificates` are PEM files whose keys may sign client assertions. `tenants` are further tenants that
    have consented to the app. `callback_url` is the global webhook for incoming calls.
    """

    app_id: str = APP_ID
    display_name: str = "Greeter"
    tenant_id: str = TENANT_ID
    tenants: tuple[str, ...] = ()
    secrets: tuple[SecretStr, ...] = (SecretStr(APP_SECRET),)
    certificates: tuple[Path, ...] = ()
    roles: tuple[str, ...] = ALL_ROLES
    callback_url: str = CALLBACK_URL


class Timing(_Frozen):
    """How long things take, in seconds of the emulator's clock."""

    answer_within: Seconds = Field(15.0, description="an incoming call that is not answered ends")
    policy_answer_within: Seconds = Field(5.0, description="the same for a policy-recording call")
    keep_alive_within: Seconds = Field(2700.0, description="a call without a keep-alive for so long ends")
    ring: Seconds = Field(60.0, description="a person who does not pick up is given up")
    establish: Seconds = Field(0.2, description="from the answer to established")
    media: Seconds = Field(0.1, description="from established to audio active")
    terminating: Seconds = Field(0.1, description="from terminating to terminated, where it is shown")
    callback_timeout: Seconds = Field(15.0, description="a callback without an answer for so long has failed")
    callback_token: Seconds = Field(300.0, description="lifetime of a callback's token")
    access_token: Seconds = Field(3599.0, description="lifetime of an access token")


class Outcome(_Frozen):
    """Why something ended: the resultInfo."""

    code: int
    subcode: int
    message: str


def _ended(code: int, subcode: int, words: str) -> Outcome:
    return Outcome(code=code, subcode=subcode, message=f"{words} DiagCode: {code}#{subcode}.@")


class Outcomes(_Frozen):
    """The resultInfo of each way a call can end.

    No source documents those of declined, busy and cancelled calls for Graph.
    """

    hung_up: Outcome = Outcome(
        code=200, subcode=5002, message="The conversation has ended. DiagCode: 0#5002.@"
    )
    ended_by_bot: Outcome = Outcome(
        code=200, subcode=7000, message="The call was ended by the bot. DiagCode: 0#7000.@"
    )
    no_answer: Outcome = _ended(408, 10057, "Failed on no response from the callee.")
    declined: Outcome = _ended(603, 8538, "The callee declined the call.")
    busy: Outcome = _ended(486, 8539, "The callee is busy.")
    unreachable: Outcome = _ended(480, 10076, "The callee could not be reached.")
    no_endpoints: Outcome = _ended(480, 10037, "No callee endpoints were found.")
    cancelled: Outcome = _ended(487, 8542, "The caller gave up.")
    not_answered_by_bot: Outcome = _ended(408, 8587, "The incoming call was not answered within time.")
    not_kept_alive: Outcome = _ended(408, 8537, "The keep-alive timed out.")
    callback_unreachable: Outcome = _ended(500, 8586, "The bot did not acknowledge the notification.")


class Unsettled(_Frozen):
    """What no source settles about the real platform. Each is a guess that can be turned the other way."""

    legacy_probe: bool = Field(
        default=False, description="ask in the legacy form first; 204 then gets the Graph form"
    )
    callback_attempts: int = Field(1, ge=1, description="how often a failing callback is sent")
    callback_retry_after: Seconds = Field(1.0, description="seconds between such attempts")
    callback_token_reuse: Seconds = Field(
        60.0, description="callbacks within so many seconds carry the same token"
    )
    failed_callback_ends_call: bool = Field(
        default=False, description="a failing callback ends a call that is not established yet"
    )
    ringing_state: bool = Field(default=False, description="outgoing calls pass through ringing")
    terminating_state: bool = Field(default=False, description="a deleted call passes through terminating")
    unknown_people_answer: bool = Field(
        default=False, description="a user nobody has defined answers; else there are no callee endpoints"
    )
    common_is_home: bool = Field(
        default=True, description="the authority common gives tokens of the app's home tenant"
    )


class EmulatorSettings(_Frozen):
    """The settings of one emulator. Durations are in seconds.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        public_host: The name in the addresses the emulator gives out.
        directory: Where certificates and keys are kept; they are used again while they are valid.
        tenants: Tenants that exist besides those of the apps.
        people: Who can be called and can call; None for the default people.
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
    apps: tuple[AppRegistration, ...] = (AppRegistration(),)
    tenants: tuple[str, ...] = ()
    people: tuple[Person, ...] | None = None
    require_https: bool = True
    trust: tuple[Path, ...] = ()
    fetch_prompts: bool = True
    prompt_speed: Annotated[float, Field(gt=0)] = 1.0
    prompt_seconds: Seconds | None = None
    timing: Timing = Timing()
    outcomes: Outcomes = Outcomes()
    unsettled: Unsettled = Unsettled()
    log_limit: Annotated[int, Field(ge=1)] = 50_000
    remember_ended: Annotated[int, Field(ge=0)] = 100_000

    def known_tenants(self) -> frozenset[str]:
        """Return every tenant that exists, in lower case."""
        names = set(self.tenants)
        for app in self.apps:
            names |= {app.tenant_id, *app.tenants}
        return frozenset(name.lower() for name in names)

    def everybody(self) -> tuple[Person, ...]:
        """Return copies of the people to start with."""
        people = default_people(self.apps[0].tenant_id if self.apps else TENANT_ID)
        return tuple(person.model_copy() for person in (people if self.people is None else self.people))
