"""Every enumeration of the calls API, open: a member that Microsoft adds tomorrow is not an error today.

Members are those of v1.0 and, where noted, of beta. The wire writes them in any case (`running`, `Running`).

Before Python 3.12 a member found through its class takes eight times as long as a global. So what runs for
every callback has the members it compares with as globals of its module.
https://learn.microsoft.com/graph/api/resources/communications-api-overview
"""

from enum import StrEnum
from functools import cache
from typing import Self


class OpenEnum(StrEnum):
    """An enumeration that keeps what it does not know.

    Members are found whatever their case, so `is` comparisons work. Any other string becomes an unnamed
    member that holds it as it came, with `known` False. Such a member is made anew each time: nothing the
    other side sends is remembered. Compare it with `==`.

    Raises:
        ValueError: when looked up with anything but a string.
    """

    __hash__ = str.__hash__  # as the equal string: that of Enum is written in Python

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = _by_folded_value(cls).get(value.casefold())
        if isinstance(member, cls):
            return member
        unnamed = str.__new__(cls, value)
        unnamed._name_ = value
        unnamed._value_ = value
        return unnamed

    @classmethod
    def named(cls, value: str) -> Self:
        """Return the member for `value`, as calling the class does: several times as fast for a usual one."""
        member = cls._value2member_map_.get(value)
        return member if isinstance(member, cls) else cls(value)

    @property
    def known(self) -> bool:
        """Whether callbot knows this member."""
        return self._value_ in type(self)._value2member_map_


@cache
def _by_folded_value(enum: type[OpenEnum]) -> dict[str, OpenEnum]:
    return {member.value.casefold(): member for member in enum}


class CallState(OpenEnum):
    """Where a call is in its life. `RINGING` is declared in beta only."""

    INCOMING = "incoming"
    ESTABLISHING = "establishing"
    RINGING = "ringing"
    ESTABLISHED = "established"
    HOLD = "hold"
    TRANSFERRING = "transferring"
    TRANSFER_ACCEPTED = "transferAccepted"
    REDIRECTING = "redirecting"
    TERMINATING = "terminating"
    TERMINATED = "terminated"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class CallDirection(OpenEnum):
    """Who placed the call: `INCOMING` is one placed to the bot."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Modality(OpenEnum):
    """A kind of media. `UNKNOWN` is declared in beta only."""

    UNKNOWN = "unknown"
    AUDIO = "audio"
    VIDEO = "video"
    VIDEO_BASED_SCREEN_SHARING = "videoBasedScreenSharing"
    DATA = "data"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class MediaState(OpenEnum):
    """Whether media flows."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class MediaDirection(OpenEnum):
    """Which way a media stream flows, seen from the participant."""

    INACTIVE = "inactive"
    SEND_ONLY = "sendOnly"
    RECEIVE_ONLY = "receiveOnly"
    SEND_RECEIVE = "sendReceive"


class OperationStatus(OpenEnum):
    """How far an operation is."""

    NOT_STARTED = "notStarted"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class ToneName(OpenEnum):
    """A key of a phone."""

    TONE0 = "tone0"
    TONE1 = "tone1"
    TONE2 = "tone2"
    TONE3 = "tone3"
    TONE4 = "tone4"
    TONE5 = "tone5"
    TONE6 = "tone6"
    TONE7 = "tone7"
    TONE8 = "tone8"
    TONE9 = "tone9"
    STAR = "star"
    POUND = "pound"
    A = "a"
    B = "b"
    C = "c"
    D = "d"
    FLASH = "flash"

    @property
    def key(self) -> str:
        """What is printed on the key: `0` to `9`, `*`, `#`, `A` to `D`; `flash` has no key and says so."""
        return _KEY_OF_TONE.get(self, self.value)

    @classmethod
    def from_key(cls, key: str) -> Self:
        """Return the tone of the key that shows `key`.

        Raises:
            ValueError: when no phone has such a key.
        """
        try:
            return cls(_TONE_OF_KEY[key.upper()])
        except KeyError:
            raise ValueError(f"no phone key shows {key!r}: use 0-9, *, #, A-D or flash") from None


