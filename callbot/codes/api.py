"""Why a request or an operation fails: the platform's own codes.

https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes
"""

from callbot.codes.advice import (
    ANSWER_IN_TIME,
    CALLING_TAB,
    CONSENT,
    NO_FIX,
    OVER,
    PROMPT_URL,
    SIGN_IN,
    STATE,
    TRY_LATER,
    WAV,
    WHICH_PERMISSION,
)

ACCESS = {
    7501: ("The token is not valid.", SIGN_IN),
    7502: ("The app may not use calls.", CALLING_TAB),
    7503: ("The platform does not know the app as a calling bot.", CALLING_TAB + CONSENT + WHICH_PERMISSION),
    7504: ("The tenant has not granted the app a permission this needs.", CONSENT + WHICH_PERMISSION),
    7505: (
        "The token is of another tenant than the call.",
        (
            "Ask for the token at the tenant of the call or meeting (the `tid` of its callbacks, the tenant "
            "of the meeting's organizer), not at the bot's own and not at `common`."
        ),
    ),
    7507: (
        "The source of the call is not an identity the app may call as.",
        "For phone calls the source must be a resource account with a number that is linked to this app id.",
    ),
}

OPERATIONS = {
    8500: (
        "The call's media is not of the kind this needs.",
        "Prompts, recording and tones need service-hosted media; screen sharing needs app-hosted media.",
    ),
    8501: ("The call is not established yet.", STATE),
    8502: ("The platform does not know yet which participant the bot is.", STATE),
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
    8509: ("Recording ended because the speaker fell silent.", NO_FIX),
    8510: ("Recording ended because nobody spoke.", "Allow a longer initial silence, or ask again."),
    8511: ("The prompt could not be played.", WAV),
    8512: ("The beep could not be played.", "Try again, or record without the beep."),
    8513: ("No audio arrived from the other side in time.", "The other side may be muted or disconnected."),
    8514: ("Recording ended because a stop tone was pressed.", NO_FIX),
    8515: ("Recording ended because it reached its maximum length.", NO_FIX),
    8535: ("The prompt is not in a format the platform plays.", WAV),
    8536: ("The platform could not download the prompt.", PROMPT_URL),
}

REQUESTS = {
    8516: ("Too many requests.", "Wait as long as `Retry-After` says, and send fewer."),
    8517: ("The call is of another tenant.", "Use a token of the tenant of the call."),
    8519: ("Something else is changing the call at this moment.", "Read the call, then try again."),
    8520: (
        "The platform does not offer this here.",
        "Check the kind of the call (group or not) and the cloud.",
    ),
    8522: ("The call is over, or never was.", OVER),
    8523: ("An argument of the request is not valid.", "The message beside it says which."),
    8524: ("Recording for compliance failed.", "Check the tenant's recording policy and the recording app."),
    8525: ("Recording for compliance failed.", "Check the tenant's recording policy and the recording app."),
    8526: (
        "The token to join the meeting is not valid.",
        "It is good for a day, for the app it was given to: use the newest from the call's meeting info.",
    ),
    8527: ("The join link is not valid.", "Copy the whole link from the invitation."),
    8528: ("The call has ended.", OVER),
    8529: ("The quota of calls per month is used up.", "Ask Microsoft for a higher quota."),
    8530: ("Too many calls are active at once.", "End calls that are no longer needed, or queue new ones."),
    8537: (
        "The call ended because the bot did not keep it alive.",
        (
            "Send a keep-alive every 10 to 15 minutes; 45 minutes without one end the call. callbot does it "
            "while it runs: look for a stopped process or failing requests before the end."
        ),
    ),
    8548: (
        "The call is not a group call.",
        "Invite somebody to make it one, or use the verb for two people.",
    ),
    8552: ("The organizer cannot be removed.", NO_FIX),
    8554: (
        "The participant is not part of the audio mix.",
        "Wait until the participant's audio is connected.",
    ),
    8558: ("The participant is not in the call.", "Read the roster again."),
    8560: ("The meeting is locked.", "Have an organizer unlock it."),
    8561: ("There is no meeting with this id.", "Check the meeting id and the passcode."),
    8566: ("Unmuting is not allowed.", "Only the participant, or a meeting's organizer, can do it."),
    8583: ("A condition of the request is not met.", "Read the call and the message beside the code."),
    8585: ("The call's state does not allow this.", STATE),
    8586: ("The bot did not acknowledge the incoming call.", ANSWER_IN_TIME),
    8587: ("The bot did not answer the incoming call in time.", ANSWER_IN_TIME),
    8609: (
        "The bot's reply to a joining participant was not understood.",
        "Reply with acceptJoinResponse, rejectJoinResponse or inviteNewBotResponse.",
    ),
    8610: ("The bot did not reply to a notification.", ANSWER_IN_TIME),
    9001: ("A service behind the platform failed.", TRY_LATER),
    9002: ("A service behind the platform failed.", TRY_LATER),
    9003: ("A service behind the platform failed.", TRY_LATER),
    9999: ("The platform does not say why.", TRY_LATER),
}
