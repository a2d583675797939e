"""What a bot does by itself: placing calls, joining meetings."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Generic, Protocol

from pydantic import BaseModel

from callbot.bot.call import Call, Data, service_hosted
from callbot.bot.line.prompts import Prompt, prompts_media
from callbot.errors import ConfigurationError
from callbot.graph import (
    Callee,
    Caller,
    Meeting,
    MeetingCoordinates,
    MeetingId,
    group_call,
    meeting_call,
    parse_join_link,
    peer_to_peer,
)
from callbot.media import PromptLibrary
from callbot.model import (
    Application,
    Guest,
    MediaConfig,
    Modality,
    OutgoingCallOptions,
    RoutingPolicy,
    TeleconferenceDeviceQuality,
    User,
)
from callbot.settings import Settings

_AUDIO = (Modality.AUDIO,)


class Dialler(Protocol):
    """What places calls for a bot: the runtime, seen from the bot."""

    @property
    def settings(self) -> Settings:
        """The bot's settings."""
        ...

    @property
    def prompts(self) -> PromptLibrary:
        """The prompts that can be played."""
        ...

    async def place(
        self,
        body: Mapping[str, object],
        *,
        scenario_id: str | None = None,
        data: BaseModel | None = None,
        beta: bool = False,
    ) -> Call:
        """Create the call that `body` describes, with `data` as the bot's own data of it."""
        ...

    async def log_device_quality(
        self, quality: TeleconferenceDeviceQuality, *, tenant: str | None = None
    ) -> None:
        """Report what a meeting-room device measured."""


class OutgoingCalls(Generic[Data]):
    """The verbs of a bot, as opposed to those of one call.

    Each returns the live call as soon as Graph has taken the request, with the call `establishing`: wait for
    the answer with `await call.until(CallState.ESTABLISHED)`, or write `on_established`. Graph hosts the
    media and fetches the prompts in `prefetch` at once, unless `media_config` says otherwise
    (`AppHostedMediaConfig(blob=...)` for media of your own). `tenant` is the tenant of the call where that is
    not the bot's, `scenario_id` comes back with every callback of the call, and `data` is what
    `call.data` begins with.

    https://learn.microsoft.com/graph/api/application-post-calls
    """

    _dialler: Dialler | None = None

    async def place_call(
        self,
        to: Callee,
        *,
        source: Caller | None = None,
        subject: str | None = None,
        modalities: Iterable[Modality | str] = _AUDIO,
        media_config: MediaConfig | None = None,
        prefetch: Iterable[Prompt] = (),
        options: OutgoingCallOptions | None = None,
        tenant: str | None = None,
        scenario_id: str | None = None,
        data: Data | None = None,
    ) -> Call[Data]:
        """Call somebody. Needs the permission Calls.Initiate.All.

        A telephone is called from a resource account that has a number: `source=ResourceAccount(...)`.
        """
        dialler = self._running()
        body = peer_to_peer(
            to,
            callback_uri=dialler.settings.callback_url,
            tenant=tenant or dialler.settings.tenant_id,
            source=source,
            subject=subject,
            modalities=modalities,
            media_config=await _media(dialler, media_config, prefetch, "place_call"),
            options=options,
        )
        return await dialler.place(body, scenario_id=scenario_id, data=data)

    async def place_group_call(
        self,
        to: Sequence[Callee],
        *,
        source: Caller | None = None,
        subject: str | None = None,
        modalities: Iterable[Modality | str] = _AUDIO,
        media_config: MediaConfig | None = None,
        prefetch: Iterable[Prompt] = (),
        options: OutgoingCallOptions | None = None,
        tenant: str | None = None,
        scenario_id: str | None = None,
        data: Data | None = None,
    ) -> Call[Data]:
        """Call two to five people at once. Needs the permission Calls.InitiateGroupCall.All.

        `source` is the bot itself when not given. Such a call has neither chat nor recording.
        """
        dialler = self._running()
        body = group_call(
            to,
            source=source or Application(dialler.settings.app_id),
            callback_uri=dialler.settings.callback_url,
            tenant=tenant or dialler.settings.tenant_id,
            subject=subject,
            modalities=modalities,
            media_config=await _media(dialler, media_config, prefetch, "place_group_call"),
            options=options,
        )
        return await dialler.place(body, scenario_id=scenario_id, data=data)

    async def join_meeting(
        self,
        meeting: str | Meeting,
        *,
        passcode: str | None = None,
        organizer: User | None = None,
        as_guest: str | Guest | None = None,
        modalities: Iterable[Modality | str] = _AUDIO,
        media_config: MediaConfig | None = None,
        prefetch: Iterable[Prompt] = (),
        options: OutgoingCallOptions | None = None,
        tenant: str | None = None,
        scenario_id: str | None = None,
        data: Data | None = None,
    ) -> Call[Data]:
        """Join a meeting. Needs Calls.JoinGroupCall.All, or Calls.JoinGroupCallAsGuest.All for a guest.

        `meeting` is a join link, the meeting id of an invitation (with its `passcode`), or what names the
        meeting otherwise: `MeetingCoordinates`, `MeetingId`, `MeetingToken`. `organizer` completes a link
        that does not name one; it needs its `tenant_id`. `as_guest` is the name the bot shows as a guest, who
        may have to wait in the lobby: the call is established then, and the roster has the bot alone.
        Raises `InvalidArgument` for a link or a meeting that cannot be joined; the message says why.
        """
        dialler = self._running()
        body = meeting_call(
            _meeting(meeting, passcode, organizer),
            callback_uri=dialler.settings.callback_url,
            tenant=tenant or dialler.settings.tenant_id,
            guest=Guest(str(uuid.uuid4()), as_guest) if isinstance(as_guest, str) else as_guest,
            modalities=modalities,
            media_config=await _media(dialler, media_config, prefetch, "join_meeting"),
            options=options,
        )
        return await dialler.place(body, scenario_id=scenario_id, data=data)

    async def log_device_quality(
        self, quality: TeleconferenceDeviceQuality, *, tenant: str | None = None
    ) -> None:
        """Report the quality a device of a video-interop partner measured.

        https://learn.microsoft.com/graph/api/call-logteleconferencedevicequality
        """
        await self._running().log_device_quality(quality, tenant=tenant)

    @property
    def beta(self) -> "BetaOutgoingCalls[Data]":
        """What only the beta API can do. Microsoft may change it at any time: not for production."""
        return BetaOutgoingCalls[Data](self._running())

    def attach_to(self, dialler: Dialler | None) -> None:
        """Let the bot place calls through `dialler`; for the runtime."""
        self._dialler = dialler

    def _running(self) -> Dialler:
        if self._dialler is None:
            raise ConfigurationError("the bot is not running: use run(), create_app() or attach() first")
        return self._dialler


