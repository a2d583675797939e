"""Bodies as the wire sends them, and bodies as it should not; and whatever hypothesis thinks of."""

import codecs
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.errors import DecodeError
from callbot.model import Notification
from callbot.webhook import decode, is_legacy_probe
from callbot.webhook.decode import MAX_DEPTH, MAX_NOTIFICATIONS, parse
from tests.webhook.platform import CALL, body, envelope, notification

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
KNOWN_KEYS = st.sampled_from(
    [
        "value",
        "@odata.type",
        "changeType",
        "resource",
        "resourceUrl",
        "resourceData",
        "callState",
        "participants",
    ]
)
ENVELOPES = st.fixed_dictionaries(
    {"value": st.lists(st.dictionaries(KNOWN_KEYS, JSON_VALUES) | JSON_VALUES, max_size=4)}
)


def reason(content: bytes, content_type: str | None = None) -> str:
    with pytest.raises(DecodeError) as refused:
        decode(content, content_type)
    assert str(refused.value)
    return refused.value.reason


def data(item: Notification) -> dict[str, object]:
    assert isinstance(item.resource_data, dict)
    return item.resource_data


def test_notifications_come_in_their_order() -> None:
    found = decode(body(notification("establishing"), notification("established")))
    assert [data(item)["state"] for item in found] == ["establishing", "established"]
    assert {item.call_id for item in found} == {CALL}


def test_an_envelope_may_be_empty() -> None:
    assert decode(b'{"value":[]}') == []


@pytest.mark.parametrize("content", [b"", b" ", b"\r\n\t "])
def test_an_empty_body_is_refused(content: bytes) -> None:
    assert reason(content) == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"value=1",
        b"<xml/>",
        b'{"value":[]} trailing',
        b'{"value":[],}',
        b"{'value':[]}",
        b'{"a":"\n"}',
        b"{}\0",
    ],
)
def test_a_body_that_is_not_json_is_refused(content: bytes) -> None:
    assert reason(content) in {"not_json", "not_text"}


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_json_lacks_are_refused(word: bytes) -> None:
    assert reason(b'{"value":[],"x":' + word + b"}") == "not_json"


@pytest.mark.parametrize("content", [b"[]", b"null", b'"value"', b"5", b"true"])
def test_json_that_is_no_object_is_refused(content: bytes) -> None:
    assert reason(content) == "not_an_object"


@pytest.mark.parametrize(
    "content", [b"{}", b'{"value":null}', b'{"value":{}}', b'{"value":"x"}', b'{"Value":[]}']
)
def test_an_object_that_is_not_the_envelope_is_refused(content: bytes) -> None:
    assert reason(content) == "not_the_envelope"


@pytest.mark.parametrize("item", [None, 5, "x", [], True])
def test_one_bad_item_spoils_the_body(item: object) -> None:
    assert reason(body(notification(), item)) == "not_a_notification"


def test_the_complaint_does_not_repeat_what_the_body_says() -> None:
    with pytest.raises(DecodeError) as refused:
        decode(b'{"value":[{"name":"Ada Lovelace"')
    assert "Ada" not in str(refused.value)
    assert "value" not in str(refused.value)


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\uDFFFb"', '"\\udc00\\ud800"', '{"\\ud834":1}'])
def test_half_a_character_is_refused(text: str) -> None:
    assert reason(f'{{"value":[],"x":{text}}}'.encode()) == "half_character"


def test_a_whole_character_may_be_spelt_in_two_halves() -> None:
    (found,) = decode(b'{"value":[{"resourceData":{"x":"\\ud834\\udd1e \\\\ud800"}}]}')
    assert found.resource_data == {"x": "\N{MUSICAL SYMBOL G CLEF} \\ud800"}


