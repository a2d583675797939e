"""What a person can do, in the words that several codes share."""

CONSENT = (
    "Grant the application permission in Microsoft Entra (App registrations, API permissions), have an "
    "administrator of the call's tenant consent to it, and wait a few minutes for new tokens. "
)
WHICH_PERMISSION = (
    "Calling one person, redirecting and transferring need Calls.Initiate.All; group calls and invitations "
    "Calls.InitiateGroupCall.All; joining or answering a meeting Calls.JoinGroupCall.All (as a guest: "
    "Calls.JoinGroupCallAsGuest.All); recording and tones Calls.AccessMedia.All."
)
SIGN_IN = (
    "Ask for a token with the scope `{Graph root}/.default` of the bot's cloud; check the secret or the "
    "certificate, and the clock."
)
TRY_LATER = "Try again later; if it lasts, give Microsoft support the request id."
MEDIA = (
    "For calls with service-hosted media there is nothing to set: if it lasts, report the call chain id. "
    "With app-hosted media, check the media machine's public address, its open ports and its certificate."
)
WAV = (
    "Prompts must be WAV, PCM, mono, 16-bit, 16 kHz. Convert with `ffmpeg -i in.mp3 -ac 1 -ar 16000 -c:a "
    "pcm_s16le out.wav` or `sox in.wav -c 1 -r 16000 -b 16 -e signed-integer out.wav`. Use a new resource id "
    "for the new file: the platform caches by it."
)
PROMPT_URL = (
    "The platform fetches the prompt itself, without a token: the address must be https, reachable from the "
    "public internet, with a publicly trusted certificate, and answer 200 with the file."
)
ANSWER_IN_TIME = (
    "A bot has 15 seconds (policy recording: 5) to answer, reject or redirect, counted from the ring. "
    "Reply 202 to the callback at once, answer before slow work, and check that the webhook is reachable."
)
OVER = "Nothing to do: the platform keeps no history of calls. Leave the handler, or place a new call."
CALLING_TAB = (
    "Enable calling for the bot: in Azure, the Azure Bot resource of this app id, Channels, Microsoft Teams, "
    "Calling, with a webhook address; then wait a few minutes. "
)
STATE = "Look at the call's state first, and wait for `established` before using its media."
NO_FIX = ""
