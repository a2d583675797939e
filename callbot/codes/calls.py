"""Why calls end, or never come about: the subcodes of a call's result.

https://learn.microsoft.com/graph/api/call-delete
"""

from callbot.codes.advice import MEDIA, NO_FIX, TRY_LATER

CALL_ENDS = {
    4097: ("The other participant ended the call.", NO_FIX),
    4521: ("The other person hung up.", NO_FIX),
    5000: ("Another participant removed the bot from the call.", NO_FIX),
    5001: ("The conversation has ended.", NO_FIX),
    5002: (
        "The conversation has ended because all others left; a call that nobody took ends so, too.",
        "Only a call that was seen as `established` was ever connected.",
    ),
    5003: ("The conversation has ended.", NO_FIX),
    5007: ("The person who started the group call left it.", NO_FIX),
    5010: ("Only one participant remained.", NO_FIX),
    5012: ("Nobody was on the roster of the incoming call.", NO_FIX),
    5013: ("Nobody else joined the group call.", NO_FIX),
    5014: (
        "The meeting had nobody who could host it.",
        "Have an organizer or presenter join, or join later.",
    ),
    5020: ("Only hidden participants remained.", NO_FIX),
    5030: ("The time of the breakout room is over.", NO_FIX),
    5300: ("A participant removed the bot from the meeting.", NO_FIX),
    5855: (
        "The bot waited in the lobby for too long and was removed.",
        "Have somebody admit it, or let the meeting's options admit it without waiting.",
    ),
    7000: ("The bot ended the call.", NO_FIX),
    7015: ("The call was transferred.", NO_FIX),
    10550: ("The bot ended the call.", NO_FIX),
    18503: ("The other person left the call.", NO_FIX),
    540000: ("The person on the phone hung up.", NO_FIX),
    560000: ("The person on the phone hung up.", NO_FIX),
    540487: ("The phone call was cancelled before it was answered.", NO_FIX),
    560487: ("The phone call was cancelled before it was answered.", NO_FIX),
}

NO_CONNECTION = {
    1005: ("The platform could not connect to the bot's media.", MEDIA),
    1106: ("The platform did not learn in time that the call was accepted.", TRY_LATER),
    2203: ("The platform refused the request to join.", "Check the meeting coordinates and the tenant id."),
    3003: ("The media of the call failed.", MEDIA),
    7106: ("The platform failed while it connected the call.", MEDIA),
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
    301005: ("The media of the call was lost.", MEDIA),
    1203002: ("The media of the call could not be set up.", MEDIA),
}

CALLEE = {
    8538: ("The called person declined.", NO_FIX),
    8539: ("The called person is busy.", "Try again later."),
    8540: ("The called person is busy on every device.", "Try again later."),
    8541: ("The called person is not available.", "Try again later."),
    8542: ("The call was cancelled before it was answered.", NO_FIX),
    8543: ("The called person did not take the call.", "Try again later."),
    8544: ("The called person could not be reached.", "They must be signed in to Teams and online."),
    8545: ("The called person did not take the call.", "Try again later."),
    8546: ("The called person did not take the call.", "Try again later."),
}
