"""The promise of `decode`: any bytes are notifications, or one `DecodeError`; and what passes can be kept."""

import json

from callbot.errors import DecodeError
from callbot.webhook.decode import notifications, parse
from fuzz.dice import Dice
from fuzz.documents import envelope, written

LABELS = (
    *(None, "application/json", "application/json; charset=utf-16", "text/json; charset=iso-8859-1"),
    *(
        "application/json; charset=utf-32",
        "application/json; charset=windows-1252",
        "x;charset=idna",
        ";;=;charset",
    ),
)


def decode_anything(content: bytes) -> None:
    """Decode bytes as they are, or a callback that they have made."""
    dice = Dice(content)
    label = dice.choice(LABELS)
    body = written(envelope(dice), dice) if dice.chance(2) else dice.rest()
    try:
        document = parse(body, label)
        found = notifications(document)
    except DecodeError:
        return
    assert parse(json.dumps(document, ensure_ascii=False, allow_nan=False).encode()) == document
    for one in found:
        assert one.call_id is None or one.call_id, "an id is something"
