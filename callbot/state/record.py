"""All that callbot keeps of one call."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from callbot.log import Cause, Context
from callbot.model import CallState, MediaState
from callbot.state.changes import Change
from callbot.state.observation import Document

_TERMINATED = CallState.TERMINATED
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Retreat(NamedTuple):
    """Something said the call had gone back to `state`; a read must say so too, `at` and a while later."""

    state: CallState
    at: float


class Record(NamedTuple):
    """What is known of one call. Times are wall time in seconds since the Unix epoch.

    `key` is the call id without dashes and case, for comparing; `id` is the call id verbatim, for URLs.
    `resource` is the call's document as Graph would give it: reads replace it, notifications merge into
    it. `roster` holds the participants' documents by participant key. `unhandled` are the changes whose
    handler has not finished, oldest first: with a durable store they survive the process.
    `data` is what the bot itself keeps of the call, as JSON.
    `version` counts the writes: a store refuses one that was not made from the version it holds.

    A tuple with names, because it is made anew several times for each notification: that is nine times as
    fast as with a dataclass.
    """

    key: str
    id: str
    app_id: str
    tenant_id: str | None
    first_seen_at: float
    seen_at: float  # the last sighting of any kind
    state_at: float  # when the state last changed
    merged_at: float = 0.0  # when a notification last changed the document
    kept_alive_at: float = 0.0
    state: CallState | None = None
    detours: frozenset[CallState] = frozenset()  # hold, transferring...: where a connected call has been
    answered: bool = False  # `established` was seen: a 2xx result code does not say so
    resource: Document = _NOTHING
    roster: Mapping[str, Document] = _NOTHING
    rostered_at: float = 0.0  # when a notification last changed the roster
    audio: MediaState | None = None
    last_tone: int | None = None
    missing_tones: frozenset[int] = frozenset()  # numbers before `last_tone` that may still arrive
    content_sharing: frozenset[str] = frozenset()
    finished_operations: tuple[str, ...] = ()  # the latest ones, to know a doubled notification
    transitions: int = 0
    unhandled: tuple[Change, ...] = ()
    doubt: str | None = None  # why the call must be read at once
    doubt_at: float = 0.0
    retreat: Retreat | None = None
    fruitless_reads: int = 0  # reads in a row that showed nothing new
    read_at: float = 0.0  # when the last read was asked for
    data: Document | None = None
    version: int = 0
    scenario_id: str | None = None  # what the bot itself named the call by when it placed it

    @property
    def ended(self) -> bool:
        """Whether the call is over: from then on the record is a tombstone."""
        return self.state is _TERMINATED

    def says_no_more_than(self, before: "Record") -> bool:
        """Whether this is `before` looked at again: no more is known than when the call was last seen.

        A process that takes over reads every live call, so nothing is lost when such a record is not stored.
        """
        return _lasting(before) == _lasting(self)

    def context(self, cause: Cause | None = None) -> Context:
        """Return what log lines say while something is done for the call, because of `cause`."""
        return (self.id, self.tenant_id, self.app_id, self.scenario_id, None, self, cause)

    def belongs_to(self, app_id: str, tenant_id: str | None) -> bool:
        """Whether somebody who speaks for this bot and this tenant may speak of the call."""
        if app_id != self.app_id and app_id.lower() != self.app_id.lower():
            return False
        if tenant_id == self.tenant_id or tenant_id is None or self.tenant_id is None:
            return True
        return tenant_id.lower() == self.tenant_id.lower()


_PLACES = {name: place for place, name in enumerate(Record._fields)}
_lasting: Callable[[Record], tuple[object, ...]] = itemgetter(
    *(place for name, place in _PLACES.items() if name not in {"seen_at", "read_at", "fruitless_reads"})
)
_new = tuple.__new__


def _replaced(record: Record, /, **fields: object) -> Record:
    values: list[object] = list(record)
    for name, value in fields.items():
        values[_PLACES[name]] = value
    return _new(Record, values)


# What a tuple with names brings along does the same in twice the time, and it is done for each observation.
Record._replace = _replaced  # type: ignore[method-assign,assignment]  # mypy knows the fields from the class
