"""The verbs about a call as a whole: create, get, answer, reject, keep alive, delete.

https://learn.microsoft.com/graph/api/resources/call
"""

from callbot.emulator.api.exchange import ACCEPTED, NO_CONTENT, Exchange, Reply
from callbot.emulator.api.media_checks import media_config, modalities
from callbot.emulator.api.routing import Verb
from callbot.emulator.calls import incoming, outgoing
from callbot.emulator.calls.call import State
from callbot.emulator.calls.document import call_document
from callbot.emulator.calls.lifecycle import hang_up, keep_alive
from callbot.emulator.errors import call_not_found, invalid_argument, tenant_mismatch
from callbot.emulator.wire import selected, who_is

CREATED = 201
LONGEST_RINGING = 115


async def create(exchange: Exchange) -> Reply:
    """Place a call."""
    body = exchange.body
    body.need("callbackUri", "mediaConfig")
    callback_uri = body.address("callbackUri", https=exchange.platform.settings.require_https) or ""
    tenant_id = body.text("tenantId") or exchange.caller.tenant_id
    targets = body.items("targets")
    if len(targets) != 1 or not isinstance(targets[0], dict) or who_is(targets[0].get("identity")) is None:
        raise invalid_argument("The call needs exactly one target with an identity.")
    exchange.need_role("Calls.Initiate.All")
    if tenant_id.lower() != exchange.caller.tenant_id.lower():
        raise tenant_mismatch()
    order = outgoing.Order(
        app=exchange.caller.app,
        tenant_id=tenant_id,
        callback_uri=callback_uri,
        targets=targets,
        modalities=modalities(body, "requestedModalities"),
        media_config=media_config(exchange),
        source=body.mapping("source"),
        call_options=body.mapping("callOptions"),
        subject=body.text("subject"),
        ringing_timeout=body.number("ringingTimeoutInSeconds", 1, LONGEST_RINGING),
        scenario_id=exchange.headers.get("Scenario-Id"),
    )
    call = outgoing.call_person(exchange.platform, order, targets[0])
    exchange.hold(call)
    document = {"@odata.context": exchange.context("app/calls/$entity"), **call_document(call)}
    return Reply(CREATED, document, {"Location": exchange.url(f"communications/calls/{call.id}")})


async def get(exchange: Exchange) -> Reply:
    """Show a call."""
    document = call_document(exchange.call)
    names = exchange.query.get("$select")
    entity = "communications/calls/$entity"
    if names:
        document = selected(document, names.split(","))
        entity = f"communications/calls({names})/$entity"
    return Reply(200, {"@odata.context": exchange.context(entity), **document})


async def answer(exchange: Exchange) -> Reply:
    """Accept an incoming call."""
    body, call = exchange.body, exchange.call
    body.need("callbackUri", "mediaConfig")
    callback_uri = body.address("callbackUri", https=exchange.platform.settings.require_https) or ""
    modalities(body, "acceptedModalities")
    config = media_config(exchange)
    call.scenario_id = exchange.headers.get("Scenario-Id", call.scenario_id)
    incoming.answer(exchange.platform, call, callback_uri=callback_uri, media_config=config)
    return ACCEPTED


async def reject(exchange: Exchange) -> Reply:
    """Turn an incoming call down."""
    body, call = exchange.body, exchange.call
    body.choice("reason", incoming.RejectReason)
    callback_uri = body.address("callbackUri", https=exchange.platform.settings.require_https)
    call.callback_uri = callback_uri or call.callback_uri
    incoming.reject(exchange.platform, call)
    return ACCEPTED


async def keep_call_alive(exchange: Exchange) -> Reply:
    """Start the 45 minutes anew."""
    keep_alive(exchange.platform, exchange.call)
    return Reply(200)


async def delete(exchange: Exchange) -> Reply:
    """Hang up the bot's leg."""
    if exchange.call.state is State.TERMINATING:
        raise call_not_found()
    hang_up(exchange.platform, exchange.call)
    return NO_CONTENT


VERBS = (
    Verb("create", "POST", "", create),
    Verb("get", "GET", "{call}", get),
    Verb("delete", "DELETE", "{call}", delete),
    Verb("answer", "POST", "{call}/answer", answer),
    Verb("reject", "POST", "{call}/reject", reject),
    Verb("keepAlive", "POST", "{call}/keepAlive", keep_call_alive),
)
