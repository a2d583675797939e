"""The bot calls a person, who reacts as they do.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from dataclasses import dataclass

from callbot.emulator.calls.call import Call, Direction, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.flow import actors, notify
from callbot.emulator.flow.lifecycle import begin, end, establish, move
from callbot.emulator.flow.ringing import find_person, ring
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration, Outcome
from callbot.emulator.wire import JsonObject, identity_set, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a create asks for, checked."""

    app: AppRegistration
    tenant_id: str
    callback_uri: str
    targets: list[object]
    modalities: list[object]
    media_config: JsonObject
    source: JsonObject | None = None
    call_options: JsonObject | None = None
    subject: str | None = None
    ringing_timeout: int | None = None
    scenario_id: str | None = None


def call_person(platform: Platform, order: Order, target: JsonObject) -> Call:
    """Place a peer-to-peer call to the identity in `target`."""
    conversation = Conversation(kind=Kind.PEER_TO_PEER)
    person = find_person(platform, target.get("identity"))
    callee = conversation.add(Participant(identity=person.identity, person=person))
    call = new_call(order, conversation)
    begin(platform, call, State.ESTABLISHING, "placed by the bot")
    notify.call_updated(platform, call)
    actors.take_part(platform, call, callee)

    def answered() -> None:
        establish(platform, call, "answered by the person")

    def failed(outcome: Outcome, why: str) -> None:
        end(platform, call, outcome, why)

    seconds = call.ringing_timeout or platform.settings.timing.ring
    ring(platform, call, person, seconds, answered, failed)
    if platform.settings.unsettled.ringing_state:
        platform.later(call, 0, lambda: _alert(platform, call))
    return call


def new_call(order: Order, conversation: Conversation) -> Call:
    """Return the bot's leg in `conversation`; it is not alive yet."""
    app = order.app
    bot = identity_set(application={"id": app.app_id, "displayName": app.display_name})
    source = order.source or typed("participantInfo", {"identity": bot})
    identity = source.get("identity")
    me = Participant(identity=dict(identity) if isinstance(identity, dict) else bot)
    return Call(
        app=app,
        tenant_id=order.tenant_id,
        direction=Direction.OUTGOING,
        conversation=conversation,
        me=me,
        callback_uri=order.callback_uri,
        source=source,
        targets=order.targets,
        modalities=order.modalities,
        media_config=order.media_config,
        call_options=order.call_options,
        subject=order.subject,
        ringing_timeout=order.ringing_timeout,
        scenario_id=order.scenario_id,
    )


def _alert(platform: Platform, call: Call) -> None:
    if call.state is State.ESTABLISHING:
        move(platform, call, State.RINGING, "the person's devices ring")
        notify.call_updated(platform, call)
