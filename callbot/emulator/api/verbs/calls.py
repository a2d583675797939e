"""The verbs about a call as a whole: get, answer, reject, redirect, transfer, keep alive, delete.

https://learn.microsoft.com/graph/api/resources/call
"""

from collections.abc import Callable

from callbot.emulator.api.checks.calls import (
    call_options,
    can_phone,
    kind_of,
    need_group,
    not_in_this_cloud,
    people,
)
from callbot.emulator.api.checks.media import media_config, modalities
from callbot.emulator.api.exchange import ACCEPTED, NO_CONTENT, Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.api.verbs import participants, resources
from callbot.emulator.calls.call import Call, State
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.calls.document import call_document, stale_document
from callbot.emulator.errors import call_not_found, invalid_argument, not_established
from callbot.emulator.flow import incoming
from callbot.emulator.flow.lifecycle import hang_up, keep_alive
from callbot.emulator.flow.redirect import redirect
from callbot.emulator.flow.transfer import transfer
from callbot.emulator.media.playing import prefetch
from callbot.emulator.wire import JsonObject, selected, who_is

MOST_REDIRECTED = 25
REDIRECT_SECONDS = (15, 90)
REDIRECT_ONE, REDIRECT_MANY = 55, 60
JOIN_ROLES = ("Calls.JoinGroupCall.All", "Calls.JoinGroupCallAsGuest.All")

_EXPANDED: dict[str, Callable[[Exchange], list[JsonObject]]] = {
    "participants": participants.documents,
    "operations": resources.operation_documents,
    "audioRoutingGroups": resources.routing_group_documents,
    "contentSharingSessions": resources.sharing_documents,
}


async def get(exchange: Exchange) -> Reply:
    """Show a call."""
    document = stale_document(exchange.call) if exchange.stale else call_document(exchange.call)
    names = exchange.query.get("$select")
    entity = "communications/calls/$entity"
    if names:
        document = selected(document, names.split(","))
        entity = f"communications/calls({names})/$entity"
    for name in filter(None, exchange.query.get("$expand", "").split(",")):
        expand = next((key for key in _EXPANDED if key.lower() == name.strip().lower()), None)
        if expand is None:
            raise invalid_argument(f"The property '{name}' cannot be expanded.")
        document[expand] = _EXPANDED[expand](exchange)
    return Reply(200, {"@odata.context": exchange.context(entity), **document})


async def answer(exchange: Exchange) -> Reply:
    """Accept an incoming call."""
    body, call = exchange.body, exchange.call
    not_in_this_cloud(exchange, "answer", "callOptions", "participantCapacity")
    body.need("callbackUri", "mediaConfig")
    callback_uri = body.address("callbackUri", https=exchange.platform.settings.require_https) or ""
    modalities(body, "acceptedModalities")
    config = media_config(exchange)
    options = call_options(exchange, "incomingCallOptions")
    capacity = body.number("participantCapacity", 1, 2**31 - 1)
    if call.conversation.has_roster:
        exchange.need_role(*JOIN_ROLES)
    call.scenario_id = exchange.headers.get("Scenario-Id", call.scenario_id)
    incoming.answer(
        exchange.platform,
        call,
        callback_uri=callback_uri,
        media_config=config,
        call_options=options,
        capacity=capacity,
    )
    exchange.platform.spawn(prefetch(exchange.platform, call))
    return ACCEPTED


async def reject(exchange: Exchange) -> Reply:
    """Turn an incoming call down."""
    exchange.body.choice("reason", incoming.RejectReason)
    _take_callback_uri(exchange, exchange.call)
    incoming.reject(exchange.platform, exchange.call)
    return ACCEPTED


async def redirect_call(exchange: Exchange) -> Reply:
    """Send an incoming call on."""
    exchange.need_role("Calls.Initiate.All")
    body, call = exchange.body, exchange.call
    targets = people(body, "targets", most=MOST_REDIRECTED)
    if not targets:
        raise invalid_argument("The parameter 'targets' is required.")
    seconds = body.number("timeout", *REDIRECT_SECONDS)
    if seconds is None:
        seconds = REDIRECT_ONE if len(targets) == 1 else REDIRECT_MANY
    if any(kind_of(target) == "phone" for target in targets) and not _dialled_instance(call):
        raise invalid_argument("A telephone target needs a call to an application instance.")
    _take_callback_uri(exchange, call)
    redirect(exchange.platform, call, targets, seconds)
    return ACCEPTED


async def transfer_call(exchange: Exchange) -> Reply:
    """Hand the caller to somebody else."""
    exchange.need_role("Calls.Initiate.All")
    not_in_this_cloud(exchange, "transfer", "transferee")
    body, call = exchange.body, exchange.call
    body.client_context()
    target = body.mapping("transferTarget")
    if target is None or (who_is(target.get("identity")) is None and not target.get("replacesCallId")):
        raise invalid_argument("The parameter 'transferTarget' needs an identity.")
    if kind_of(target) == "phone" and not can_phone(call) and not _dialled_instance(call):
        raise invalid_argument("A telephone target needs an application instance.")
    transferee = _transferee(exchange) if call.conversation.has_roster else None
    if not call.connected:
        raise not_established()
    transfer(exchange.platform, call, target, transferee)
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


def _take_callback_uri(exchange: Exchange, call: Call) -> None:
    uri = exchange.body.address("callbackUri", https=exchange.platform.settings.require_https)
    call.callback_uri = uri or call.callback_uri


def _transferee(exchange: Exchange) -> Participant:
    """Return who is to leave a group call."""
    need_group(exchange.call)
    named = exchange.body.mapping("transferee") or {}
    found = who_is(named.get("identity"))
    for who in (named.get("participantId"), found[1]["id"] if found else None):
        participant = exchange.call.conversation.find_person(str(who)) if who else None
        if participant is not None:
            return participant
    raise invalid_argument("The parameter 'transferee' must name a participant of the group call.")


def _dialled_instance(call: Call) -> bool:
    target = call.targets[0] if call.targets else None
    return isinstance(target, dict) and kind_of(target) == "applicationInstance"


VERBS = (
    Verb("get", "GET", "{call}", get),
    Verb("delete", "DELETE", "{call}", delete),
    Verb("answer", "POST", "{call}/answer", answer),
    Verb("reject", "POST", "{call}/reject", reject),
    Verb("redirect", "POST", "{call}/redirect", redirect_call),
    Verb("transfer", "POST", "{call}/transfer", transfer_call),
    Verb("keepAlive", "POST", "{call}/keepAlive", keep_call_alive),
)
