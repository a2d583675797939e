"""The create in all its variants: a person, a group, a meeting, a telephone.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from callbot.emulator.api.checks.calls import call_options, calling_instance, kind_of, people
from callbot.emulator.api.checks.media import media_config, modalities
from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.api.verbs.doors import find_door
from callbot.emulator.calls.call import Call
from callbot.emulator.calls.document import call_document
from callbot.emulator.errors import ApiError, tenant_mismatch
from callbot.emulator.flow.outgoing import Order, call_person
from callbot.emulator.media.playing import prefetch
from callbot.emulator.meetings.group import call_group
from callbot.emulator.meetings.joining import fail_to_join, join_meeting
from callbot.emulator.wire import JsonObject, who_is

CREATED = 201
LONGEST_RINGING = 115
MOST_TARGETS = 5


async def create(exchange: Exchange) -> Reply:
    """Place a call or join one."""
    targets = people(exchange.body, "targets", most=MOST_TARGETS)
    joins = exchange.body.get("meetingInfo") is not None or exchange.body.get("chatInfo") is not None
    _check_permission(exchange, targets, joins=joins)
    order = _order(exchange, targets)
    if any(kind_of(target) == "phone" for target in targets):
        calling_instance(exchange, order.source)
    exchange.quotas.count_call(exchange.caller, exchange.platform.calls)
    call = _join(exchange, order) if joins else _place(exchange, order, targets)
    exchange.hold(call)
    exchange.platform.spawn(prefetch(exchange.platform, call))
    document = {"@odata.context": exchange.context("app/calls/$entity"), **call_document(call)}
    return Reply(CREATED, document, {"Location": exchange.url(f"communications/calls/{call.id}")})


def _check_permission(exchange: Exchange, targets: list[JsonObject], *, joins: bool) -> None:
    if joins:
        guest = _is_guest(exchange)
        exchange.need_role("Calls.JoinGroupCallAsGuest.All" if guest else "Calls.JoinGroupCall.All")
    elif len(targets) == 1:
        exchange.need_role("Calls.Initiate.All")
    else:
        exchange.need_role("Calls.InitiateGroupCall.All")


def _order(exchange: Exchange, targets: list[JsonObject]) -> Order:
    """Read the part of the body that all variants have."""
    body = exchange.body
    body.need("callbackUri", "mediaConfig")
    callback_uri = body.address("callbackUri", https=exchange.platform.settings.require_https) or ""
    order = Order(
        app=exchange.caller.app,
        tenant_id=body.text("tenantId") or exchange.caller.tenant_id,
        callback_uri=callback_uri,
        targets=list(targets),
        modalities=modalities(body, "requestedModalities"),
        media_config=media_config(exchange),
        source=body.mapping("source"),
        call_options=call_options(exchange, "outgoingCallOptions"),
        subject=body.text("subject"),
        ringing_timeout=body.number("ringingTimeoutInSeconds", 1, LONGEST_RINGING),
        scenario_id=exchange.headers.get("Scenario-Id"),
    )
    if order.tenant_id.lower() != exchange.caller.tenant_id.lower():
        raise tenant_mismatch()
    return order


def _place(exchange: Exchange, order: Order, targets: list[JsonObject]) -> Call:
    if len(targets) == 1:
        return call_person(exchange.platform, order, targets[0])
    return call_group(exchange.platform, order)


def _join(exchange: Exchange, order: Order) -> Call:
    """Join a meeting; a door that does not open is an error, or ends the call where the settings say so."""
    try:
        door = find_door(exchange, guest=_is_guest(exchange))
    except ApiError as error:
        if exchange.platform.settings.unsettled.bad_join_ends_call and error.code.startswith("85"):
            return fail_to_join(exchange.platform, order, exchange.platform.settings.outcomes.bad_join)
        raise
    return join_meeting(exchange.platform, order, door)


def _is_guest(exchange: Exchange) -> bool:
    found = who_is((exchange.body.mapping("source") or {}).get("identity"))
    return found is not None and found[0] == "guest"


VERBS = (Verb("create", "POST", "", create),)
