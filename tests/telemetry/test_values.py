"""Whatever a value is, no person and no token in it gets into the log."""

import json
import logging
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import NamedTuple

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel

from callbot import Guest, Phone, User
from callbot.cli.logs import configure_logs
from callbot.log import about, get_logger, person, show_people
from callbot.log.lines import without_people
from callbot.model import Application, CallResource, IdentitySet, Participant
from tests.telemetry.test_people import CALL, ID, NAME, NUMBER, TOKEN

_log = get_logger("callbot.test")

EMAIL = "somebody.else@fabrikam.example"
STRANGER = "Zebedee Oyelaran"  # of no call that a line is about
STRANGERS_ID = "8c5b1f0e-93a4-4d57-b1f6-0a1b2c3d4e5f"
SECRETS = (NAME, NUMBER, ID, EMAIL, TOKEN, STRANGER, STRANGERS_ID)

STRANGE = {
    "displayName": STRANGER,
    "id": STRANGERS_ID,
}


class Plain(NamedTuple):
    one: object
    two: object = None


@dataclass(frozen=True)
class Data:
    one: object
    hidden: str = field(default=f"{STRANGER}'s secret", repr=False)


class Model(BaseModel):
    one: object


class Odd:
    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"<Odd {self.value!r}>"


class Broken:
    def __str__(self) -> str:
        raise RuntimeError(NAME)


def identity(kind: str) -> Mapping[str, object]:
    return {"identity": {kind: STRANGE}}


LEAVES = some.one_of(
    some.none() | some.integers() | some.booleans() | some.text(max_size=5),
    some.sampled_from([NAME, f"no {NAME} here", NUMBER, EMAIL, TOKEN, f"Bearer {TOKEN}", f"user {ID} left"]),
    some.sampled_from(
        [
            User(STRANGERS_ID, STRANGER),
            Phone(NUMBER, STRANGER),
            Guest(STRANGERS_ID, STRANGER),
            Participant.view({"info": identity("user")}),
            CallResource.view({"id": "a-call", "source": identity("guest"), "targets": [identity("user")]}),
            IdentitySet.view({"encrypted": STRANGE}),
            ValueError(f"no account of {EMAIL}"),
            SimpleNamespace(user=User(STRANGERS_ID), note=NUMBER),
            SimpleNamespace(info=Participant.view({"info": identity("user")})),
            EMAIL.encode(),
            Broken(),
            object(),
        ]
    ),
)
KEYS = some.sampled_from(["one", NAME, NUMBER, EMAIL, TOKEN, User(STRANGERS_ID), (1, NUMBER), 5, None])
VALUES = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3),
        some.lists(inner, max_size=3).map(tuple),
        some.lists(inner, max_size=3).map(deque),
        some.dictionaries(KEYS, inner, max_size=3),
        some.dictionaries(KEYS, inner, max_size=2).map(MappingProxyType),
        *(inner.map(kind) for kind in (Plain, Data, Odd)),
        inner.map(lambda one: Model(one=one)),
    ),
    max_leaves=12,
)


def written(**fields: object) -> str:
    """What a line about the call comes to when it is written, as JSON and as a console shows it."""
    with about((str(CALL["id"]), None, None, None, None, CALL, None)):
        event = without_people(None, "info", {"event": "static", **fields})
    return json.dumps(event, default=repr) + repr(event)


@given(VALUES)
def test_whatever_is_in_a_value_nobody_is_named(value: object) -> None:
    text = written(value=value).lower()
    for secret in SECRETS:
        assert secret.lower() not in text


@given(VALUES)
def test_what_has_been_looked_through_stays_as_it_is(value: object) -> None:
    with about((None, None, None, None, None, CALL, None)):
        once = without_people(None, "info", {"event": "static", "value": value})
        again = without_people(None, "info", {"event": "static", "value": once["value"]})
    assert repr(again) == repr(once)


