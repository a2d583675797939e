"""What the platform's numbers mean, and what a person can do about them.

A result has a code (its class is that of HTTP and SIP: 2xx a normal end, 4xx the request or the other side,
5xx the service) and a subcode, which says more. An error of the API has an HTTP status and a code of the
same family as the subcodes. One table serves both.
https://learn.microsoft.com/graph/api/call-delete
https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes
"""

from typing import NamedTuple

from callbot.codes.advice import CONSENT, NO_FIX, OVER, SIGN_IN, TRY_LATER, WHICH_PERMISSION
from callbot.codes.api import ACCESS, OPERATIONS, REQUESTS
from callbot.codes.calls import CALL_ENDS, CALLEE, NO_CONNECTION
from callbot.codes.sign_in import refusal


class Explanation(NamedTuple):
    """A number in plain words: what happened, what to do about it ("" when nothing is wrong)."""

    meaning: str
    fix: str = ""
    known: bool = True

    def __str__(self) -> str:
        return f"{self.meaning} {self.fix}".rstrip()


def explain(code: int | None, subcode: int | None) -> Explanation:
    """Return what a result or an API error means.

    `code` is a result's code or an HTTP status, `subcode` a result's subcode or the number in an API error.
    The pair is looked up first, then the subcode, then the code. `known` is False when none of them says
    anything, and when only the class of the code is known.
    """
    if subcode:
        both = _BY_PAIR.get((code, subcode)) or _BY_SUBCODE.get(subcode)
        if both is not None:
            return both
    if code is None and not subcode:
        return Explanation("The platform gave no code.", _ASK, known=False)
    alone = None if code is None else _BY_CODE.get(code)
    return alone if alone is not None and not subcode else _unknown(code, subcode, alone)


def explain_sign_in(code: str | None) -> Explanation:
    """Return what a code of the sign-in service means (AADSTS...)."""
    cause, fix = refusal(code)
    return Explanation(_sentence(cause), _sentence(fix))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _unknown(code: int | None, subcode: int | None, alone: Explanation | None) -> Explanation:
    """Say that the numbers are not known, and what the first of them alone tells."""
    numbers = f"subcode {subcode}" if code is None else f"code {code}"
    if code is not None and subcode:
        numbers += f", subcode {subcode}"
    kind = alone.meaning if alone is not None else _CLASSES.get((code or 0) // 100, "")
    return Explanation(f"callbot has no entry for {numbers}. {kind}".rstrip(), _ASK, known=False)


_ASK = "Look at the message beside it, and give Microsoft support the request id or the call chain id."

_CLASSES = {
    2: "A code of 2xx is a normal end.",
    4: "A code of 4xx blames the request or the other side.",
    5: "A code of 5xx blames the service or the bot's own media.",
    6: "A code of 6xx is final: the other side was asked and refused.",
}


_BY_SUBCODE = {
    number: Explanation(*words)
    for table in (CALL_ENDS, NO_CONNECTION, ACCESS, OPERATIONS, REQUESTS, CALLEE)
    for number, words in table.items()
}

_BY_PAIR: dict[tuple[int | None, int], Explanation] = {
    (500, 7000): Explanation(
        "The transfer failed.", "The call is established again: check the target, and that it may be called."
    ),
    (412, 9999): Explanation(
        "A participant could not be invited.",
        "The message names the participant; phone numbers need a resource account as the caller.",
    ),
}

_BY_CODE = {
    number: Explanation(*words)
    for number, words in {
        0: ("A normal end.", NO_FIX),
        200: ("Done.", NO_FIX),
        400: ("The request is not valid.", "The message beside it says why."),
        401: ("Graph does not accept the token.", SIGN_IN),
        403: ("The app may not do this.", CONSENT + WHICH_PERMISSION),
        404: ("There is no such resource; a call that is over is gone at once.", OVER),
        405: ("The platform does not offer this here.", "Check the kind of the call and the cloud."),
        408: ("Nobody reacted in time.", "Try again later."),
        409: ("Something else is changing the resource.", "Read it, then try again."),
        412: ("A condition of the request is not met.", "Read the call and the message beside the code."),
        429: ("Too many requests.", "Wait as long as `Retry-After` says, and send fewer."),
        480: ("The called person is not available.", "They must be signed in to Teams and online."),
        486: ("The called person is busy.", "Try again later."),
        487: ("The call was cancelled before it was answered.", NO_FIX),
        500: ("The platform failed.", TRY_LATER),
        502: ("The platform failed.", TRY_LATER),
        503: ("The platform is overloaded or down.", TRY_LATER),
        504: ("The platform did not answer itself in time.", TRY_LATER),
        603: ("The called person declined.", NO_FIX),
    }.items()
}
