"""The verbs of a call that rings: one of them within 15 seconds, 5 for a policy-recording bot."""

from collections.abc import Iterable

from callbot.bot.call.live import LiveCall
from callbot.bot.line import patience
from callbot.bot.line.prompts import Prompt, prompts_media
from callbot.errors import InvalidArgument
from callbot.graph import Callee
from callbot.model import (
    CallState,
    IncomingCallOptions,
    InvitationParticipantInfo,
    MediaConfig,
    MediaInfo,
    Modality,
    RejectReason,
    ServiceHostedMediaConfig,
)
from callbot.state import Transition


class IncomingVerbs(LiveCall):
    """Verbs of a call that nobody has answered yet."""

    async def answer(
        self,
        *,
        modalities: Iterable[Modality | str] = (Modality.AUDIO,),
        media_config: MediaConfig | None = None,
        prefetch: Iterable[Prompt] = (),
        participant_capacity: int | None = None,
        options: IncomingCallOptions | None = None,
        wait: bool = True,
        limit: float = patience.ANSWER,
    ) -> None:
        """Take an incoming call; returns when it is established.

        Graph hosts the media and fetches the prompts in `prefetch` at once, unless `media_config` says
        otherwise (`AppHostedMediaConfig(blob=...)` for media of your own). `participant_capacity` is how many
        people one policy-recording call looks after. https://learn.microsoft.com/graph/api/call-answer
        """
        line = self._line
        fetched = await prompts_media(line.desk.prompts, prefetch)
        request = line.desk.graph.answer(
            self.id,
            tenant=line.tenant,
            callback_uri=line.desk.settings.callback_url,
            modalities=modalities,
            media_config=service_hosted(media_config, fetched, "answer"),
            participant_capacity=participant_capacity,
            call_options=options,
        )
        with line.waiters.expect(Transition, lambda change: change.new is CallState.ESTABLISHED) as waiter:
            await line.ask(request)
            if wait:
                await line.outcome(waiter, what="answer", limit=limit, look=line.look_at_call)

    async def reject(
        self, reason: RejectReason = RejectReason.NONE, *, wait: bool = True, limit: float = patience.END
    ) -> None:
        """Refuse an incoming call; returns when it is over.

        https://learn.microsoft.com/graph/api/call-reject
        """
        line = self._line
        with line.waiters.expect(Transition, _is_end) as waiter:
            await line.ask(
                line.desk.graph.reject(
                    self.id,
                    tenant=line.tenant,
                    reason=reason,
                    callback_uri=line.desk.settings.callback_url,
                )
            )
            if wait:
                await line.outcome(waiter, what="reject", limit=limit, look=line.look_at_call)

    async def redirect(
        self,
        *to: Callee | InvitationParticipantInfo,
        timeout: int | None = None,  # noqa: ASYNC109 - how long it rings there, not how long this waits
        wait: bool = True,
        limit: float | None = None,
    ) -> None:
        """Send an incoming call on, to one or to up to 25 who ring at once; returns when it is over here.

        `timeout` is how long it rings there: 15 to 90 seconds, 55 for one and 60 for many when not given.
        Whether somebody took the call is in the result of its last transition: `on_terminated` has it.
        https://learn.microsoft.com/graph/api/call-redirect
        """
        line = self._line
        if limit is None:
            limit = (timeout or patience.RINGING) + patience.END
        with line.waiters.expect(Transition, _is_end) as waiter:
            await line.ask(
                line.desk.graph.redirect(
                    self.id,
                    to,
                    tenant=line.tenant,
                    timeout=timeout,
                    callback_uri=line.desk.settings.callback_url,
                )
            )
            if wait:
                await line.outcome(waiter, what="redirect", limit=limit, look=line.look_at_call)


def service_hosted(config: MediaConfig | None, prefetch: list[MediaInfo], verb: str) -> MediaConfig | None:
    """Return the media configuration with the prompts that Graph shall fetch before they are played."""
    if not prefetch:
        return config
    if config is None:
        return ServiceHostedMediaConfig(pre_fetch_media=prefetch)
    raise InvalidArgument(
        "prefetch and media_config exclude each other: put the prompts into "
        "ServiceHostedMediaConfig(pre_fetch_media=...)",
        verb=verb,
    )


def _is_end(change: Transition) -> bool:
    return change.new is CallState.TERMINATED
