"""Answers that several verbs give."""

from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.calls.operation import Operation
from callbot.emulator.wire import JsonObject, selected

ACCEPTED = 202


def completed_reply(exchange: Exchange, operation: Operation) -> Reply:
    """Answer with an operation that is over already; nothing more is told of it."""
    operation.finish()
    exchange.call.operations[operation.id] = operation
    return operation_reply(exchange, operation)


def operation_reply(exchange: Exchange, operation: Operation, status: int = 200) -> Reply:
    """Answer with an operation and where it can be read."""
    path = f"communications/calls/{exchange.call.id}/operations/{operation.id}"
    context = exchange.context(f"communications/calls('{exchange.call.id}')/operations/$entity")
    body = {"@odata.context": context, **operation.document()}
    return Reply(status, body, {"Location": exchange.url(path)})


def list_reply(exchange: Exchange, collection: str, items: list[JsonObject]) -> Reply:
    """Answer with a collection of a call."""
    names = exchange.query.get("$select")
    if names:
        items = [selected(item, names.split(",")) for item in items]
    context = exchange.context(f"communications/calls('{exchange.call.id}')/{collection}")
    return Reply(200, {"@odata.context": context, "value": items})


def entity_reply(exchange: Exchange, collection: str, item: JsonObject) -> Reply:
    """Answer with a member of a collection of a call."""
    names = exchange.query.get("$select")
    if names:
        item = selected(item, names.split(","))
    context = exchange.context(f"communications/calls('{exchange.call.id}')/{collection}/$entity")
    return Reply(200, {"@odata.context": context, **item})
