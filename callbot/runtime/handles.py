"""The live handles of calls: one per call, as long as anybody holds it."""

from weakref import WeakValueDictionary

from pydantic import BaseModel

from callbot.bot import Call, Desk
from callbot.model import call_key
from callbot.state import Record


class Handles:
    """Gives out the `Call` of a record, always the same one while somebody uses it.

    `model` is what the bot itself keeps of each. A call nobody looks at has no handle: it costs no memory
    beside its record.
    """

    def __init__(self, desk: Desk, model: type[BaseModel] | None) -> None:
        self._desk = desk
        self._model = model
        self._calls: WeakValueDictionary[str, Call] = WeakValueDictionary()
        self._kept: dict[str, Call] = {}
        self._abandoned = False

    def get(self, key: str) -> Call | None:
        """Return the handle of a call, None when nobody holds it."""
        return self._calls.get(key)

    def of(self, record: Record) -> Call:
        """Return the handle of a call."""
        call = self._calls.get(record.key)
        if call is None:
            call = self._calls[record.key] = Call(record, self._desk, self._model)
            if self._abandoned:
                call.abandon()
        return call

    def keep(self, call: Call) -> None:
        """Keep the handle until `let_go`: it holds what somebody may yet ask for, such as tones."""
        self._kept[call_key(call.id)] = call

    def let_go(self, key: str) -> None:
        """Keep the handle of a call no longer than it is used."""
        self._kept.pop(key, None)

    def abandon(self) -> None:
        """Let nobody wait for changes of calls: this process sees none any more."""
        self._abandoned = True
        for call in list(self._calls.values()):
            call.abandon()
