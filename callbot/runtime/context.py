"""What log lines say while something in a mailbox is dealt with."""

from callbot.log import Context
from callbot.runtime.mailboxes import Item, Seen
from callbot.state import Created, Notified, Record


def context_of(key: str, record: Record | None, item: Item) -> Context:
    """Return the context of an item in the mailbox of `key`; `record` is what is known of the call so far."""
    _, _, _, scenario_id, _, told, why = item.context
    if record is not None:  # what was told may name people who are not in the record yet
        return (record.id, record.tenant_id, record.app_id, record.scenario_id, None, (record, told), why)
    seen = item.observation if isinstance(item, Seen) else None
    if isinstance(seen, Notified | Created):
        return (seen.call_id, seen.tenant_id, seen.app_id, scenario_id, None, told, why)
    return (key, None, None, None, None, None, why)
