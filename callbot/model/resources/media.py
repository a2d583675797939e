"""Audio and what is done with it: where media is hosted, prompts, tones, streams, routing.

https://learn.microsoft.com/graph/api/resources/mediaconfig
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from callbot.model.base import Resource
from callbot.model.enums import MediaDirection, MediaState, Modality, RoutingMode, ToneName


class MediaInfo(Resource):
    """An audio file: where the platform fetches it, and the id under which it caches it.

    The same `resource_id` plays what is cached, even when `uri` has changed.
    """

    graph_type: ClassVar[str] = "mediaInfo"

    uri: str | None
    resource_id: str | None = None


class Prompt(Resource):
    """Something to play into a call."""

    graph_type: ClassVar[str] = "prompt"


class MediaPrompt(Prompt):
    """An audio file to play: WAV, PCM, mono, 16-bit, 16 kHz. `loop` (times) is beta."""

    graph_type: ClassVar[str] = "mediaPrompt"
    marks: ClassVar[tuple[str, ...]] = ("mediaInfo",)

    media_info: MediaInfo
    loop: int | None = None


class MediaConfig(Resource):
    """Where the media of a call is processed."""

    graph_type: ClassVar[str] = "mediaConfig"

    remove_from_default_audio_group: bool | None = None


class AppHostedMediaConfig(MediaConfig):
    """The bot processes the media itself. `blob` is opaque, from the media SDK."""

    graph_type: ClassVar[str] = "appHostedMediaConfig"
    marks: ClassVar[tuple[str, ...]] = ("blob",)

    blob: str | None = Field(default=None, repr=False)


class LiveCaptionOptions(Resource):
    """Where live captions are streamed to (beta)."""

    graph_type: ClassVar[str] = "liveCaptionOptions"

    stream_url: str | None = None


class ServiceHostedMediaConfig(MediaConfig):
    """The platform processes the media. It fetches `pre_fetch_media` before it is played."""

    graph_type: ClassVar[str] = "serviceHostedMediaConfig"
    marks: ClassVar[tuple[str, ...]] = ("preFetchMedia", "liveCaptionOptions")

    pre_fetch_media: Sequence[MediaInfo] = ()
    live_caption_options: LiveCaptionOptions | None = None


class CallMediaState(Resource):
    """Whether the call's audio flows."""

    graph_type: ClassVar[str] = "callMediaState"

    audio: MediaState | None = None


class ToneInfo(Resource):
    """A key that was pressed. `sequence_id` grows with every key of a call."""

    graph_type: ClassVar[str] = "toneInfo"

    sequence_id: int | None
    tone: ToneName | None


class MediaStream(Resource):
    """One stream of a participant."""

    graph_type: ClassVar[str] = "mediaStream"

    source_id: str | None
    direction: MediaDirection | None
    media_type: Modality | None
    server_muted: bool | None
    label: str | None = None


class AudioRoutingGroup(Resource):
    """Who hears whom. `sources` and `receivers` are participant ids; `id` is chosen by the bot.

    https://learn.microsoft.com/graph/api/resources/audioroutinggroup
    """

    graph_type: ClassVar[str] = "audioRoutingGroup"

    id: str | None = None
    routing_mode: RoutingMode | None
    sources: Sequence[str] = ()
    receivers: Sequence[str] = ()


class ContentSharingSession(Resource):
    """Content that somebody shares in the call.

    `png_of_current_slide` (base64url) and `presenter_participant_id` are beta.
    """

    graph_type: ClassVar[str] = "contentSharingSession"

    id: str | None = None
    png_of_current_slide: str | None = Field(default=None, repr=False)
    presenter_participant_id: str | None = None
