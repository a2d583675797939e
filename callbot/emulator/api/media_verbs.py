"""The verbs about what people hear and press.

https://learn.microsoft.com/graph/api/call-playprompt
"""

from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.media_checks import ACCESS_MEDIA, need_connected, need_service_hosted, prompts
from callbot.emulator.api.routing import Verb
from callbot.emulator.calls.operation import Operation
from callbot.emulator.media.player import media_of, play_operation

MOST_PROMPTS = 20


async def play_prompt(exchange: Exchange) -> Reply:
    """Queue prompts."""
    body, call = exchange.body, exchange.call
    wanted = prompts(body, most=MOST_PROMPTS, required=True)
    operation = play_operation(wanted, body.client_context())
    need_connected(call)
    need_service_hosted(call)
    media_of(exchange.platform, call).enqueue(operation)
    return operation_reply(exchange, operation)


async def subscribe_to_tone(exchange: Exchange) -> Reply:
    """Have keys that people press told from now on."""
    exchange.need_role(ACCESS_MEDIA)
    operation = Operation(type="subscribeToToneOperation", client_context=exchange.body.client_context())
    need_connected(exchange.call)
    need_service_hosted(exchange.call)
    exchange.call.tones_subscribed = True
    return completed_reply(exchange, operation)


def completed_reply(exchange: Exchange, operation: Operation) -> Reply:
    """Answer with an operation that is over already; nothing more is told of it."""
    operation.finish()
    exchange.call.operations[operation.id] = operation
    return operation_reply(exchange, operation)


def operation_reply(exchange: Exchange, operation: Operation, status: int = 200) -> Reply:
    """Answer with an operation and where it can be read."""
    path = f"communications/calls/{exchange.call.id}/operations/{operation.id}"
    context = exchange.context(f"communications/calls('{exchange.call.id}')/operations/$entity")
    return Reply(
        status, {"@odata.context": context, **operation.document()}, {"Location": exchange.url(path)}
    )


VERBS = (
    Verb("playPrompt", "POST", "{call}/playPrompt", play_prompt),
    Verb("subscribeToTone", "POST", "{call}/subscribeToTone", subscribe_to_tone),
)
