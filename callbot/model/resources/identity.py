"""Who takes part in a call: Graph's identities, and the small types a developer writes in their place.

https://learn.microsoft.com/graph/api/resources/communicationsidentityset
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Self

from pydantic import Field

from callbot.model.base import TYPE_KEY, TYPE_PREFIX, Resource
from callbot.model.enums import EndpointType


class Identity(Resource):
    """Somebody or something. The wire uses it for every kind, with keys of the kind beside its own.

    `tenant_id` and `identity_provider` ("AAD", "MSA", "None") are not declared by Graph.
    """

    graph_type: ClassVar[str] = "identity"

    id: str | None = None
    display_name: str | None = Field(default=None, repr=False)
    tenant_id: str | None = None
    identity_provider: str | None = None


class CommunicationsUserIdentity(Identity):
    """A user of Teams. `id` is the object id in Microsoft Entra."""

    graph_type: ClassVar[str] = "communicationsUserIdentity"


class CommunicationsApplicationIdentity(Identity):
    """An app: `id` is its client id."""

    graph_type: ClassVar[str] = "communicationsApplicationIdentity"

    application_type: str | None = None
    hidden: bool | None = None


class CommunicationsApplicationInstanceIdentity(Identity):
    """A resource account: `id` is its object id. It can have a phone number."""

    graph_type: ClassVar[str] = "communicationsApplicationInstanceIdentity"

    hidden: bool | None = None


class CommunicationsGuestIdentity(Identity):
    """Somebody without an account."""

    graph_type: ClassVar[str] = "communicationsGuestIdentity"

    email: str | None = Field(default=None, repr=False)


class CommunicationsPhoneIdentity(Identity):
    """A telephone: `id` is the number."""

    graph_type: ClassVar[str] = "communicationsPhoneIdentity"


class CommunicationsEncryptedIdentity(Identity):
    """Somebody whose identity the app may not see."""

    graph_type: ClassVar[str] = "communicationsEncryptedIdentity"


class AzureCommunicationServicesUserIdentity(Identity):
    """A user of Azure Communication Services."""

    graph_type: ClassVar[str] = "azureCommunicationServicesUserIdentity"

    azure_communication_services_resource_id: str | None = None


class IdentitySet(Resource):
    """One participant's identities, usually one: an identitySet or a communicationsIdentitySet.

    https://learn.microsoft.com/graph/api/resources/identityset
    """

    graph_type: ClassVar[str] = "identitySet"

    application: CommunicationsApplicationIdentity | None = None
    application_instance: CommunicationsApplicationInstanceIdentity | None = None
    asserted_identity: Identity | None = None
    azure_communication_services_user: AzureCommunicationServicesUserIdentity | None = None
    device: Identity | None = None
    encrypted: CommunicationsEncryptedIdentity | None = None
    guest: CommunicationsGuestIdentity | None = None
    on_premises: Identity | None = None
    phone: CommunicationsPhoneIdentity | None = None
    user: CommunicationsUserIdentity | None = None
    endpoint_type: EndpointType | None = None

    @property
    def who(self) -> "Who | None":
        """Whom the set stands for; None when it holds no identity that can be called or compared."""
        for name, made_of in _WHO.items():
            identity = getattr(self, name)
            if isinstance(identity, Identity):
                who = made_of(identity)
                if who is not None:
                    return who
        return None


@dataclass(frozen=True, slots=True)
class User:
    """A user of Teams, by the object id in Microsoft Entra. Compared by id alone."""

    id: str
    display_name: str | None = field(default=None, compare=False, repr=False)
    tenant_id: str | None = field(default=None, compare=False)

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("user", id=self.id, displayName=self.display_name, tenantId=self.tenant_id)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone, by its number in E.164 form: `Phone("+493012345678")`.

    Raises:
        ValueError: when the number has another form. The wire's own numbers are taken as they are.
    """

    number: str
    display_name: str | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.number):
            raise ValueError(
                "a phone number is written in E.164 form: a plus sign, the country code and the number, up "
                "to 15 digits and nothing between them, for example +493012345678"
            )

    @property
    def id(self) -> str:
        """The number, by the name that the other identities use."""
        return self.number

    @classmethod
    def as_received(cls, number: str, display_name: str | None = None) -> Self:
        """Return a phone whose number the platform sent, whatever its form (`anonymous`, an extension)."""
        phone = object.__new__(cls)
        object.__setattr__(phone, "number", number)
        object.__setattr__(phone, "display_name", display_name)
        return phone

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("phone", id=self.number, displayName=self.display_name)


@dataclass(frozen=True, slots=True)
class ResourceAccount:
    """A resource account (application instance), by its object id: how a bot has a phone number."""

    id: str
    display_name: str | None = field(default=None, compare=False, repr=False)
    tenant_id: str | None = field(default=None, compare=False)

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of(
            "applicationInstance", id=self.id, displayName=self.display_name, tenantId=self.tenant_id
        )


@dataclass(frozen=True, slots=True)
class Application:
    """An app or bot, by its client id."""

    id: str
    display_name: str | None = field(default=None, compare=False, repr=False)

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("application", id=self.id, displayName=self.display_name)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account. A bot that joins as one takes any GUID as its `id`."""

    id: str | None = None
    display_name: str | None = field(default=None, repr=False)

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("guest", id=self.id, displayName=self.display_name)


@dataclass(frozen=True, slots=True)
class AcsUser:
    """A user of Azure Communication Services, by its id (`8:acs:...`)."""

    id: str
    display_name: str | None = field(default=None, compare=False, repr=False)

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("azureCommunicationServicesUser", id=self.id, displayName=self.display_name)


@dataclass(frozen=True, slots=True)
class Encrypted:
    """Somebody whose identity the app may not see: it needs one of the Calls permissions."""

    id: str

    def to_identity_set(self) -> IdentitySet:
        """Return what the wire has in its place."""
        return _set_of("encrypted", id=self.id)


Who = User | Phone | ResourceAccount | Application | Guest | AcsUser | Encrypted

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


def _user(identity: Identity) -> Who | None:
    return User(identity.id, identity.display_name, identity.tenant_id) if identity.id else None


def _phone(identity: Identity) -> Who | None:
    return Phone.as_received(identity.id, identity.display_name) if identity.id else None


def _resource_account(identity: Identity) -> Who | None:
    return ResourceAccount(identity.id, identity.display_name, identity.tenant_id) if identity.id else None


def _application(identity: Identity) -> Who | None:
    return Application(identity.id, identity.display_name) if identity.id else None


def _guest(identity: Identity) -> Who | None:
    return Guest(identity.id, identity.display_name)


def _acs_user(identity: Identity) -> Who | None:
    return AcsUser(identity.id, identity.display_name) if identity.id else None


def _encrypted(identity: Identity) -> Who | None:
    return Encrypted(identity.id) if identity.id else None


_WHO: dict[str, Callable[[Identity], Who | None]] = {
    "user": _user,
    "phone": _phone,
    "application_instance": _resource_account,
    "application": _application,
    "guest": _guest,
    "azure_communication_services_user": _acs_user,
    "encrypted": _encrypted,
}


def _set_of(kind: str, **identity: str | None) -> IdentitySet:
    given = {key: value for key, value in identity.items() if value is not None}
    return IdentitySet.view(
        {
            TYPE_KEY: TYPE_PREFIX + IdentitySet.graph_type,
            kind: {TYPE_KEY: TYPE_PREFIX + Identity.graph_type, **given},
        }
    )
