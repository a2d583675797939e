"""How the bot proves who it is: a secret, a certificate, or what the place it runs in gives it.

MSAL is imported when a token is asked for, which is in a thread: to import it takes a fifth of a second, for
which nobody should wait who only imports callbot, and during which an event loop should go on.


https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
https://learn.microsoft.com/entra/workload-id/workload-identity-federation
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callbot.clouds import Cloud
from callbot.codes.sign_in import code_in, refusal
from callbot.errors import AuthenticationFailed, ConfigurationError
from callbot.graph.access.msal_http import VERB, LoopHttp
from callbot.graph.access.sign_in import Credential
from callbot.settings import Settings

SYSTEM_ASSIGNED = "system"
_NO_SUCH_TENANT = "90002"

Proof = str | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AppCredential:
    """An app registration. `proof` returns what MSAL takes as `client_credential`, at the time of asking."""

    cloud: Cloud
    app_id: str
    proof: Callable[[], Proof] = field(repr=False)

    def ask(self, tenant: str, http: LoopHttp) -> Mapping[str, object]:
        """Ask for a token with client credentials."""
        import msal  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types; why here: see above

        try:
            app = msal.ConfidentialClientApplication(
                self.app_id,
                client_credential=self.proof(),
                authority=f"{self.cloud.authority}/{tenant}",
                instance_discovery=False,
                http_client=http,
            )
            result: Mapping[str, object] = app.acquire_token_for_client([self.cloud.scope])
        except (ValueError, KeyError) as error:
            code = code_in(f"{error} {error.__context__}")
            cause, fix = refusal(code if code is not None else _NO_SUCH_TENANT)
            raise AuthenticationFailed(
                f"{self.cloud.authority} has no sign-in for the tenant {tenant}: {cause}: {fix}",
                verb=VERB,
                code=code,
            ) from None
        return result


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity of the Azure resource the bot runs in. Its tokens are of its own tenant whatever is asked.

    `client_id` is of a user-assigned identity, `None` for the system-assigned one.
    """

    cloud: Cloud
    client_id: str | None

    def ask(self, tenant: str, http: LoopHttp) -> Mapping[str, object]:  # noqa: ARG002 - it has one tenant only
        """Ask the resource's own endpoint for a token."""
        import msal  # noqa: PLC0415 - why here: see above

        if self.client_id is None:
            identity = msal.SystemAssignedManagedIdentity()
        else:
            identity = msal.UserAssignedManagedIdentity(client_id=self.client_id)
        try:
            client = msal.ManagedIdentityClient(identity, http_client=http)
            result: Mapping[str, object] = client.acquire_token_for_client(resource=self.cloud.graph_root)
        except msal.ManagedIdentityError as error:
            raise AuthenticationFailed(
                f"the managed identity cannot be used here: {error}", verb=VERB
            ) from None
        return result


def credential_of(settings: Settings) -> Credential:
    """Return how the bot of `settings` proves who it is.

    Raises `ConfigurationError` for a file that cannot work, before anything is sent.
    """
    cloud = settings.endpoints
    if settings.managed_identity is not None:
        system = settings.managed_identity.lower() == SYSTEM_ASSIGNED
        return ManagedIdentity(cloud, None if system else settings.managed_identity)
    return AppCredential(cloud, settings.app_id, _proof(settings))


def _proof(settings: Settings) -> Callable[[], Proof]:
    if settings.client_secret is not None:
        return settings.client_secret.get_secret_value
    if settings.client_secret_file is not None:
        secret_file = settings.client_secret_file
        _see_content("client_secret_file", secret_file)
        return lambda: _content("client_secret_file", secret_file)
    if settings.client_certificate is not None:
        certificate = _certificate(settings.client_certificate)
        return lambda: certificate
    if settings.federated_token_file is not None:
        file = settings.federated_token_file
        _see_content("federated_token_file", file)
        return lambda: {"client_assertion": lambda: _content("federated_token_file", file)}
    raise ConfigurationError("no credentials: set client_secret or client_certificate")


def _certificate(path: Path) -> Proof:
    from cryptography import x509  # noqa: PLC0415 - few bots sign in with a certificate
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    try:
        pem = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read client_certificate {path}: {error.strerror}") from None
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ConfigurationError(f"the key in client_certificate {path} is encrypted: decrypt it") from None
    except ValueError:
        raise ConfigurationError(f"client_certificate {path} holds no private key in PEM form") from None
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ConfigurationError(f"client_certificate {path} holds no certificate in PEM form") from None
    if not any(certificate.public_key() == key.public_key() for certificate in certificates):
        raise ConfigurationError(f"the private key in client_certificate {path} is of another certificate")
    text = pem.decode()
    return {"private_key": text, "public_certificate": text}


def _see_content(key: str, file: Path) -> None:
    """Refuse an empty file at once. One that is not there may come with the first token of its provider."""
    try:
        empty = not file.read_bytes().strip()
    except OSError:
        return
    if empty:
        raise ConfigurationError(f"{key} {file} is empty: write what it should hold into it")


def _content(key: str, file: Path) -> str:
    """Return what the file holds now: whoever keeps it there replaces it from time to time."""
    try:
        content = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AuthenticationFailed(f"cannot read {key} {file}: {type(error).__name__}", verb=VERB) from None
    if not content:
        raise AuthenticationFailed(f"{key} {file} is empty", verb=VERB)
    return content
