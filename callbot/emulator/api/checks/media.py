"""Checks of what requests say about media: modalities, media configuration, prompts."""

from callbot.emulator.api.checks.body import Body
from callbot.emulator.api.exchange import Exchange
from callbot.emulator.calls.call import Call
from callbot.emulator.errors import ApiError, invalid_argument
from callbot.emulator.wire import JsonObject

MODALITIES = ("audio", "video", "videoBasedScreenSharing", "data")
ACCESS_MEDIA = "Calls.AccessMedia.All"


def modalities(body: Body, key: str) -> list[object]:
    """Return the modalities a body names; audio when it names none."""
    named = body.items(key) or ["audio"]
    for modality in named:
        if modality not in MODALITIES:
            raise invalid_argument(f"The parameter '{key}' has the unknown value '{modality}'.")
    return named


def media_config(exchange: Exchange) -> JsonObject:
    """Return the media configuration of a body; app-hosted media needs its own permission."""
    config = exchange.body.mapping("mediaConfig") or {}
    kind = str(config.get("@odata.type", "")).rpartition(".")[2]
    if kind not in ("serviceHostedMediaConfig", "appHostedMediaConfig"):
        raise invalid_argument("The parameter 'mediaConfig' must be service-hosted or app-hosted.")
    if kind == "appHostedMediaConfig":
        exchange.need_role(ACCESS_MEDIA)
        if not isinstance(config.get("blob"), str):
            raise invalid_argument("The parameter 'mediaConfig.blob' is required.")
    return config


def prompts(body: Body, *, most: int, required: bool) -> list[object]:
    """Return the prompts of a body, each with an address."""
    found = body.items("prompts", most=most)
    if required and not found:
        raise invalid_argument("The parameter 'prompts' is required.")
    for prompt in found:
        media = prompt.get("mediaInfo") if isinstance(prompt, dict) else None
        if not isinstance(media, dict) or not isinstance(media.get("uri"), str):
            raise invalid_argument("Each prompt must have a 'mediaInfo' with a 'uri'.")
    return found


def need_service_hosted(call: Call) -> None:
    """Refuse a verb that the platform only does for media it hosts itself."""
    if not call.service_hosted:
        raise ApiError(400, 8500, "The operation needs service-hosted media.")
