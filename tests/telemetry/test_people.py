"""What takes people out of the log."""

import json
import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callbot.bot.dispatching.raised import log_failure
from callbot.cli.logs import configure_logs
from callbot.log import about, free_text, get_logger, person, show_people

_log = get_logger("callbot.test")

NAME, NUMBER, ID = "Xanthippe Quisenberry", "+61491570156", "061bf4c5-c28e-4fa2-b199-ae5d6c717066"
CALL = {
    "id": "11111111-2222-4333-8444-555555555555",
    "source": {"identity": {"user": {"id": ID, "displayName": NAME}}},
    "targets": [
        {"identity": {"phone": {"id": NUMBER}, "application": {"id": "an-app", "displayName": "handler"}}}
    ],
}
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl"


def told(caplog: pytest.LogCaptureFixture, words: str) -> str:
    """What becomes of `words` in a line about the call."""
    caplog.clear()
    with about((str(CALL["id"]), "tenant", None, None, None, CALL, None)):
        _log.warning("static", error=words)
    return str(vars(caplog.records[0])["error"])


@pytest.mark.parametrize(
    "words",
    [
        f"no account of {NAME}",
        f"no account of {NAME.upper()}",
        "nobody but Quisenberry has called",
        f"participant 4:{NUMBER} is busy",
        f"call {NUMBER[1:]} back",
        "not +44 20 7946 0123 either",
        "tel:0491570156;phone-context=x",
        "sip:somebody@example.com;transport=tls",
        "somebody.else@fabrikam.example has left",
        "8:orgid:061bf4c5-c28e-4fa2-b199-ae5d6c717066 was invited",
        f"user {ID} was not found",
        "user 00000000-0000-4000-8000-00000000dead was not found",
    ],
)
def test_people_in_free_text_are_replaced(words: str, caplog: pytest.LogCaptureFixture) -> None:
    found = told(caplog, words)
    assert "person:" in found
    for secret in ("xanthippe", "quisenberry", "491570156", "7946", "somebody", ID, "dead"):
        assert secret not in found.lower()


