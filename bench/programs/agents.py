# mypy: ignore-errors
# ruff: noqa: ARG002, FBT001, FBT002 - the signatures are the SDK's
# - it runs in the bench's own environment, with packages that callbot's does not have
"""The webhook of microsoft-agents-hosting-aiohttp, put together as its samples do, with its own token check.

Only the address of the signing keys is another: the bench's platform. Tokens for outgoing requests are made
up, which is in its favour. Arguments: core, root of the platform, app id, secret.
"""

import logging

from aiohttp import web
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware, start_agent_process
from microsoft_agents.hosting.core import (
    AgentApplication,
    AgentAuthConfiguration,
    AnonymousTokenProvider,
    MemoryStorage,
    TurnState,
)
from microsoft_agents.hosting.core.authorization import _entra_issuers
from microsoft_agents.hosting.core.authorization.connection_manager import ConnectionManager

from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.programs.tally import Tally

tally = Tally()


class Tokens(AnonymousTokenProvider):
    """Gives a token without asking anybody."""

    async def get_access_token(
        self, resource_url: str, scopes: list[str], force_refresh: bool = False
    ) -> str:
        """Return it."""
        return "of-the-bench"


def application(root: str, app_id: str, secret: str) -> web.Application:
    """Return the webhook."""
    _entra_issuers.BOTFRAMEWORK_JWKS_URIS["https://api.botframework.com"] = f"{root}/keyset"
    connections = ConnectionManager(
        lambda _: Tokens(),
        {"SERVICE_CONNECTION": AgentAuthConfiguration(CLIENTID=app_id, CLIENTSECRET=secret)},
        [{"SERVICEURL": "*", "CONNECTION": "SERVICE_CONNECTION"}],
    )
    adapter = CloudAdapter(connection_manager=connections)
    agent = AgentApplication[TurnState](storage=MemoryStorage(), connection_manager=connections)

    @agent.activity("event")
    async def on_event(context, _state) -> None:  # noqa: ANN001 - types of another environment
        tally.note(context.activity.id)

    async def take(request: web.Request) -> web.Response:
        return await start_agent_process(request, agent, adapter)

    app = web.Application(middlewares=[jwt_authorization_middleware])
    app["agent_configuration"] = connections.get_default_connection_configuration()
    app.router.add_post("/api/calls", take)
    return app


async def serve() -> None:
    """Serve until nobody asks any more."""
    logging.disable(logging.CRITICAL)
    runner = web.AppRunner(application(*arguments), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say({"port": runner.addresses[0][1]})

    async def answer(question: Json) -> Json:
        return tally.answer(question)

    await listen_async(answer)


if __name__ == "__main__":
    arguments = pinned()
    run(serve)
