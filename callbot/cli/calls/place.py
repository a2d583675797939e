"""Where the admin API of a service is: found in the settings of that service, or typed."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import click
from pydantic import Field, model_validator

from callbot.cli.failures import USAGE, Failure
from callbot.cli.loading import arguments_in, config_option, set_option
from callbot.settings import Settings, admin_complaints

_Command = TypeVar("_Command", bound=Callable[..., Any])

Json = dict[str, Any]
"""An object of the admin API."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - listened on, not asked

NOT_CONFIGURED = (
    "these settings have no admin API: set admin_port, or admin_token, start the service with it, and give "
    "the same settings here (--config, --set, CALLBOT_...). As in\n"
    "  callbot run greeter:bot --config callbot.toml --set admin_port=8444\n"
    "  callbot calls --config callbot.toml --set admin_port=8444\n"
    "--url names an admin API elsewhere"
)


class AskingSettings(Settings):
    """What it takes to ask a service: not what it takes to be one."""

    app_id: str = Field("-", description="not needed to ask")
    callback_url: str = Field("https://localhost/", description="not needed to ask")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for complaint in admin_complaints(self):
            raise ValueError(complaint)
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask, and with what. `name` is the name in the certificate, where that is not in `url`."""

    url: str
    token: str | None = None
    name: str | None = None
    ca_file: Path | None = None

    def tls(self) -> ssl.SSLContext | bool:
        """Return whom to trust."""
        if not self.url.startswith("https:") or self.ca_file is None:
            return True
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Failure(f"cannot use ca_file {self.ca_file}: {error}", USAGE) from None
        return context


def asking(command: _Command) -> _Command:
    """Add the options that say which service is asked."""
    url = click.option("--url", metavar="URL", help="The admin API, where the settings do not say it.")
    return config_option(set_option(url(command)))


def place_of(config: Path | None, assignments: Sequence[str], url: str | None) -> Place:
    """Return where the admin API is. Raises `Failure` where there is none, or `ConfigurationError`."""
    settings = AskingSettings.load(config, **arguments_in(assignments))
    token = _token(settings)
    if url is not None:
        return Place(_root(url), token, ca_file=settings.ca_file)
    if settings.admin_port is not None:
        return Place(f"http://{_host(settings.admin_host)}:{settings.admin_port}", token)
    if not settings.has_admin_token:
        raise Failure(NOT_CONFIGURED, USAGE)
    scheme = "https" if settings.tls_certificate is not None else "http"
    name = urlsplit(settings.callback_url).hostname
    return Place(f"{scheme}://{_host(settings.host)}:{settings.port}", token, name, settings.ca_file)


def _root(url: str) -> str:
    """Return the address of an admin API as it was typed, `/calls` at its end or not."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        fine = False
    if not fine:
        raise Failure(f"--url {url}: write an address, as in --url http://127.0.0.1:8444", USAGE)
    return url.rstrip("/").removesuffix("/calls").rstrip("/")


def _host(listens_on: str) -> str:
    host = _EVERYWHERE.get(listens_on, listens_on)
    return f"[{host}]" if ":" in host else host


def _token(settings: Settings) -> str | None:
    if settings.admin_token is not None:
        return settings.admin_token.get_secret_value()
    if settings.admin_token_file is None:
        return None
    try:
        return settings.admin_token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(
            f"cannot read admin_token_file {settings.admin_token_file}: {type(error).__name__}", USAGE
        ) from None