@pytest.mark.parametrize(
    "words",
    [
        "play: not now (HTTP 400, code 8501, request-id 724f21cb-06a7-4a3d-89c1-2c380c100eaa)",
        "call 724f21cb-06a7-4a3d-89c1-2c380c100eaa has ended",
        f"{CALL['id']} is the call itself",
        "at 2026-11-26T15:22:34.572810+00:00 after 3 of 15 tries in 0.25 s",
        "the handler failed",
        "a xanthippe is no name",
    ],
)
def test_what_is_no_person_stays(words: str, caplog: pytest.LogCaptureFixture) -> None:
    assert told(caplog, words) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("\u738b\u5c0f\u660e", "\u6765\u7535\u8005\u738b\u5c0f\u660e\u6302\u65ad"),  # no spaces between words
        ("\u674e\u96f7", "call of \u674e\u96f7 failed"),  # two characters
        ("Jos\u00e9 N\u00fa\u00f1ez", "Jose\u0301 Nu\u0301n\u0303ez is gone"),  # decomposed
        ("Jos\u00e9 N\u00fa\u00f1ez", "GET /crm?name=Jos%C3%A9%20N%C3%BA%C3%B1ez failed"),
        ("Jos\u00e9 N\u00fa\u00f1ez", json.dumps({"n": "Jos\u00e9 N\u00fa\u00f1ez"})),
        ("Jos\u00e9 N\u00fa\u00f1ez", "user_Jos\u00e9 N\u00fa\u00f1ez_x"),
    ],
)
def test_a_name_is_known_in_every_script_and_spelling(
    name: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    call = {"source": {"identity": {"user": {"displayName": name}}}}
    with about((None, None, None, None, None, call, None)):
        _log.warning("static", error=words)
    found = str(vars(caplog.records[0])["error"])
    assert "person:" in found
    assert name not in found
    assert "Jos" not in found


@pytest.mark.parametrize("words", ["dial 0061 491 570 156", "(0491) 570-156 is busy", "61491570156"])
def test_a_number_of_the_call_is_known_however_it_is_written(
    words: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert "156" not in told(caplog, words)


def test_one_person_has_one_hash_however_they_are_written(caplog: pytest.LogCaptureFixture) -> None:
    spellings = ["+61491570156", "4:+61491570156", "tel:+61491570156", "+61 491 570 156"]
    assert len({person(one) for one in spellings}) == 1
    assert person(NAME) == person(NAME.upper())
    assert person(NAME) != person(NUMBER)
    assert told(caplog, f"{NAME} left") == f"{person(NAME)} left"


ANA = {"source": {"identity": {"user": {"id": ID, "displayName": "Ana"}}}}


@pytest.mark.parametrize(
    "words",
    [
        "{} has left",
        "no <{}>, and no '{}'",
        '{{"mail": "{}"}}',
        "({}).",
    ],
)
@pytest.mark.parametrize("address", ["ana@example.com", "Ana.o'brien@example.com", "x+ana@ana.example"])
def test_an_address_is_one_person_though_a_name_is_in_it(
    words: str, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with about((None, None, None, None, None, ANA, None)):
        _log.warning("static", error=words.format(address, address), twice=free_text(free_text(address)))
    told = vars(caplog.records[0])
    assert told["error"] == words.format(person(address), person(address))
    assert told["twice"] == person(address)


BEFORE = ("", "", "sip:", "8:orgid:", "4:", "user ", "call ", "Bearer ", "{'displayName': '")
PEOPLE = (
    NAME,
    "Quisenberry",
    NUMBER,
    NUMBER[1:],
    ID,
    "ana@example.com",
    f"{NAME}@x.example",
    TOKEN,
    "nobody",
)
AFTER = (" ", ".", "'", "': \"", ", ", "@x.example ", "/", ")")


@given(some.lists(some.tuples(*map(some.sampled_from, (BEFORE, PEOPLE, AFTER))).map("".join)).map("".join))
def test_what_has_been_replaced_stays_however_often_it_is_looked_at(words: str) -> None:
    with about((None, None, None, None, None, CALL, None)):
        once = free_text(words)
        assert free_text(once) == once
        assert "person:person:" not in once


def test_a_name_is_not_cut_before_it_is_found(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("x" * 179 + f" {NAME}")
    with about((None, None, None, None, None, CALL, None)):
        log_failure(_log, "handler failed", "on_tone", error)
    assert "Xanth" not in str(vars(caplog.records[0]))
    assert len(str(vars(caplog.records[0])["error"])) == 200


@given(some.text(min_size=3))
def test_a_hash_tells_nothing(value: str) -> None:
    assert value not in person(value).removeprefix("person:") or len(value) < 4


def test_a_hash_differs_from_process_to_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = person(NAME)
    monkeypatch.setattr("callbot.log.people._KEY", b"of another process")
    assert person(NAME) != before


def test_a_token_is_never_written(caplog: pytest.LogCaptureFixture) -> None:
    show_people(plain=True)
    assert (
        told(caplog, f"Authorization: Bearer {TOKEN} of {NAME}") == f"Authorization: Bearer <token> of {NAME}"
    )
    show_people(plain=False)
    for words in (
        TOKEN,
        f"\\n{TOKEN}",
        f"x_{TOKEN}",
        f"{person(NAME)}-{TOKEN}",
        f'{{"t":"{TOKEN}"}}',
        f"({TOKEN}).",
    ):
        assert "eyJ" not in told(caplog, words)
        assert "<token>" in told(caplog, words)


def find() -> None:
    try:
        dict[str, str]()[NAME]
    except KeyError as error:
        error.add_note(f"seen from {NUMBER}")
        raise LookupError(f"no account of {NAME}") from error


def fail() -> None:
    try:
        find()
    except LookupError as error:
        raise ExceptionGroup("of two", [error, ValueError(TOKEN)]) from None


def test_a_traceback_keeps_its_frames_and_kinds_and_loses_the_people(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with about((None, None, None, None, None, CALL, None)):
        try:
            fail()
        except ExceptionGroup:
            _log.exception("it failed")
    assert caplog.records[0].exc_info is not None
    text = "".join(traceback.format_exception(caplog.records[0].exc_info[1]))
    for kept in (
        "ExceptionGroup: of two",
        "LookupError: no account of person:",
        "KeyError",
        "in fail",
        "ValueError",
    ):
        assert kept in text
    for secret in (NAME, NUMBER, TOKEN):
        assert secret not in text


def test_an_error_without_people_is_given_on_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("the disk is full")
    _log.error("it failed", exc_info=error)
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[1] is error


def test_lines_of_other_libraries_are_looked_through_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    with about((None, None, None, None, None, CALL, None)):
        logging.getLogger("msal").warning("%s of %s <%s>", TOKEN, NAME, "somebody@fabrikam.example")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == f"<token> of {person(NAME)} <{person('somebody@fabrikam.example')}>"
