"""The bot calls a person, who reacts as they do.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from dataclasses import dataclass

from callbot.emulator.calls import actors, notify
from callbot.emulator.calls.call import Call, Direction, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.calls.lifecycle import begin, end, establish, move, ring_for, stop_ringing
from callbot.emulator.people import Behaviour, Person, WhenCalled
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration
from callbot.emulator.wire import JsonObject, identity_set, typed, who_is


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
    _ring(platform, call, callee)
    return call


def new_call(order: Order, conversation: Conversation) -> Call:
    """Return the bot's leg in `conversation`; it is not alive yet."""
    app = order.app
    bot = identity_set(application={"id": app.app_id, "displayName": app.display_name})
    source = order.source or typed("participantInfo", {"identity": bot})
    return Call(
        app=app,
        tenant_id=order.tenant_id,
        direction=Direction.OUTGOING,
        conversation=conversation,
        me=conversation.add(Participant(identity=bot)),
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


def find_person(platform: Platform, identity: object) -> Person:
    """Return who an identitySet names; somebody nobody has defined reacts as the settings say."""
    kind, fields = who_is(identity) or ("user", {})
    known = platform.directory.find(str(fields.get("id", "")))
    if known is not None:
        return known
    answers = platform.settings.unsettled.unknown_people_answer
    reaction = WhenCalled.ANSWER if answers else WhenCalled.NO_ENDPOINTS
    key = str(fields.get("id", "unknown"))
    return Person(
        id=key,
        display_name=str(fields.get("displayName") or ""),
        phone=key if kind == "phone" else None,
        behaviour=Behaviour(when_called=reaction, after=0.2),
    )


def pick_up(platform: Platform, call: Call, person: Person) -> None:
    """Let the person who is called answer."""
    if call.state not in (State.ESTABLISHING, State.RINGING):
        return
    stop_ringing(call)
    actors.take_part(platform, call, person)
    establish(platform, call, "answered by the person")


def decline(platform: Platform, call: Call) -> None:
    """Let the person who is called turn the call down."""
    if call.state in (State.ESTABLISHING, State.RINGING):
        end(platform, call, platform.settings.outcomes.declined, "declined by the person")


def _ring(platform: Platform, call: Call, callee: Participant) -> None:
    person = callee.person
    if person is None:
        return
    settings = platform.settings
    ring_for(
        platform,
        call,
        call.ringing_timeout or settings.timing.ring,
        settings.outcomes.no_answer,
        "no answer",
    )
    if settings.unsettled.ringing_state:
        platform.later(call, 0, lambda: _alert(platform, call))
    reaction = person.behaviour.when_called
    if reaction is not WhenCalled.IGNORE:
        platform.later(call, person.behaviour.after, lambda: _react(platform, call, person, reaction))


def _alert(platform: Platform, call: Call) -> None:
    if call.state is State.ESTABLISHING:
        move(platform, call, State.RINGING, "the person's devices ring")
        notify.call_updated(platform, call)


def _react(platform: Platform, call: Call, person: Person, reaction: WhenCalled) -> None:
    if call.state not in (State.ESTABLISHING, State.RINGING):
        return
    outcomes = platform.settings.outcomes
    if reaction is WhenCalled.ANSWER:
        pick_up(platform, call, person)
    elif reaction is WhenCalled.DECLINE:
        decline(platform, call)
    elif reaction is WhenCalled.BUSY:
        end(platform, call, outcomes.busy, "the person is busy")
    elif reaction is WhenCalled.UNREACHABLE:
        end(platform, call, outcomes.unreachable, "the person is unreachable")
    else:
        end(platform, call, outcomes.no_endpoints, "the person has no endpoints")
