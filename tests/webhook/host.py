"""The far side of the receiver."""

from callbot.webhook import Callback, Reply


class Host:
    """Whoever takes the callbacks: keeps them, and fails or answers as a test wishes."""

    def __init__(self) -> None:
        self.taken: list[Callback] = []
        self.doubts: list[str | None] = []
        self.failure: Exception | None = None
        self.reply: Reply | None = None

    async def accept(self, callback: Callback) -> Reply | None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(callback)
        return self.reply

    def doubt(self, _caller: object, chain_id: str | None) -> None:
        self.doubts.append(chain_id)
