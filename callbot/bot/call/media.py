"""The verbs of what is said and pressed: recordings, tones. They need media that Graph hosts."""

from collections.abc import Iterable

from callbot.bot.call.playing import PlayingVerbs
from callbot.bot.line import patience
from callbot.bot.line.line import operation_failed
from callbot.bot.line.prompts import Prompt, prompts_media
from callbot.bot.parts.recording import Recording
from callbot.errors import InvalidArgument
from callbot.model import (
    CommsOperation,
    RecordOperation,
    SendDtmfCompletionReason,
    SendDtmfTonesOperation,
    ToneName,
)


class MediaVerbs(PlayingVerbs):
    """Verbs about what is heard in the call."""

    async def record(
        self,
        prompt: Prompt | None = None,
        *,
        barge_in: bool | None = None,
        initial_silence_timeout: int | None = None,
        max_silence_timeout: int | None = None,
        max_duration: int | None = None,
        beep: bool | None = None,
        stop_tones: Iterable[str] = (),
        wait: bool = True,
        limit: float = patience.RECORD,
    ) -> Recording:
        """Play a prompt, then record the answer; returns when the recording has ended.

        Times are in seconds, 1 to 120, 5 each when not given. `barge_in` lets a key end the prompt. A beep
        is played before the recording unless `beep` is False. `stop_tones` are the keys that end it, as they
        are printed: `"#"`, or `"12#"` for three of them. With `wait=False` the recording comes to
        `on_operation`, and `call.recording(finished.operation)` opens it.

        Raises:
            PromptError: for a prompt that cannot be played.
            OperationFailed: when nothing was recorded: nobody spoke (8510), it was cancelled (8508)...
            WaitTimeout: when it is still not over after `limit` seconds.

        https://learn.microsoft.com/graph/api/call-record
        """
        line = self._line
        media = await prompts_media(line.desk.prompts, [] if prompt is None else [prompt])
        if wait:
            await self._audible()
        operation = await line.operate(
            "record",
            RecordOperation,
            lambda context: line.desk.graph.record_response(
                self.id,
                tenant=line.tenant,
                client_context=context,
                prompts=media,
                barge_in_allowed=barge_in,
                initial_silence_timeout=initial_silence_timeout,
                max_silence_timeout=max_silence_timeout,
                max_record_duration=max_duration,
                play_beep=beep,
                stop_tones=list(stop_tones),
            ),
            wait=wait,
            limit=limit,
            takes=max_duration or 0,
        )
        return self.recording(operation)

    def recording(self, operation: CommsOperation) -> Recording:
        """Return the recording of an operation that `on_operation` was told of.

        Raises `InvalidArgument` for an operation of another kind.
        """
        if not isinstance(operation, RecordOperation):
            raise InvalidArgument(f"a {type(operation).__name__} is no recording", verb="recording")
        return Recording(self.id, operation, self._line.desk.graph.recordings)

    async def send_dtmf(
        self,
        tones: str | Iterable[ToneName],
        *,
        delay_between_tones_ms: int | None = None,
        wait: bool = True,
        limit: float = patience.TONES,
    ) -> SendDtmfTonesOperation:
        """Press keys for the others to hear; returns when they have been pressed.

        `tones` are the keys as they are printed, `"12#"`, or tones by name. Raises `OperationFailed` when
        Graph did not send them all. https://learn.microsoft.com/graph/api/call-senddtmftones
        """
        names = _tone_names(tones)
        line = self._line
        operation = await line.operate(
            "send_dtmf",
            SendDtmfTonesOperation,
            lambda context: line.desk.graph.send_dtmf_tones(
                self.id,
                names,
                tenant=line.tenant,
                client_context=context,
                delay_between_tones_ms=delay_between_tones_ms,
            ),
            wait=wait,
            limit=limit,
        )
        reason = operation.completion_reason
        if operation.is_finished and reason not in {None, SendDtmfCompletionReason.COMPLETED_SUCCESSFULLY}:
            raise operation_failed("send_dtmf", operation, f"it ended as {reason}")
        return operation


def _tone_names(tones: str | Iterable[ToneName]) -> list[ToneName]:
    if not isinstance(tones, str):
        return list(tones)
    try:
        return [ToneName.from_key(key) for key in tones]
    except ValueError as error:
        raise InvalidArgument(str(error), verb="send_dtmf_tones") from None
