"""The verbs about what a call contains: operations, audio routing groups, shared content; device quality.

https://learn.microsoft.com/graph/api/resources/audioroutinggroup
"""

from enum import StrEnum

from callbot.emulator.api.answers import entity_reply, list_reply
from callbot.emulator.api.checks.body import Body
from callbot.emulator.api.checks.calls import need_group
from callbot.emulator.api.checks.media import ACCESS_MEDIA
from callbot.emulator.api.exchange import NO_CONTENT, Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.errors import ApiError, invalid_argument
from callbot.emulator.wire import JsonObject, typed

ROUTING_ROLES = ("Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All")
_QUALITY_KEYS = (
    "callChainId",
    "participantId",
    "mediaLegId",
    "deviceName",
    "deviceDescription",
    "mediaQualityList",
)


class RoutingMode(StrEnum):
    """How an audio routing group routes."""

    ONE_TO_ONE = "oneToOne"
    MULTICAST = "multicast"


def operation_documents(exchange: Exchange) -> list[JsonObject]:
    """Return the operations of the call."""
    return [operation.document() for operation in exchange.call.operations.values()]


def routing_group_documents(exchange: Exchange) -> list[JsonObject]:
    """Return the audio routing groups of the call."""
    return list(exchange.call.routing_groups.values())


def sharing_documents(exchange: Exchange) -> list[JsonObject]:
    """Return the contents that are shared in the call."""
    shared = exchange.call.conversation.shared.values()
    return [typed("contentSharingSession", {"id": content_id}) for content_id in shared]


async def list_operations(exchange: Exchange) -> Reply:
    """Show the operations."""
    return list_reply(exchange, "operations", operation_documents(exchange))


async def get_operation(exchange: Exchange) -> Reply:
    """Show one operation."""
    operation = exchange.call.operations.get(exchange.params["operation"].lower())
    if operation is None:
        raise ApiError(404, 8522, "Operation not found.")
    return entity_reply(exchange, "operations", operation.document())


async def list_groups(exchange: Exchange) -> Reply:
    """Show the audio routing groups."""
    exchange.need_role(*ROUTING_ROLES)
    return list_reply(exchange, "audioRoutingGroups", routing_group_documents(exchange))


async def create_group(exchange: Exchange) -> Reply:
    """Create an audio routing group under the id the bot chooses."""
    exchange.need_role(*ROUTING_ROLES)
    need_group(exchange.call)
    group_id = exchange.body.text("id")
    if not group_id:
        raise invalid_argument("The parameter 'id' is required.")
    if group_id in exchange.call.routing_groups:
        raise ApiError(409, 8519, "An audio routing group with this id exists already.")
    group = _routing_group(exchange, {"id": group_id, **exchange.body.fields})
    exchange.call.routing_groups[group_id] = group
    return entity_reply(exchange, "audioRoutingGroups", group)


async def get_group(exchange: Exchange) -> Reply:
    """Show one audio routing group."""
    exchange.need_role(*ROUTING_ROLES)
    return entity_reply(exchange, "audioRoutingGroups", _find_group(exchange))


async def update_group(exchange: Exchange) -> Reply:
    """Change sources, receivers or the mode of an audio routing group."""
    exchange.need_role(*ROUTING_ROLES)
    before = _find_group(exchange)
    group = _routing_group(exchange, {**before, **exchange.body.fields, "id": before["id"]})
    exchange.call.routing_groups[str(before["id"])] = group
    return entity_reply(exchange, "audioRoutingGroups", group)


async def delete_group(exchange: Exchange) -> Reply:
    """Delete an audio routing group."""
    exchange.need_role(*ROUTING_ROLES)
    del exchange.call.routing_groups[str(_find_group(exchange)["id"])]
    return NO_CONTENT


async def list_sharing(exchange: Exchange) -> Reply:
    """Show the contents that are shared."""
    return list_reply(exchange, "contentSharingSessions", sharing_documents(exchange))


async def get_sharing(exchange: Exchange) -> Reply:
    """Show one shared content."""
    for document in sharing_documents(exchange):
        if document["id"] == exchange.params["content"]:
            return entity_reply(exchange, "contentSharingSessions", document)
    raise ApiError(404, 8522, "Content sharing session not found.")


async def log_device_quality(exchange: Exchange) -> Reply:
    """Take in what a conference device measured."""
    exchange.need_role(ACCESS_MEDIA)
    exchange.body.need("quality")
    quality = Body(exchange.body.mapping("quality"))
    quality.need(*_QUALITY_KEYS)
    quality.items("mediaQualityList")
    return Reply(200)


def _find_group(exchange: Exchange) -> JsonObject:
    group = exchange.call.routing_groups.get(exchange.params["group"])
    if group is None:
        raise ApiError(404, 8522, "Audio routing group not found.")
    return group


def _routing_group(exchange: Exchange, fields: JsonObject) -> JsonObject:
    """Return a checked audio routing group."""
    body = Body(fields)
    body.need("routingMode", "sources", "receivers")
    mode = body.choice("routingMode", RoutingMode)
    sources, receivers = body.items("sources"), body.items("receivers")
    if mode is RoutingMode.ONE_TO_ONE and (len(sources) != 1 or len(receivers) != 1):
        raise invalid_argument("A group of the mode oneToOne has one source and one receiver.")
    known = exchange.call.conversation.participants
    for participant_id in (*sources, *receivers):
        if participant_id not in known:
            raise invalid_argument(f"There is no participant '{participant_id}' in the call.")
    return typed(
        "audioRoutingGroup",
        {"id": fields["id"], "routingMode": str(mode), "sources": sources, "receivers": receivers},
    )


_GROUPS = "{call}/audioRoutingGroups"
_SHARING = "{call}/contentSharingSessions"

VERBS = (
    Verb("listOperations", "GET", "{call}/operations", list_operations),
    Verb("getOperation", "GET", "{call}/operations/{operation}", get_operation),
    Verb("listAudioRoutingGroups", "GET", _GROUPS, list_groups, global_only=True),
    Verb("createAudioRoutingGroup", "POST", _GROUPS, create_group, global_only=True),
    Verb("getAudioRoutingGroup", "GET", f"{_GROUPS}/{{group}}", get_group, global_only=True),
    Verb("updateAudioRoutingGroup", "PATCH", f"{_GROUPS}/{{group}}", update_group, global_only=True),
    Verb("deleteAudioRoutingGroup", "DELETE", f"{_GROUPS}/{{group}}", delete_group, global_only=True),
    Verb("listContentSharingSessions", "GET", _SHARING, list_sharing, global_only=True),
    Verb("getContentSharingSession", "GET", f"{_SHARING}/{{content}}", get_sharing, global_only=True),
    Verb("logTeleconferenceDeviceQuality", "POST", "logTeleconferenceDeviceQuality", log_device_quality),
)
