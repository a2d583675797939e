"""Every call the emulator knows, found by id or by conversation."""

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Conversation


class CallTable:
    """The live calls, and the last ended ones for the log."""

    def __init__(self, remember_ended: int) -> None:
        self._live: dict[str, Call] = {}
        self._ended: dict[str, Call] = {}
        self._legs: dict[str, list[Call]] = {}
        self._remember = remember_ended

    def __len__(self) -> int:
        return len(self._live)

    def add(self, call: Call) -> None:
        """Take in a new call."""
        self._live[call_key(call.id)] = call
        self._legs.setdefault(call.conversation.id, []).append(call)

    def live(self) -> list[Call]:
        """Return the calls that have not ended, oldest first."""
        return list(self._live.values())

    def every(self) -> list[Call]:
        """Return ended and live calls, the ended ones first."""
        return [*self._ended.values(), *self._live.values()]

    def legs(self, conversation: Conversation) -> list[Call]:
        """Return the live legs of bots in a conversation."""
        return list(self._legs.get(conversation.id, ()))

    def find(self, call_id: str) -> Call | None:
        """Return a live call by its id, written with or without dashes, in any case."""
        return self._live.get(call_key(call_id))

    def find_any(self, call_id: str) -> Call | None:
        """Return a call that is live or remembered."""
        key = call_key(call_id)
        return self._live.get(key) or self._ended.get(key)

    def retire(self, call: Call) -> None:
        """Move a call that has ended to the remembered ones."""
        key = call_key(call.id)
        if self._live.pop(key, None) is None:
            return
        self._ended[key] = call
        legs = self._legs[call.conversation.id]
        legs.remove(call)
        if not legs:
            del self._legs[call.conversation.id]
        while len(self._ended) > self._remember:
            del self._ended[next(iter(self._ended))]

    def clear(self) -> None:
        """Forget everything."""
        self._live.clear()
        self._ended.clear()
        self._legs.clear()


def call_key(call_id: str) -> str:
    """Return the form of an id that is equal however it is written."""
    return call_id.replace("-", "").lower()


class ConversationTable:
    """The group conversations, found by the chain of their legs or the thread of their chat."""

    def __init__(self) -> None:
        self._by_chain: dict[str, Conversation] = {}
        self._by_thread: dict[str, Conversation] = {}

    def keep(self, conversation: Conversation) -> None:
        """Take in a conversation, or what has changed about it."""
        self._by_chain[conversation.chain_id] = conversation
        if conversation.thread_id is not None:
            self._by_thread[conversation.thread_id] = conversation

    def by_chain(self, chain_id: str) -> Conversation | None:
        """Return the conversation with this callChainId."""
        return self._by_chain.get(chain_id)

    def by_thread(self, thread_id: str) -> Conversation | None:
        """Return the conversation whose chat this is."""
        return self._by_thread.get(thread_id)

    def drop(self, conversation: Conversation) -> None:
        """Forget a conversation that is over."""
        self._by_chain.pop(conversation.chain_id, None)
        if conversation.thread_id is not None:
            self._by_thread.pop(conversation.thread_id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._by_chain.clear()
        self._by_thread.clear()
