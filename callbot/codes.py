"""What the platform's numbers mean, and what a person can do about them.

A result has a code (its class is that of HTTP and SIP: 2xx a normal end, 4xx the request or the other side,
5xx the service) and a subcode, which says more. An error of the API has an HTTP status and a code of the
same family as the subcodes. One table serves both.
https://learn.microsoft.com/graph/api/call-delete
https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes
"""

from typing import NamedTuple


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
    alone = _BY_CODE.get(code) if code is not None and not subcode else None
    return alone or _unknown(code, subcode)


def _unknown(code: int | None, subcode: int | None) -> Explanation:
    kind = _CLASSES.get((code or 0) // 100, "Nothing is known about it")
    numbers = f"code {code}" if subcode is None else f"code {code}, subcode {subcode}"
    return Explanation(
        f"callbot has no entry for {numbers}. {kind}.",
        "Look at the message beside it, and give Microsoft support the request id or the call chain id.",
        known=False,
    )


_CLASSES = {
    2: "A code of 2xx is a normal end",
    4: "A code of 4xx blames the request or the other side",
    5: "A code of 5xx blames the service or the bot's own media",
    6: "A code of 6xx is final everywhere: the other side was asked and refused",
}

_CONSENT = (
    "Grant the application permission in Microsoft Entra (App registrations, API permissions), have an "
    "administrator of the call's tenant consent to it, and wait a few minutes for new tokens. "
)
_WHICH_PERMISSION = (
    "Calling one person, redirecting and transferring need Calls.Initiate.All; group calls and invitations "
    "Calls.InitiateGroupCall.All; joining or answering a meeting Calls.JoinGroupCall.All (as a guest: "
    "Calls.JoinGroupCallAsGuest.All); recording and tones Calls.AccessMedia.All."
)
_TOKEN = "Ask for a token with the scope `{Graph root}/.default` of the cloud the bot runs in, and check the clock."  # noqa: S105 - advice, no token
_TRY_LATER = "Try again later; if it lasts, give Microsoft support the request id."
_MEDIA = (
    "For calls with service-hosted media there is nothing to set: if it lasts, report the call chain id. With "
    "app-hosted media, check the public address, the open ports and the certificate of the media machine."
)
_WAV = (
    "Prompts must be WAV, PCM, mono, 16-bit, 16 kHz. Convert with `ffmpeg -i in.mp3 -ac 1 -ar 16000 -c:a "
    "pcm_s16le out.wav` or `sox in.wav -c 1 -r 16000 -b 16 -e signed-integer out.wav`. Use a new resource id "
    "for the new file: the platform caches by it."
)
_PROMPT_URL = (
    "The platform fetches the prompt itself, without a token: the address must be https, reachable from the "
    "public internet, with a publicly trusted certificate, and answer 200 with the file."
)
_ANSWER_IN_TIME = (
    "A bot has 15 seconds (policy recording: 5) to answer, reject or redirect, counted from the ring. Reply 202 to "
    "the callback at once and answer first, before slow work; check that the webhook is reachable."
)
_OVER = "Nothing to do: the platform keeps no history of calls. Leave the handler, or place a new call."
_STATE = "Look at the call's state first, and wait for `established` before using its media."
_NO_FIX = ""

_CALL_ENDS = {
    4097: ("The other participant ended the call.", _NO_FIX),
    4521: ("The other person hung up.", _NO_FIX),
    5000: ("Another participant removed the bot from the call.", _NO_FIX),
    5001: ("The conversation has ended.", _NO_FIX),
    5002: (
        "The conversation has ended because all others left; a call that nobody took ends so, too.",
        "Only a call that was seen as `established` was ever connected.",
    ),
    5003: ("The conversation has ended.", _NO_FIX),
    5007: ("The person who started the group call left it.", _NO_FIX),
    5010: ("Only one participant remained.", _NO_FIX),
    5012: ("Nobody was on the roster of the incoming call.", _NO_FIX),
    5013: ("Nobody else joined the group call.", _NO_FIX),
    5014: (
        "The meeting had nobody who could host it.",
        "Have an organizer or presenter join, or join later.",
    ),
    5020: ("Only hidden participants remained.", _NO_FIX),
    5030: ("The time of the breakout room is over.", _NO_FIX),
    5300: ("A participant removed the bot from the meeting.", _NO_FIX),
    5855: (
        "The bot waited in the lobby for too long and was removed.",
        "Have somebody admit it, or let the meeting's options admit it without waiting.",
    ),
    7000: ("The bot ended the call.", _NO_FIX),
    7015: ("The call was transferred.", _NO_FIX),
    10550: ("The bot ended the call.", _NO_FIX),
    18503: ("The other person left the call.", _NO_FIX),
    540000: ("The person on the phone hung up.", _NO_FIX),
    560000: ("The person on the phone hung up.", _NO_FIX),
    540487: ("The phone call was cancelled before it was answered.", _NO_FIX),
    560487: ("The phone call was cancelled before it was answered.", _NO_FIX),
}

_NO_CONNECTION = {
    1005: ("The platform could not connect to the bot's media.", _MEDIA),
    1106: ("The platform did not learn in time that the call was accepted.", _TRY_LATER),
    2203: ("The platform refused the request to join.", "Check the meeting coordinates and the tenant id."),
    3003: ("The media of the call failed.", _MEDIA),
    7106: ("The platform failed while it connected the call.", _MEDIA),
    7700: (
        "The transfer failed.",
        "The call is established again: check the target, and that it is in the same tenant.",
    ),
    10037: ("The called person has no device that could ring.", "They must be signed in to Teams somewhere."),
    10057: ("No device of the called person reacted: no answer.", "Try again later."),
    10076: ("The called person could not be reached.", "They must be signed in to Teams and online."),
    10073: ("The participant could not be added.", "Check the identity, and that the call is a group call."),
    10134: ("The call could not be routed.", "Check the target's identity, its licence and its tenant."),
    10151: ("The participant may not be added.", "Check the tenant's calling policies for this participant."),
    10199: (
        "The called person may not have private calls.",
        "An administrator must allow private calling in the person's Teams calling policy.",
    ),
    301005: ("The media of the call was lost.", _MEDIA),
    1203002: ("The media of the call could not be set up.", _MEDIA),
}

_ACCESS = {
    7501: ("The token is not valid.", _TOKEN),
    7502: (
        "The app may not use calls.",
        "Enable calling for the bot: Azure Bot, Channels, Microsoft Teams, Calling, with a webhook.",
    ),
    7503: (
        "The app lacks a permission for this, or nobody has consented to it.",
        _CONSENT + _WHICH_PERMISSION,
    ),
    7504: ("The tenant has not granted the app a permission this needs.", _CONSENT + _WHICH_PERMISSION),
    7505: (
        "The token is of another tenant than the call.",
        "Ask for the token at the tenant of the call or meeting (the `tid` of its callbacks, the tenant of the "
        "meeting's organizer), not at the bot's own and not at `common`.",
    ),
    7507: (
        "The source of the call is not an identity the app may call as.",
        "For phone calls the source must be a resource account with a number that is linked to this app id.",
    ),
}

_OPERATIONS = {
    8500: (
        "The call's media is not of the kind this needs.",
        "Prompts, recording and tones need service-hosted media; screen sharing needs app-hosted media.",
    ),
    8501: ("The call is not established yet.", _STATE),
    8502: ("The platform does not know yet which participant the bot is.", _STATE),
    8503: ("The call's audio is not active.", "Wait until `mediaState.audio` is `active`."),
    8505: (
        "Only one participant can be invited in the place of another call.",
        "Give one participant when `replaces_call_id` is set.",
    ),
    8506: (
        "This is not a call of a recording policy.",
        "Only policy-recording bots can set the recording status.",
    ),
    8508: ("The operation was cancelled.", "Something ended it: a cancel, or the end of the call."),
    8509: ("Recording ended because the speaker fell silent.", _NO_FIX),
    8510: ("Recording ended because nobody spoke.", "Allow a longer initial silence, or ask again."),
    8511: ("The prompt could not be played.", _WAV),
    8512: ("The beep could not be played.", "Try again, or record without the beep."),
    8513: ("No audio arrived from the other side in time.", "The other side may be muted or disconnected."),
    8514: ("Recording ended because a stop tone was pressed.", _NO_FIX),
    8515: ("Recording ended because it reached its maximum length.", _NO_FIX),
    8535: ("The prompt is not in a format the platform plays.", _WAV),
    8536: ("The platform could not download the prompt.", _PROMPT_URL),
}

_REQUESTS = {
    8516: ("Too many requests.", "Wait as long as `Retry-After` says, and send fewer."),
    8517: ("The call is of another tenant.", "Use a token of the tenant of the call."),
    8519: ("Something else is changing the call at this moment.", "Read the call, then try again."),
    8520: (
        "The platform does not offer this here.",
        "Check the kind of the call (group or not) and the cloud.",
    ),
    8522: ("The call is over, or never was.", _OVER),
    8523: ("An argument of the request is not valid.", "The message beside it says which."),
    8524: ("Recording for compliance failed.", "Check the tenant's recording policy and the recording app."),
    8525: ("Recording for compliance failed.", "Check the tenant's recording policy and the recording app."),
    8526: (
        "The token to join the meeting is not valid.",
        "It is good for a day, for the app it was given to: use the newest from the call's meeting info.",
    ),
    8527: ("The join link is not valid.", "Copy the whole link from the invitation."),
    8528: ("The call has ended.", _OVER),
    8529: ("The quota of calls per month is used up.", "Ask Microsoft for a higher quota."),
    8530: ("Too many calls are active at once.", "End calls that are no longer needed, or queue new ones."),
    8537: (
        "The call ended because the bot did not keep it alive.",
        "Send a keep-alive every 10 to 15 minutes; 45 minutes without one end the call. callbot does it while it "
        "runs: look for a stopped process or failing requests before the end.",
    ),
    8548: (
        "The call is not a group call.",
        "Invite somebody to make it one, or use the verb for two people.",
    ),
    8552: ("The organizer cannot be removed.", _NO_FIX),
    8554: (
        "The participant is not part of the audio mix.",
        "Wait until the participant's audio is connected.",
    ),
    8558: ("The participant is not in the call.", "Read the roster again."),
    8560: ("The meeting is locked.", "Have an organizer unlock it."),
    8561: ("There is no meeting with this id.", "Check the meeting id and the passcode."),
    8566: ("Unmuting is not allowed.", "Only the participant, or a meeting's organizer, can do it."),
    8583: ("A condition of the request is not met.", "Read the call and the message beside the code."),
    8585: ("The call's state does not allow this.", _STATE),
    8586: ("The bot did not acknowledge the incoming call.", _ANSWER_IN_TIME),
    8587: ("The bot did not answer the incoming call in time.", _ANSWER_IN_TIME),
    8609: (
        "The bot's reply to a joining participant was not understood.",
        "Reply with acceptJoinResponse, rejectJoinResponse or inviteNewBotResponse.",
    ),
    8610: ("The bot did not reply to a notification.", _ANSWER_IN_TIME),
    9001: ("A service behind the platform failed.", _TRY_LATER),
    9002: ("A service behind the platform failed.", _TRY_LATER),
    9003: ("A service behind the platform failed.", _TRY_LATER),
    9999: ("The platform does not say why.", _TRY_LATER),
}

_CALLEE = {
    8538: ("The called person declined.", _NO_FIX),
    8539: ("The called person is busy.", "Try again later."),
    8540: ("The called person is busy on every device.", "Try again later."),
    8541: ("The called person is not available.", "Try again later."),
    8542: ("The call was cancelled before it was answered.", _NO_FIX),
    8543: ("The called person did not take the call.", "Try again later."),
    8544: ("The called person could not be reached.", "They must be signed in to Teams and online."),
    8545: ("The called person did not take the call.", "Try again later."),
    8546: ("The called person did not take the call.", "Try again later."),
}

_BY_SUBCODE = {
    number: Explanation(*words)
    for table in (_CALL_ENDS, _NO_CONNECTION, _ACCESS, _OPERATIONS, _REQUESTS, _CALLEE)
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
    (401, 7503): Explanation("The token is not valid.", _TOKEN),
}

_BY_CODE = {
    number: Explanation(*words)
    for number, words in {
        0: ("A normal end.", _NO_FIX),
        200: ("Done.", _NO_FIX),
        400: ("The request is not valid.", "The message beside it says why."),
        401: ("Graph does not accept the token.", _TOKEN),
        403: ("The app may not do this.", _CONSENT + _WHICH_PERMISSION),
        404: ("There is no such resource; a call that is over is gone at once.", _OVER),
        405: ("The platform does not offer this here.", "Check the kind of the call and the cloud."),
        408: ("Nobody reacted in time.", "Try again later."),
        409: ("Something else is changing the resource.", "Read it, then try again."),
        412: ("A condition of the request is not met.", "Read the call and the message beside the code."),
        429: ("Too many requests.", "Wait as long as `Retry-After` says, and send fewer."),
        480: ("The called person is not available.", "They must be signed in to Teams and online."),
        486: ("The called person is busy.", "Try again later."),
        487: ("The call was cancelled before it was answered.", _NO_FIX),
        500: ("The platform failed.", _TRY_LATER),
        502: ("The platform failed.", _TRY_LATER),
        503: ("The platform is overloaded or down.", _TRY_LATER),
        504: ("The platform did not answer itself in time.", _TRY_LATER),
        603: ("The called person declined.", _NO_FIX),
    }.items()
}