_KEY_OF_TONE = {
    **{f"tone{digit}": str(digit) for digit in range(10)},
    "star": "*",
    "pound": "#",
    "a": "A",
    "b": "B",
    "c": "C",
    "d": "D",
}
_TONE_OF_KEY = {**{key: tone for tone, key in _KEY_OF_TONE.items()}, "FLASH": "flash"}


class EndpointType(OpenEnum):
    """What a participant calls with."""

    DEFAULT = "default"
    VOICEMAIL = "voicemail"
    SKYPE_FOR_BUSINESS = "skypeForBusiness"
    SKYPE_FOR_BUSINESS_VOIP_PHONE = "skypeForBusinessVoipPhone"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class RoutingType(OpenEnum):
    """How a call came to another target than the one that was called."""

    FORWARDED = "forwarded"
    LOOKUP = "lookup"
    SELF_FORK = "selfFork"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class RoutingMode(OpenEnum):
    """How an audio routing group connects its sources with its receivers."""

    ONE_TO_ONE = "oneToOne"
    MULTICAST = "multicast"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class RecordingStatus(OpenEnum):
    """Whether a call is recorded."""

    UNKNOWN = "unknown"
    NOT_RECORDING = "notRecording"
    RECORDING = "recording"
    FAILED = "failed"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class CallTranscriptionState(OpenEnum):
    """Whether a call is transcribed."""

    NOT_STARTED = "notStarted"
    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class RejectReason(OpenEnum):
    """Why a bot rejects a call or a participant."""

    NONE = "none"
    BUSY = "busy"
    FORBIDDEN = "forbidden"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class ScreenSharingRole(OpenEnum):
    """What the bot does with shared screens."""

    VIEWER = "viewer"
    SHARER = "sharer"


class ChangeType(OpenEnum):
    """What a notification says happened to its resource."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


class SendDtmfCompletionReason(OpenEnum):
    """Why sending tones ended."""

    UNKNOWN = "unknown"
    COMPLETED_SUCCESSFULLY = "completedSuccessfully"
    MEDIA_OPERATION_CANCELED = "mediaOperationCanceled"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class PlayPromptCompletionReason(OpenEnum):
    """Why playing a prompt ended (beta; v1.0 sends it undeclared)."""

    UNKNOWN = "unknown"
    COMPLETED_SUCCESSFULLY = "completedSuccessfully"
    MEDIA_OPERATION_CANCELED = "mediaOperationCanceled"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class RecordCompletionReason(OpenEnum):
    """Why recording a response ended (beta; v1.0 sends it undeclared)."""

    OPERATION_CANCELED = "operationCanceled"
    STOP_TONE_DETECTED = "stopToneDetected"
    MAX_RECORD_DURATION_REACHED = "maxRecordDurationReached"
    INITIAL_SILENCE_TIMEOUT = "initialSilenceTimeout"
    MAX_SILENCE_TIMEOUT = "maxSilenceTimeout"
    PLAY_PROMPT_FAILED = "playPromptFailed"
    PLAY_BEEP_FAILED = "playBeepFailed"
    MEDIA_RECEIVE_TIMEOUT = "mediaReceiveTimeout"
    UNSPECIFIED_ERROR = "unspecifiedError"


class RoutingPolicy(OpenEnum):
    """How an outgoing call may be routed (beta)."""

    NONE = "none"
    NO_MISSED_CALL = "noMissedCall"
    DISABLE_FORWARDING_EXCEPT_PHONE = "disableForwardingExceptPhone"
    DISABLE_FORWARDING = "disableForwarding"
    PREFER_SKYPE_FOR_BUSINESS = "preferSkypeForBusiness"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class CallDisposition(OpenEnum):
    """What a redirected call does at its target (beta)."""

    DEFAULT = "default"
    SIMULTANEOUS_RING = "simultaneousRing"
    FORWARD = "forward"


class ContentSharingDisabledReason(OpenEnum):
    """Why a participant may not share content."""

    WATERMARK_PROTECTION = "watermarkProtection"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"


class VideoDisabledReason(OpenEnum):
    """Why a participant may not use video."""

    WATERMARK_PROTECTION = "watermarkProtection"
    UNKNOWN_FUTURE_VALUE = "unknownFutureValue"
