"""Calls as the admin API shows them: JSON objects without the names of people.

Their ids and numbers are shown as a short keyed hash, the one of the log, which is the same for the same
person as long as the process runs, and as they are only where an admin with a token asks for them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from callbot.admin.timeline import Entry, words_of_change
from callbot.admin.watched import WatchedBot
from callbot.log import hashed
from callbot.model import Application, CallResource, IdentitySet, ResourceAccount
from callbot.state import Change, Record

Json = dict[str, object]

_MOST_TARGETS = 5


def row(bot: WatchedBot, record: Record, *, people: bool) -> Json:
    """Return a call as a line of a list. `people` shows ids and numbers of people as they are."""
    resource = CallResource.view(record.resource)
    running = bot.chronicle.running(record.key)
    source = resource.source.identity if resource.source is not None else None
    targets = [one.identity for one in resource.targets[:_MOST_TARGETS]]
    return {
        "id": record.id,
        "app_id": record.app_id,
        "state": None if record.state is None else str(record.state),
        "direction": None if resource.direction is None else str(resource.direction),
        "tenant": record.tenant_id,
        "source": _who(source, people=people),
        "targets": [_who(target, people=people) for target in targets],
        "meeting": resource.meeting_info is not None,
        "answered": record.answered,
        "participants": len(record.roster),
        "first_seen_at": moment(record.first_seen_at),
        "state_at": moment(record.state_at),
        "handler": None if running is None else running.handler,
    }


def detail(bot: WatchedBot, record: Record, *, people: bool) -> Json:
    """Return everything an admin may see of a call, and its timeline."""
    running = bot.chronicle.running(record.key)
    due = bot.runtime.caretaker.next_due(record)
    timeline = bot.chronicle.timeline(record.key)
    return {
        **row(bot, record, people=people),
        "seen_at": moment(record.seen_at),
        "read_at": moment(record.read_at),
        "kept_alive_at": moment(record.kept_alive_at),
        "audio": None if record.audio is None else str(record.audio),
        "transitions": record.transitions,
        "finished_operations": list(record.finished_operations),
        "unhandled": _waiting(record.unhandled, None if running is None else running.change),
        "handler_since": None if running is None else moment(running.since),
        "doubt": record.doubt,
        "fruitless_reads": record.fruitless_reads,
        "next_due": None if due is None else {"at": moment(due.at), "what": due.kind, "why": due.trigger},
        "result": _result(record),
        "timeline": [shown(entry) for entry in timeline],
    }


def shown(entry: Entry) -> Json:
    """Return a line of a timeline."""
    line: Json = {"at": moment(entry.at), "kind": entry.kind, "what": entry.what, "result": entry.result}
    if entry.seconds is not None:
        line["seconds"] = entry.seconds
    if entry.last_at is not None:
        line |= {"times": entry.times, "last_at": moment(entry.last_at)}
    return line


def moment(at: float) -> str | None:
    """Return a wall time as ISO 8601 in UTC, None for one that never was."""
    if at <= 0:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _who(identity: IdentitySet | None, *, people: bool) -> Mapping[str, str] | None:
    who = identity.who if identity is not None else None
    if who is None:
        return None
    kind = {"kind": type(who).__name__}
    if who.id is None:
        return kind
    if people or isinstance(who, Application | ResourceAccount):  # those are not people
        return {**kind, "id": who.id}
    return {**kind, "hash": hashed(who.id)}


def _waiting(unhandled: Sequence[Change], running: Change | None) -> list[str]:
    """What waits for its handler, in words, without what the handler that runs is for."""
    waiting = list(unhandled)
    if running in waiting:
        waiting.remove(running)
    return [words_of_change(change) for change in waiting]


def _result(record: Record) -> Json | None:
    """Why it ended, in callbot's own words: the platform's may hold a telephone number."""
    result = CallResource.view(record.resource).result_info
    if result is None or result.code is None:
        return None
    return {"code": result.code, "subcode": result.subcode, "means": result.explain().meaning}