def test_an_object_is_shown_by_its_fields_and_people_by_their_hash() -> None:
    told = without_people(
        None,
        "info",
        {
            "event": "static",
            "user": User(STRANGERS_ID, STRANGER, "a-tenant"),
            "participant": Participant.view({"id": "p", "info": identity("user"), "isMuted": False}),
            "plain": Plain(Decimal("1.5"), {"application": {"id": "an-app", "displayName": "Reception"}}),
            "bot": Application("an-app"),
            "id": uuid.UUID(STRANGERS_ID),
        },
    )
    assert told["user"] == {"id": person(STRANGERS_ID), "tenant_id": "a-tenant"}
    someone = {"displayName": person(STRANGER), "id": person(STRANGERS_ID)}
    assert told["participant"] == {
        "id": "p",
        "info": {"identity": {"user": someone}},
        "isMuted": False,
    }
    reception = {"id": "an-app", "displayName": "Reception"}
    assert told["plain"] == {"one": Decimal("1.5"), "two": {"application": reception}}
    assert told["bot"]["id"] == "an-app"
    assert told["id"] == STRANGERS_ID  # one word, as it would be were it a text: of what, nobody knows


def test_deep_and_large_values_are_cut() -> None:
    deep: list[object] = []
    deep.append(deep)  # in itself
    large = [{"number": number} for number in range(100_000)]
    assert len(written(deep=deep)) < 300
    assert len(written(large=large)) < 50_000
    assert len(written(words=f"{NAME} " * 100_000)) < 50_000
    assert NAME not in written(words=f"{NAME} " * 100_000)
    assert written(words="x" * 19_990 + NAME).count("Xanth") == 0, "a cut leaves no half of a name"


def test_tokens_in_objects_go_even_where_people_are_shown() -> None:
    show_people(plain=True)
    told = written(value=[{TOKEN: User(TOKEN)}, Odd(TOKEN), {"displayName": TOKEN}, Data(NAME)])
    assert TOKEN not in told
    assert NAME in told


LINES: list[Callable[[object], None]] = [
    lambda it: logging.getLogger("a.bot").warning("%s came", it),
    lambda it: logging.getLogger("a.bot").warning("%r %d %.1f", it, 5, Decimal("1.5")),
    lambda it: logging.getLogger("a.bot").warning("%(who)s came", {"who": it}),
    lambda it: logging.getLogger("a.bot").warning("there are %s", {"who": it, NAME: 1}),
    lambda it: logging.getLogger("a.bot").warning(it),
    lambda it: logging.getLogger("a.bot").warning("came", extra={"where": it, "who": [it]}),
    lambda it: structlog.get_logger("a.bot").warning("came", where=it, who=[it]),
    lambda it: structlog.get_logger("a.bot").warning("%s came", it),
    lambda it: structlog.get_logger("a.bot").warning("%(who)s came", {"who": it}),
    lambda it: structlog.get_logger("a.bot").warning(it),
    lambda it: _log.warning("came", who={str(it): it}),
]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    "it",
    [
        User(ID, NAME),
        IdentitySet.view({"user": STRANGE}),
        Odd(Participant.view({"info": identity("user")})),
        NAME,
    ],
    ids=["data", "resource", "odd", "text"],
)
def test_lines_of_a_bots_own_code_name_nobody(
    it: object, line: Callable[[object], None], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info", form)
    with about((str(CALL["id"]), "tenant", None, None, None, CALL, None)):
        line(it)
    told = capsys.readouterr().err
    assert "person:" in told
    assert "Logging error" not in told
    for secret in (*SECRETS, *NAME.split(), *STRANGER.split()):
        assert secret not in told


def test_what_only_fits_as_it_is_is_put_into_the_text_first(capsys: pytest.CaptureFixture[str]) -> None:
    class Count:
        def __int__(self) -> int:
            return 7

        def __index__(self) -> int:
            return 7

    configure_logs("info", "json")
    logging.getLogger("a.bot").warning("%d of %s", Count(), EMAIL)
    structlog.get_logger("a.bot").warning("%d of %s", Count(), EMAIL)
    told = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert told == [f"7 of {person(EMAIL)}"] * 2


def test_an_error_that_was_raised_with_an_object_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    _log.error("it failed", exc_info=LookupError(IdentitySet.view({"user": STRANGE})))
    assert caplog.records[0].exc_info is not None
    text = "".join(traceback.format_exception(caplog.records[0].exc_info[1]))
    assert "LookupError: user=" in text
    assert STRANGER not in text
    assert STRANGERS_ID not in text
