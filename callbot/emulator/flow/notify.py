"""What a bot is told about its call: builds the notification and queues its callback."""

from collections.abc import Callable, Mapping, Sequence

from callbot.emulator.callbacks.callback import Answer, Callback
from callbot.emulator.callbacks.shapes import ChangeType, envelope, notification
from callbot.emulator.calls.call import Call, State, run_hooks
from callbot.emulator.calls.document import call_document
from callbot.emulator.calls.operation import Operation
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject, typed

OnAnswer = Callable[[Answer], None]


def call_created(
    platform: Platform, call: Call, data: Mapping[str, object], on_answer: OnAnswer | None = None
) -> None:
    """Announce an incoming call."""
    _send(platform, call, notification(ChangeType.CREATED, call.id, typed("call", data)), on_answer)


def call_updated(platform: Platform, call: Call, **fields: object) -> None:
    """Tell the call's state and what else has changed."""
    data = typed("call", {"state": str(call.state), **fields, "callChainId": call.chain_id})
    _send(platform, call, notification(ChangeType.UPDATED, call.id, data))


def call_ended(platform: Platform, call: Call, **fields: object) -> None:
    """Tell the end."""
    data = typed("call", {"state": str(State.TERMINATED), **fields, "callChainId": call.chain_id})
    _send(platform, call, notification(ChangeType.DELETED, call.id, data))


def call_rejected(platform: Platform, call: Call) -> None:
    """Tell the end of a call the bot has rejected: without a state."""
    data = typed("call", {"@odata.id": f"/communications/calls/{call.id}"})
    _send(platform, call, notification(ChangeType.DELETED, call.id, data))


def call_redirected(platform: Platform, call: Call) -> None:
    """Tell the end of a call the bot has redirected: with the whole call, without a result."""
    data = {key: value for key, value in call_document(call).items() if value is not None}
    data.pop("resultInfo", None)
    _send(platform, call, notification(ChangeType.DELETED, call.id, data))


def operation_finished(
    platform: Platform, call: Call, operation: Operation, *, path: str | None = None, slash: bool = True
) -> None:
    """Tell that an operation is over; the wire calls that deleted."""
    item = notification(
        ChangeType.DELETED, f"{call.id}/{path or f'operations/{operation.id}'}", operation.document()
    )
    if not slash:
        item = {**item, "resourceUrl": str(item["resourceUrl"]).lstrip("/")}
    _send(platform, call, item)


def roster(platform: Platform, call: Call, entries: Sequence[JsonObject]) -> None:
    """Tell the full roster."""
    _send(platform, call, notification(ChangeType.UPDATED, f"{call.id}/participants", list(entries)))


def roster_delta(platform: Platform, call: Call, entries: Sequence[JsonObject], sequence: int) -> None:
    """Tell who has changed; no capture shows how, so the path is that of the full roster."""
    data = typed("deltaParticipants", {"participants": list(entries), "sequenceNumber": sequence})
    _send(platform, call, notification(ChangeType.UPDATED, f"{call.id}/participants", data))


def content_sharing(platform: Platform, call: Call, change: ChangeType, content_id: str) -> None:
    """Tell that a content is shown, or no longer."""
    data = [typed("contentSharingSession", {"id": content_id})]
    _send(platform, call, notification(change, f"{call.id}/contentsharingsessions", data))


def policy(platform: Platform, call: Call, data: JsonObject, on_answer: OnAnswer | None = None) -> None:
    """Ask or tell a policy-recording bot about a participant."""
    unsettled = platform.settings.unsettled
    change = ChangeType(unsettled.joining_change)
    item = notification(change, call.id + unsettled.joining_path, data)
    _send(platform, call, item, on_answer, platform.settings.timing.joining_timeout)


def raw(
    platform: Platform,
    call: Call,
    body: JsonObject,
    on_answer: OnAnswer | None = None,
    time_limit: float | None = None,
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
            time_limit=time_limit,
        )
    )


def _send(
    platform: Platform,
    call: Call,
    item: JsonObject,
    on_answer: OnAnswer | None = None,
    time_limit: float | None = None,
) -> None:
    def answered(answer: Answer) -> None:
        if on_answer is not None:
            on_answer(answer)
        if not answer.accepted and not answer.moved:
            run_hooks(call.hooks.callback_failed)

    raw(platform, call, envelope([item]), answered, time_limit)
