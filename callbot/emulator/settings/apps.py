"""The apps an administrator of the emulated tenant has registered."""

from pathlib import Path

from pydantic import Field, SecretStr

from callbot.emulator.settings.base import Frozen

APP_ID = "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
TENANT_ID = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"
INSTANCE_ID = "17a5b1c2-6e3f-4a0d-8b77-0c1d2e3f4a55"
INSTANCE_PHONE = "+442079460100"
APP_SECRET = "emulator-secret"  # noqa: S105 - well known on purpose: it opens nothing but the emulator
CALLBACK_URL = "https://localhost:8443/api/calls"
ALL_ROLES = (
    "Calls.AccessMedia.All",
    "Calls.Initiate.All",
    "Calls.InitiateGroupCall.All",
    "Calls.JoinGroupCall.All",
    "Calls.JoinGroupCallAsGuest.All",
)


class Instance(Frozen):
    """A resource account linked to an app (applicationInstance): what lets the app use the telephone network.

    `id` is its object id, `phone` its number.
    """

    id: str = INSTANCE_ID
    display_name: str = "Front desk"
    phone: str | None = INSTANCE_PHONE


class AppRegistration(Frozen):
    """An app the emulated tenant knows.

    Attributes:
        app_id: The application (client) id.
        display_name: What people see.
        tenant_id: The app's home tenant.
        tenants: Further tenants that have consented to the app.
        secrets: Client secrets.
        certificates: PEM files whose keys may sign client assertions.
        roles: The application permissions that were granted.
        callback_url: The global webhook, where incoming calls are announced.
        instances: Resource accounts linked to the app.
        may_remove_participants: Whether `AllowRemoveParticipantAppIds` of the tenant names the app.
    """

    app_id: str = APP_ID
    display_name: str = "Greeter"
    tenant_id: str = TENANT_ID
    tenants: tuple[str, ...] = ()
    secrets: tuple[SecretStr, ...] = (SecretStr(APP_SECRET),)
    certificates: tuple[Path, ...] = ()
    roles: tuple[str, ...] = ALL_ROLES
    callback_url: str = CALLBACK_URL
    instances: tuple[Instance, ...] = Field((Instance(),))
    may_remove_participants: bool = True

    def instance(self, instance_id: object) -> Instance | None:
        """Return the linked resource account with this id."""
        return next((one for one in self.instances if one.id == instance_id), None)
