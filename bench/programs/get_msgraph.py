# mypy: ignore-errors
# ruff: noqa: ARG002 - the signatures are the SDK's
# - it runs in the bench's own environment, with packages that callbot's does not have
"""Reads calls with msgraph-sdk, put together as its documentation does, with a token that is at hand.

Arguments: core, root of the platform, file with the tokens, call id.
"""

import json
from pathlib import Path

import httpx
from kiota_abstractions.authentication import AccessTokenProvider, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory

from bench.programs.getting import obey
from bench.programs.speaking import pinned, run


class Tokens(AccessTokenProvider):
    """Gives a token without asking anybody."""

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: object = None
    ) -> str:
        """Return it."""
        return TOKEN

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        """Send it to the platform."""
        return AllowedHostsValidator(["localhost"])


async def main() -> None:
    """Read until nobody asks any more."""
    client = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(http2=False, timeout=30), host=root
    )
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Tokens()), client)
    adapter.base_url = f"{root}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)

    async def get() -> object:
        call = await graph.communications.calls.by_call_id(call_id).get()
        return call.id, call.state, call.direction, call.source.identity.user.display_name

    await obey(get)


if __name__ == "__main__":
    root, tokens, call_id = pinned()
    TOKEN = json.loads(Path(tokens).read_text(encoding="ascii"))[0]
    run(main)
