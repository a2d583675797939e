"""Turns the body of a callback into notifications, or says in one word why it cannot.

The body is JSON by its label and UTF-8 in practice; a byte order mark and a wrong label are tolerated,
because the content says more than the label. Everything else is strict: what passes here can be stored,
compared and written out again without surprise. One bad item spoils the body, so that nothing is half
accepted.

https://learn.microsoft.com/graph/api/resources/commsnotifications
"""

import codecs
import json
import math
from collections.abc import Iterator, Mapping
from typing import NoReturn

from callbot.errors import DecodeError
from callbot.model.notification import Notification

MAX_DEPTH = 64
"""Levels of nesting; a call has about ten."""

MAX_NOTIFICATIONS = 10_000
"""Items of one callback; every one seen so far had a single item."""

_INT64_DIGITS = 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSETS = {
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "cp1252",
}


def decode(body: bytes, content_type: str | None = None) -> list[Notification]:
    """Return the notifications of a callback's body, in their order.

    Args:
        body: the body as it came.
        content_type: its `Content-Type`; only the charset is looked at, and only when UTF-8 does not fit.

    Raises:
        DecodeError: it is not the notification envelope; `reason` says in one fixed word what is wrong.
    """
    return notifications(parse(body, content_type))


def parse(body: bytes, content_type: str | None = None) -> dict[str, object]:
    """Return the JSON object a body holds.

    Raises:
        DecodeError: the body holds no JSON object, or one that could not be written out again.
    """
    text = _text(body, content_type)
    try:
        document: object = _parse_json(text)
    except RecursionError:
        _too_deep()
    except json.JSONDecodeError as error:
        raise DecodeError("not_json", f"the body is not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(document, dict):
        raise DecodeError("not_an_object", "the body is JSON, but not an object")
    _check_depth(text, document)
    _check_surrogates(text, document)
    return document


def notifications(document: Mapping[str, object]) -> list[Notification]:
    """Return the notifications of the envelope `document`.

    Raises:
        DecodeError: it has no list `value`, or something in the list is not an object.
    """
    value = document.get("value")
    if not isinstance(value, list):
        raise DecodeError("not_the_envelope", "the body has no list named value: it is no commsNotifications")
    if len(value) > MAX_NOTIFICATIONS:
        raise DecodeError("too_many", f"the body has more than {MAX_NOTIFICATIONS} notifications")
    found = []
    for place, item in enumerate(value):
        if not isinstance(item, dict):
            raise DecodeError("not_a_notification", f"item {place} of value is not an object")
        found.append(Notification.from_item(item))
    return found


def is_legacy_probe(document: Mapping[str, object]) -> bool:
    """Return whether this is an incoming call in the protocol before Graph.

    The platform asks so which protocol the bot speaks: a `204` makes it send the same call again as Graph.
    """
    state = document.get("callState")
    return (
        "value" not in document
        and isinstance(state, str)
        and state.lower() == "incoming"
        and isinstance(document.get("participants"), list)
    )


def _text(body: bytes, content_type: str | None) -> str:
    if not body or body.isspace():
        raise DecodeError("empty", "the body is empty")
    for charset, start in _charsets(body, content_type):
        try:
            text = body[start:].decode(charset) if start else body.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # JSON never holds a raw NUL: this was another charset
            return text
    raise DecodeError("not_text", "the body is neither UTF-8 nor what its charset label says")


def _charsets(body: bytes, content_type: str | None) -> Iterator[tuple[str, int]]:
    """Yield what the body may be written in and where its text starts, the likeliest first."""
    if not body[:1].isascii():
        for mark, charset in _BYTE_ORDER_MARKS:
            if body.startswith(mark):
                yield charset, len(mark)
    yield "utf-8", 0
    declared = _declared_charset(content_type)
    if declared is not None:
        yield declared, 0


def _declared_charset(content_type: str | None) -> str | None:
    """Return the codec for the label's charset, if it is one that JSON could be in.

    Python knows codecs that are no charsets, or slow on made-up input: they are not for strangers to name.
    """
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return _CHARSETS.get(value.strip().strip("\"'").lower())
    return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DecodeError("duplicate_key", "an object in the body has the same key twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _INT64_DIGITS:
        raise DecodeError("number_too_large", "a number in the body has more digits than 64 bits hold")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise DecodeError("number_too_large", "a number in the body is larger than a double")
    return value


def _constant(_name: str) -> NoReturn:
    raise DecodeError("not_json", "the body is not JSON: NaN and Infinity are not in it")


_parse_json = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
).decode


def _check_depth(text: str, document: dict[str, object]) -> None:
    """Refuse what code that walks it by recursion could not walk."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    level: list[object] = [document]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return
    _too_deep()


def _children(outer: object) -> list[object]:
    values = outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
    return [inner for inner in values if isinstance(inner, dict | list)]


def _too_deep() -> NoReturn:
    raise DecodeError("too_deep", f"the body is nested deeper than {MAX_DEPTH} levels")


def _check_surrogates(text: str, document: dict[str, object]) -> None:
    """Refuse half characters, which JSON can spell and UTF-8 cannot."""
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DecodeError("half_character", "a string in the body holds half of a surrogate pair") from None
