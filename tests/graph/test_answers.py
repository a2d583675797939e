"""What an answer of Graph means."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.errors import (
    AuthenticationFailed,
    CallNotFound,
    CallStateConflict,
    GraphError,
    GraphTimeout,
    InvalidArgument,
    LimitReached,
    NotFound,
    PermissionDenied,
    Throttled,
    Unavailable,
)
from callbot.graph import Verb
from callbot.graph.transport.answers import Answer, document_of, error_of
from callbot.graph.verbs.calls import CREATE_CALL, GET_CALL
from callbot.graph.verbs.participants import GET_PARTICIPANT


def answer(
    status: int, error: object = None, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    text = json.dumps({"error": error}).encode() if error is not None else b""
    return Answer(status, headers or {}, text if body is None else body)


def meaning(status: int, code: str = "x", message: str = "no", verb: Verb = GET_CALL) -> type[GraphError]:
    return type(error_of(answer(status, {"code": code, "message": message}), verb, "c-1"))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "InvalidAuthenticationToken", AuthenticationFailed),
        (403, "Forbidden", PermissionDenied),
        (403, "7504", PermissionDenied),
        (403, "7505", PermissionDenied),
        (400, "7505", PermissionDenied),
        (404, "8522", CallNotFound),
        (400, "8522", CallNotFound),
        (404, "itemNotFound", CallNotFound),
        (404, "8558", NotFound),
        (404, "8999", NotFound),
        (400, "8506", CallStateConflict),
        (400, "8523", InvalidArgument),
        (400, "BadRequest", InvalidArgument),
        (400, "8501", CallStateConflict),
        (400, "8528", CallStateConflict),
        (400, "8585", CallStateConflict),
        (405, "8520", CallStateConflict),
        (405, "x", InvalidArgument),
        (409, "8519", CallStateConflict),
        (409, "x", CallStateConflict),
        (412, "x", CallStateConflict),
        (400, "8529", LimitReached),
        (403, "8530", LimitReached),
        (429, "TooManyRequests", Throttled),
        (500, "UnknownError", Unavailable),
        (502, "x", Unavailable),
        (503, "x", Unavailable),
        (504, "x", Unavailable),
        (501, "x", InvalidArgument),
        (408, "x", GraphTimeout),
        (418, "x", InvalidArgument),
        (599, "x", Unavailable),
        (304, "x", Unavailable),
    ],
)
def test_an_error_has_the_meaning_of_its_code_then_of_its_status(
    status: int, code: str, kind: type[GraphError]
) -> None:
    assert meaning(status, code) is kind


def test_a_missing_participant_is_not_a_missing_call() -> None:
    assert meaning(404, "8522", "Participant not found.", GET_PARTICIPANT) is NotFound
    assert meaning(404, "8522", "Call not found.", GET_PARTICIPANT) is CallNotFound
    assert meaning(404, "itemNotFound", "no", GET_PARTICIPANT) is NotFound


def test_a_create_that_finds_nothing_is_no_ended_call() -> None:
    assert meaning(404, "8522", "Meeting not found.", CREATE_CALL) is NotFound


def test_an_empty_404_ends_the_call_but_a_page_does_not() -> None:
    assert isinstance(error_of(answer(404), GET_CALL, "c"), CallNotFound)
    page = error_of(answer(404, body=b"<html>"), GET_CALL, "c")
    assert isinstance(page, NotFound)
    assert not isinstance(page, CallNotFound)


def test_an_error_carries_what_support_asks_for() -> None:
    told = {"code": 7505, "message": "Request authorization tenant mismatch."}
    error = error_of(answer(403, told, headers={"request-id": "r-9"}), GET_CALL, "c-9")
    assert (error.status, error.code, error.subcode) == (403, "7505", 7505)
    assert (error.request_id, error.client_request_id, error.verb) == ("r-9", "c-9", "get_call")
    assert not error.retryable
    assert error.explain().known
    assert "tenant mismatch" in str(error)


@pytest.mark.parametrize("key", ["innerError", "innererror"])
@pytest.mark.parametrize("name", ["request-id", "requestId"])
def test_a_request_id_is_found_wherever_it_is(key: str, name: str) -> None:
    error = error_of(answer(500, {"code": "x", "message": "y", key: {name: "r-2"}}), GET_CALL, "c")
    assert error.request_id == "r-2"


def test_an_empty_success_has_no_document() -> None:
    assert document_of(answer(200), GET_CALL, "c") is None
    assert document_of(answer(200, body=b" \n"), GET_CALL, "c") is None


@given(st.integers(300, 599), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_body_is_too_strange_for_an_error(status: int, body: bytes) -> None:
    error = error_of(answer(status, body=body), GET_CALL, "c")
    assert error.status == status
    assert str(error)


KEYS = st.sampled_from(["error", "code", "message", "innerError", "request-id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(st.integers(300, 599), JSON)
def test_no_document_is_too_strange_for_an_error(status: int, document: object) -> None:
    error = error_of(answer(status, body=json.dumps(document).encode()), GET_CALL, "c")
    assert error.status == status
    assert error.code is None or error.code


def test_a_long_message_is_cut_between_words() -> None:
    message = "x " * 247 + "and +61491570156 too"
    said = error_of(answer(400, {"code": "x", "message": message}), GET_CALL, "c-1").message
    assert said == "x " * 247 + "and"
    assert len(error_of(answer(400, {"code": "x", "message": "y" * 900}), GET_CALL, "c-1").message) == 500
