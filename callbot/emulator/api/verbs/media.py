"""The verbs about what people hear and press.

https://learn.microsoft.com/graph/api/call-playprompt
"""

from callbot.emulator.api.answers import completed_reply, operation_reply
from callbot.emulator.api.checks.calls import need_connected
from callbot.emulator.api.checks.media import ACCESS_MEDIA, need_service_hosted, prompts
from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.routing import BETA, Verb
from callbot.emulator.calls.operation import Operation
from callbot.emulator.errors import invalid_argument
from callbot.emulator.flow import notify
from callbot.emulator.journal import NoteEntry
from callbot.emulator.media.player import player_of
from callbot.emulator.media.recording import RecordRequest
from callbot.emulator.platform import Platform
from callbot.emulator.tenant.people import KEYS

MOST_PROMPTS = 20
MOST_RECORD_PROMPTS = 1
RECORD_SECONDS = (1, 120)
DEFAULT_RECORD_SECONDS = 5
LONGEST_DELAY_MS = 60_000
TONE_MS = 200


async def play_prompt(exchange: Exchange) -> Reply:
    """Queue prompts."""
    body, call = exchange.body, exchange.call
    wanted = prompts(body, most=MOST_PROMPTS, required=True)
    loop = exchange.version == BETA and body.flag("loop", default=False)
    details: dict[str, object] = {"prompts": wanted, "completionReason": None}
    operation = Operation(type="playPromptOperation", client_context=body.client_context(), details=details)
    need_connected(call)
    need_service_hosted(call)
    player_of(exchange.platform, call).play(wanted, operation, loop=loop)
    return operation_reply(exchange, operation)


async def record_response(exchange: Exchange) -> Reply:
    """Queue a recording."""
    exchange.need_role(ACCESS_MEDIA)
    body, call = exchange.body, exchange.call

    def seconds(key: str) -> float:
        return float(body.number(key, *RECORD_SECONDS) or DEFAULT_RECORD_SECONDS)

    request = RecordRequest(
        prompts=tuple(prompts(body, most=MOST_RECORD_PROMPTS, required=False)),
        barge_in=body.flag("bargeInAllowed", default=False),
        beep=body.flag("playBeep", default=True),
        initial_silence=seconds("initialSilenceTimeoutInSeconds"),
        max_silence=seconds("maxSilenceTimeoutInSeconds"),
        max_duration=seconds("maxRecordDurationInSeconds"),
        stop_keys=frozenset(_stop_key(tone) for tone in body.items("stopTones")),
    )
    details: dict[str, object] = {"recordingLocation": None, "recordingAccessToken": None}
    operation = Operation(type="recordOperation", client_context=body.client_context(), details=details)
    need_connected(call)
    need_service_hosted(call)
    player_of(exchange.platform, call).record(request, operation)
    return operation_reply(exchange, operation)


async def cancel_media(exchange: Exchange) -> Reply:
    """End prompts and recordings that run or wait."""
    operation = Operation(
        type="cancelMediaProcessingOperation", client_context=exchange.body.client_context()
    )
    need_connected(exchange.call)
    need_service_hosted(exchange.call)
    player_of(exchange.platform, exchange.call).cancel()
    return completed_reply(exchange, operation)


async def subscribe_to_tone(exchange: Exchange) -> Reply:
    """Have keys that people press told from now on."""
    exchange.need_role(ACCESS_MEDIA)
    operation = Operation(type="subscribeToToneOperation", client_context=exchange.body.client_context())
    need_connected(exchange.call)
    need_service_hosted(exchange.call)
    exchange.call.tones_subscribed = True
    player_of(exchange.platform, exchange.call)
    exchange.platform.journal.wake()
    return completed_reply(exchange, operation)


async def send_dtmf_tones(exchange: Exchange) -> Reply:
    """Press keys for the people to hear."""
    body, call, platform = exchange.body, exchange.call, exchange.platform
    body.need("tones")
    tones = [_tone(tone) for tone in body.items("tones")]
    if not tones:
        raise invalid_argument("The parameter 'tones' must not be empty.")
    delay = body.number("delayBetweenTonesMs", 0, LONGEST_DELAY_MS) or 0
    operation = Operation(
        type="sendDtmfTonesOperation",
        client_context=body.client_context(),
        details={"completionReason": None},
    )
    need_connected(call)
    call.operations[operation.id] = operation
    seconds = (len(tones) * TONE_MS + (len(tones) - 1) * delay) / 1000
    platform.later(call, seconds, lambda: _tones_sent(platform, exchange, operation, tones))
    return operation_reply(exchange, operation)


def _tones_sent(platform: Platform, exchange: Exchange, operation: Operation, tones: list[str]) -> None:
    call = exchange.call
    call.sent_tones += tones
    platform.journal.add(NoteEntry, call=call.id, what="tones heard", data=tones)
    operation.finish(completionReason="completedSuccessfully")
    notify.operation_finished(platform, call, operation)


def _stop_key(tone: object) -> str:
    if isinstance(tone, str) and tone.upper() in KEYS:
        return tone.upper()
    raise invalid_argument(f"The parameter 'stopTones' has the unknown value '{tone}'.")


def _tone(tone: object) -> str:
    """Return a tone given by its name; the documentation also shows a toneInfo around it."""
    name = tone.get("tone") if isinstance(tone, dict) else tone
    for known in (*KEYS.values(), "flash"):
        if isinstance(name, str) and name.lower() == known:
            return known
    raise invalid_argument(f"The parameter 'tones' has the unknown value '{name}'.")


VERBS = (
    Verb("playPrompt", "POST", "{call}/playPrompt", play_prompt),
    Verb("recordResponse", "POST", "{call}/recordResponse", record_response),
    Verb("record", "POST", "{call}/record", record_response, beta_only=True),
    Verb("cancelMediaProcessing", "POST", "{call}/cancelMediaProcessing", cancel_media),
    Verb("subscribeToTone", "POST", "{call}/subscribeToTone", subscribe_to_tone),
    Verb("sendDtmfTones", "POST", "{call}/sendDtmfTones", send_dtmf_tones, global_only=True),
)