@pytest.mark.parametrize("pair", [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [MAX_DEPTH, 900, 100_000])
def test_deep_nesting_is_refused(pair: tuple[str, str], depth: int) -> None:
    bomb = pair[0] * depth + "1" + pair[1] * depth
    assert reason(f'{{"value":[{bomb}]}}'.encode()) == "too_deep"
    assert reason(f'{{"value":[{pair[0] * depth}'.encode()) in {"too_deep", "not_json"}


def test_wide_is_not_deep() -> None:
    roster = [{"id": str(number), "info": {"identity": {"user": {"id": "x"}}}} for number in range(500)]
    (found,) = decode(body({**notification(), "resourceData": roster}))
    assert found.resource_data == roster


@pytest.mark.parametrize(
    "number", ["9" * 30, "-" + "9" * 25, "1e999", "-1e999", "9" * 5000, "1" + "0" * 400 + ".5"]
)
def test_numbers_nobody_can_hold_are_refused(number: str) -> None:
    assert reason(f'{{"value":[],"x":{number}}}'.encode()) == "number_too_large"


def test_an_object_with_the_same_key_twice_is_refused() -> None:
    assert reason(b'{"value":[{"changeType":"updated","changeType":"deleted"}]}') == "duplicate_key"


def test_too_many_notifications_are_refused() -> None:
    assert reason(b'{"value":[' + b",".join([b"{}"] * (MAX_NOTIFICATIONS + 1)) + b"]}") == "too_many"


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize(
    "label", [None, "application/json; charset=us-ascii", "application/json; charset=utf-8"]
)
def test_a_byte_order_mark_says_more_than_the_label(mark: bytes, charset: str, label: str | None) -> None:
    text = json.dumps(envelope(notification(displayName="Zoë 李")), ensure_ascii=False)
    (found,) = decode(mark + text.encode(charset), label)
    assert data(found)["displayName"] == "Zoë 李"


@pytest.mark.parametrize(
    "charset",
    ["iso-8859-1", "utf-16", "windows-1252", "no-such", "idna", "zlib", "\0", "", "unicode_escape", '"'],
)
def test_utf_8_is_read_whatever_the_label_says(charset: str) -> None:
    text = json.dumps(envelope(notification(displayName="Zoë 李")), ensure_ascii=False)
    (found,) = decode(text.encode(), f"application/json; charset={charset}")
    assert data(found)["displayName"] == "Zoë 李"


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("latin-1", "ISO-8859-1"),
        ("cp1252", '"windows-1252"'),
        ("utf-16-le", "utf-16le"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", "utf-32"),
    ],
)
def test_the_label_is_believed_where_utf_8_does_not_fit(codec: str, label: str) -> None:
    text = json.dumps(envelope(notification(displayName="Zoë")), ensure_ascii=False)
    (found,) = decode(text.encode(codec), f"application/json; x=y; Charset={label}")
    assert data(found)["displayName"] == "Zoë"


@pytest.mark.parametrize("label", [None, "", "application/json", "text/json; charset=idna", "a;b;charset"])
def test_bytes_that_are_no_text_are_refused(label: str | None) -> None:
    assert reason(b'{"value":[{"x":"\xff\xfe\xe9"}]}', label) == "not_text"


def test_a_legacy_probe_is_told_from_the_envelope() -> None:
    probe = {"id": "x", "participants": [], "isMultiparty": False, "callState": "Incoming", "tenantId": "t"}
    assert is_legacy_probe(probe)
    assert not is_legacy_probe(probe | {"value": []})
    assert not is_legacy_probe(probe | {"callState": 5})
    assert not is_legacy_probe({"callState": "incoming"})
    assert reason(json.dumps(probe).encode()) == "not_the_envelope"


@given(st.binary(max_size=400), st.none() | st.text(max_size=60))
def test_any_bytes_decode_or_raise_the_one_error(content: bytes, content_type: str | None) -> None:
    with contextlib.suppress(DecodeError):
        decode(content, content_type)


@given(JSON_VALUES | ENVELOPES)
def test_any_json_decodes_or_raises_the_one_error_and_can_be_written_again(document: object) -> None:
    with contextlib.suppress(DecodeError):
        content = json.dumps(document).encode()
        found = parse(content)
        assert parse(json.dumps(found, ensure_ascii=False, allow_nan=False).encode()) == found
        decode(content)


@given(st.data())
def test_a_damaged_envelope_decodes_or_raises_the_one_error(data: st.DataObject) -> None:
    content = bytearray(body(notification(), notification(displayName="Zoë \N{MUSICAL SYMBOL G CLEF}")))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    label = data.draw(st.sampled_from([None, "application/json; charset=utf-16", "x;charset=windows-1252"]))
    with contextlib.suppress(DecodeError):
        decode(bytes(content), label)
