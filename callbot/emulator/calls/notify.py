"""What a bot is told about its call: builds the notification and queues its callback."""

from collections.abc import Callable, Mapping

from callbot.emulator.callbacks.callback import Answer, Callback
from callbot.emulator.callbacks.shapes import ChangeType, envelope, notification
from callbot.emulator.calls.call import Call, State, run_hooks
from callbot.emulator.calls.operation import Operation
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject, typed


def call_created(
    platform: Platform,
    call: Call,
    data: Mapping[str, object],
    on_answer: Callable[[Answer], None] | None = None,
) -> None:
    """Announce an incoming call."""
    _send(platform, call, notification(ChangeType.CREATED, call.id, typed("call", data)), on_answer)


def call_updated(platform: Platform, call: Call, **fields: object) -> None:
    """Tell the call's state and what else has changed."""
    data = typed("call", {"state": call.state, **fields, "callChainId": call.chain_id})
    _send(platform, call, notification(ChangeType.UPDATED, call.id, data))


def call_ended(platform: Platform, call: Call, result: Mapping[str, object] | None) -> None:
    """Tell the end."""
    fields: JsonObject = {"state": State.TERMINATED}
    if result is not None:
        fields["resultInfo"] = result
    data = typed("call", {**fields, "callChainId": call.chain_id})
    _send(platform, call, notification(ChangeType.DELETED, call.id, data))


def call_rejected(platform: Platform, call: Call) -> None:
    """Tell the end of a call the bot has rejected: without a state."""
    data = typed("call", {"@odata.id": f"/communications/calls/{call.id}"})
    _send(platform, call, notification(ChangeType.DELETED, call.id, data))


def operation_finished(platform: Platform, call: Call, operation: Operation) -> None:
    """Tell that an operation is over; the wire calls that deleted."""
    path = f"{call.id}/operations/{operation.id}"
    _send(platform, call, notification(ChangeType.DELETED, path, operation.document()))


def raw(
    platform: Platform, call: Call, body: JsonObject, on_answer: Callable[[Answer], None] | None = None
) -> None:
    """Queue a callback with a body of any shape."""
    platform.outbox.post(
        Callback(
            app=call.app,
            tenant_id=call.tenant_id,
            call_id=call.id,
            chain_id=call.chain_id,
            url=call.callback_uri,
            body=body,
            scenario_id=call.scenario_id,
            on_answer=on_answer,
        )
    )


def _send(
    platform: Platform, call: Call, item: JsonObject, on_answer: Callable[[Answer], None] | None = None
) -> None:
    def answered(answer: Answer) -> None:
        if on_answer is not None:
            on_answer(answer)
        if not answer.accepted:
            run_hooks(call.hooks.callback_failed)

    raw(platform, call, envelope([item]), answered)