class BetaOutgoingCalls(Generic[Data]):
    """The door to what only the beta API knows about placing calls."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler

    async def place_call(
        self,
        to: Callee,
        *,
        ringing_timeout: int | None = None,
        routing_policies: Sequence[RoutingPolicy] = (),
        source: Caller | None = None,
        subject: str | None = None,
        options: OutgoingCallOptions | None = None,
        tenant: str | None = None,
    ) -> Call[Data]:
        """Call somebody and let it ring for `ringing_timeout` seconds, 115 at most.

        `routing_policies` keep the call from being forwarded, or from showing as missed.
        https://learn.microsoft.com/graph/api/application-post-calls?view=graph-rest-beta
        """
        settings = self._dialler.settings
        body = peer_to_peer(
            to,
            callback_uri=settings.callback_url,
            tenant=tenant or settings.tenant_id,
            source=source,
            subject=subject,
            options=options,
            ringing_timeout=ringing_timeout,
        )
        if routing_policies:
            body["routingPolicies"] = [str(policy) for policy in routing_policies]
        return await self._dialler.place(body, beta=True)


async def _media(
    dialler: Dialler, config: MediaConfig | None, prefetch: Iterable[Prompt], verb: str
) -> MediaConfig | None:
    return service_hosted(config, await prompts_media(dialler.prompts, prefetch), verb)


def _meeting(meeting: str | Meeting, passcode: str | None, organizer: User | None) -> Meeting:
    """Return what names the meeting, completed by what was given beside it."""
    if isinstance(meeting, str):
        meeting = parse_join_link(meeting) if ":" in meeting else MeetingId(meeting)
    if isinstance(meeting, MeetingId) and passcode is not None:
        return replace(meeting, passcode=passcode)
    if isinstance(meeting, MeetingCoordinates) and organizer is not None:
        tenant_id = organizer.tenant_id or meeting.tenant_id
        return replace(meeting, organizer_id=organizer.id, tenant_id=tenant_id)
    return meeting
