"""Every setting of a bot: its key, its type, its default and what it is for."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from callbot.clouds import CLOUDS, Cloud

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Fields(BaseModel):
    """The settings, each well formed by itself; whether they work together is looked at by `Settings`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
        defer_build=True,  # the validators are made with the first settings: who only holds a bot needs none
    )

    # who the bot is
    app_id: str = Field(min_length=1, description="application (client) id of the bot's registration")
    tenant_id: str | None = Field(None, description="the bot's home tenant: used when a call names none")
    client_secret: SecretStr | None = Field(None, description="client secret of the registration")
    client_secret_file: Path | None = Field(
        None, description="file with the client secret, read anew for every sign-in, instead of a secret"
    )
    client_certificate: Path | None = Field(
        None, description="PEM file with private key and certificate, instead of a secret"
    )
    federated_token_file: Path | None = Field(
        None, description="file with a token of a federated identity provider, instead of a secret"
    )
    managed_identity: str | None = Field(
        None, min_length=1, description='client id of a managed identity, or "system", instead of a secret'
    )

    # where it can be reached
    callback_url: str = Field(description="public https address of the callback path")
    host: str = Field("0.0.0.0", description="address to listen on")  # noqa: S104 - a service listens
    port: int = Field(8443, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    tls_certificate: Path | None = Field(None, description="PEM chain, when the service ends TLS itself")
    tls_key: Path | None = Field(None, description="PEM key of tls_certificate")

    # whom it believes
    allowed_tenants: tuple[str, ...] = Field(
        (), description="tenants whose callbacks are accepted; empty for any"
    )
    clock_skew: Annotated[float, Field(ge=0, le=300)] = Field(
        60, description="tolerance for the lifetime of callback tokens"
    )
    max_body: Annotated[int, Field(ge=1024)] = Field(
        8 * 1024 * 1024, description="largest callback body; a roster of 500 people has about 1 MiB"
    )

    # who may look in and step in
    admin_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="port of the admin API; with a token and no port of its own it is on the service's port",
    )
    admin_host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="address the admin_port listens on; any but loopback needs a token",
    )
    admin_token: SecretStr | None = Field(
        None, description="what an admin sends as Authorization: Bearer; 16 characters or more"
    )
    admin_token_file: Path | None = Field(
        None, description="file with the admin token, read anew for every request, instead of an admin_token"
    )

    # which cloud
    cloud: Literal["Global", "UsGovL4", "UsGovL5", "China"] = Field("Global", description="the Graph cloud")
    authority: str | None = Field(None, description="login root instead of the cloud's own")
    graph_root: str | None = Field(None, description="Graph root instead of the cloud's own")
    metadata_url: str | None = Field(None, description="key metadata of callbacks instead of the cloud's own")
    issuers: tuple[str, ...] = Field((), description="issuers of callback tokens instead of the cloud's own")
    ca_file: Path | None = Field(None, description="PEM file of a further certificate authority to trust")
    recording_hosts: tuple[str, ...] = Field(
        (), description="hosts recordings may be downloaded from, beside Graph's and Teams' own"
    )

    # how it looks after calls
    callbacks: Literal["on", "off"] = Field(
        "on", description="off: no webhook can be reached, calls are read every poll_interval instead"
    )
    poll_interval: Annotated[Seconds, Field(ge=0.5)] = Field(
        2.0, description="between reads of a call while callbacks are off"
    )
    store: str | None = Field(
        None,
        description="where records are kept; a service keeps them in sqlite:///callbot-APP_ID.db, else memory://",
    )
    request_timeout: Annotated[Seconds, Field(ge=1)] = Field(
        10.0, description="deadline of one request to Graph, retries included"
    )
    keep_alive_interval: Annotated[Seconds, Field(ge=1, le=2700)] = Field(
        720.0, description="between keep-alives of an established call; Graph ends it after 2700"
    )
    reconcile_interval: Annotated[Seconds, Field(ge=0.5)] = Field(
        300.0, description="between reads of a quiet established call"
    )
    read_rate: Annotated[float, Field(ge=0.1, allow_inf_nan=False)] = Field(
        100.0, description="reconciling reads per second at most"
    )
    handler_time_limit: Seconds = Field(60.0, description="a handler that takes longer is reported")
    drain_timeout: Seconds = Field(20.0, description="how long a stop waits for running handlers")
    drain_calls_timeout: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.0, description="how long a stop waits for live calls to end before that; 0 leaves them at once"
    )
    drain_incoming: str = Field(
        "reject",
        description="new calls during a stop: reject (as busy), accept (for the next process on the store; "
        "only with drain_calls_timeout = 0), or the callback_url of another deployment",
    )
    drain_leftover: Literal["leave", "hang_up"] = Field(
        "leave", description="calls that are live when drain_calls_timeout is over"
    )
    tombstone_seconds: Annotated[Seconds, Field(ge=1)] = Field(
        600.0, description="how long an ended call is remembered"
    )
    max_queued: Annotated[int, Field(ge=1)] = Field(
        10_000, description="notifications waiting at most, over all calls; then callbacks get 503"
    )
    max_queued_per_call: Annotated[int, Field(ge=1)] = Field(
        1_000, description="notifications of one call waiting at most; then its callbacks get 503"
    )

    # what it tells its operator
    log_people: Literal["hashed", "plain"] = Field(
        "hashed", description="plain: names and numbers of people may stand in the log as they are"
    )
    tracing: bool = Field(
        default=False, description="spans for OpenTelemetry; needs the extra otel and a tracer provider"
    )

    @property
    def endpoints(self) -> Cloud:
        """The cloud's addresses, with what these settings put in their place."""
        cloud = CLOUDS[self.cloud]
        return Cloud(
            name=cloud.name,
            authority=(self.authority or cloud.authority).rstrip("/"),
            graph_root=(self.graph_root or cloud.graph_root).rstrip("/"),
            issuers=self.issuers or cloud.issuers,
            metadata_url=self.metadata_url or cloud.metadata_url,
            calls=cloud.calls,
        )

    @property
    def service_store(self) -> str:
        """Where a service keeps its calls: `store`, else a file of the app's own in the working folder."""
        return self.store or f"sqlite:///callbot-{re.sub('[^A-Za-z0-9-]', '_', self.app_id)}.db"

    @property
    def has_admin(self) -> bool:
        """Whether there is an admin API at all."""
        return self.admin_port is not None or self.has_admin_token

    @property
    def has_admin_token(self) -> bool:
        """Whether the admin API asks for a token."""
        return self.admin_token is not None or self.admin_token_file is not None

    @property
    def callback_path(self) -> str:
        """The path of `callback_url`: where the service waits for callbacks."""
        return urlsplit(self.callback_url).path or "/"

    @field_validator("client_secret")
    @classmethod
    def _not_blank(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().strip():
            raise ValueError(
                "is empty: give the secret of the app registration, or leave the key out and name a "
                "client_secret_file"
            )
        return secret

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for key in ("allowed_tenants", "issuers", "recording_hosts"):
            text = values.get(key)
            if isinstance(text, str):
                values[key] = tuple(part.strip() for part in text.split(",") if part.strip())
        return values
