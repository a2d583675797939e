"""What a bot itself remembers of a call: a model of its own, kept with the call's record."""

from collections.abc import Mapping
from typing import Any, Generic

from pydantic import BaseModel
from typing_extensions import TypeVar

from callbot.bot.call.live import LiveCall
from callbot.bot.desk import Desk
from callbot.bot.models import read, written
from callbot.errors import ConfigurationError
from callbot.state import Record

Data = TypeVar("Data", bound=BaseModel, default=Any)
"""A bot's own model; `Call` and `CallBot` without one are those of a bot that keeps nothing."""


class KeptData(LiveCall, Generic[Data]):
    """The bot's own data of a call."""

    def __init__(self, record: Record, desk: Desk, model: type[Data] | None = None) -> None:
        super().__init__(record, desk)
        self._model = model
        self._data: Data | None = None

    @property
    def data(self) -> Data:
        """What the bot itself remembers of the call: the model of `class MyBot(CallBot[MyModel])`.

        It begins with the model's defaults. What a handler has changed is stored with the call when the
        handler finishes, also when it raises, and at once by `await call.save()`; with a durable store it is
        there again after a restart. Raises `ConfigurationError` for a bot without a model.
        """
        if self._data is None:
            self._data = self._load()
        return self._data

    @data.setter
    def data(self, data: Data) -> None:
        if not isinstance(data, self._kind()):
            raise TypeError(f"call.data is a {self._kind().__name__}, not a {type(data).__name__}")
        self._data = data

    async def save(self) -> None:
        """Store `call.data` now, in the middle of a handler or outside of one; returns when it is stored.

        Raises `StoreError` for data that is not what its model says.
        """
        changed = self.changed_data()
        if changed is not None:
            await self._line.desk.keep(self._line.key, changed)

    def changed_data(self) -> Mapping[str, object] | None:
        """Return the data as it is to be stored; None when it is stored already. For the runtime.

        Raises `StoreError` for data that is not what its model says.
        """
        if self._data is None:
            return None
        document = written(self._data)
        return None if document == self._line.record.data else document

    def _load(self) -> Data:
        model, kept = self._kind(), self._line.record.data
        return model() if kept is None else read(model, kept)

    def _kind(self) -> type[Data]:
        if self._model is None:
            raise ConfigurationError("this bot keeps no data: write `class MyBot(CallBot[MyModel])`")
        return self._model
