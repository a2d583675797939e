"""Somebody's phone rings because of a call: what they do about it."""

from collections.abc import Callable

from callbot.emulator.calls.call import Call, Hook, Pending
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.people import Behaviour, Person, WhenCalled
from callbot.emulator.wire import who_is


def ring(
    platform: Platform,
    call: Call,
    person: Person,
    seconds: float,
    on_answer: Hook,
    on_failure: Callable[[Outcome, str], object],
) -> Pending:
    """Ring a person for at most `seconds`; exactly one of the two functions is called, once.

    `on_failure` gets the outcome and the reason in words. Neither is called once the call has ended.
    """
    pending = Pending(person=person, on_answer=on_answer, on_failure=on_failure)
    call.pending.append(pending)
    outcomes = platform.settings.outcomes
    _later(platform, call, pending, seconds, lambda: fail(call, pending, outcomes.no_answer, "no answer"))
    reaction = person.behaviour.when_called
    if reaction is not WhenCalled.IGNORE:
        delay = person.behaviour.after
        _later(platform, call, pending, delay, lambda: _react(platform, call, pending, reaction))
    return pending


def pick_up(call: Call, pending: Pending) -> None:
    """Let the person answer."""
    if _settle(call, pending):
        pending.on_answer()


def decline(platform: Platform, call: Call, pending: Pending) -> None:
    """Let the person turn the call down."""
    fail(call, pending, platform.settings.outcomes.declined, "declined by the person")


def fail(call: Call, pending: Pending, outcome: Outcome, why: str) -> None:
    """End the ringing without an answer."""
    if _settle(call, pending):
        pending.on_failure(outcome, why)


def stop(call: Call, pending: Pending) -> None:
    """End the ringing without a word to anybody."""
    _settle(call, pending)


def find_pending(call: Call, who: str | None) -> Pending | None:
    """Return who rings, by participant id, object id, number or name; the first one for None."""
    for pending in call.pending:
        person = pending.person
        names = (pending.participant_id, person.id, person.phone, person.display_name)
        if who is None or who in names:
            return pending
    return None


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


def _later(platform: Platform, call: Call, pending: Pending, delay: float, action: Hook) -> None:
    pending.timers.append(platform.later(call, delay, action))


def _settle(call: Call, pending: Pending) -> bool:
    """Take somebody off the list of those who ring; say whether they were on it."""
    for timer in pending.timers:
        timer.cancel()
    if pending not in call.pending:
        return False
    call.pending.remove(pending)
    return True


def _react(platform: Platform, call: Call, pending: Pending, reaction: WhenCalled) -> None:
    outcomes = platform.settings.outcomes
    if reaction is WhenCalled.ANSWER:
        pick_up(call, pending)
    elif reaction is WhenCalled.DECLINE:
        decline(platform, call, pending)
    elif reaction is WhenCalled.BUSY:
        fail(call, pending, outcomes.busy, "the person is busy")
    elif reaction is WhenCalled.UNREACHABLE:
        fail(call, pending, outcomes.unreachable, "the person is unreachable")
    else:
        fail(call, pending, outcomes.no_endpoints, "the person has no endpoints")
