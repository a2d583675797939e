"""The verbs that end the bot's part in an established call: passing it on, and hanging up."""

from callbot.bot.call.live import LiveCall
from callbot.bot.line import Line, patience
from callbot.bot.parts import Identified, invited
from callbot.errors import CallEnded, OperationFailed
from callbot.graph import Callee
from callbot.model import (
    CallResource,
    CallState,
    InvitationParticipantInfo,
    Participant,
    ParticipantInfo,
    ResultInfo,
)
from callbot.state import TransferBegun, Transition
from callbot.state.reading import CONFIRM_AFTER

_LOOK_SOON = 5.0  # seconds: what is waited for has usually happened by then
_TRANSFER = (CallState.TRANSFERRING, CallState.TRANSFER_ACCEPTED)
_GRACEFUL = 7015  # GracefulTransferCompleted
_TRANSFERRED = "apptransferred"  # the termination reason of a consultative transfer


class EndingVerbs(LiveCall):
    """Verbs after which the bot is out of the call."""

    async def transfer(
        self,
        to: Callee | InvitationParticipantInfo,
        *,
        replaces: Identified | str | None = None,
        transferee: Participant | ParticipantInfo | None = None,
        wait: bool = True,
        limit: float = patience.TRANSFER,
    ) -> None:
        """Pass the call on to `to`; returns when they have it, and the bot's own call is over.

        A consultative transfer names in `replaces` the bot's other call, with `to`, that takes the place of
        this one. From a group call `transferee` says who is passed on.

        Raises:
            OperationFailed: when the transfer failed; the call is established again then.
            CallEnded: when the call ended for another reason.
            WaitTimeout: when neither is known after `limit` seconds.

        https://learn.microsoft.com/graph/api/call-transfer
        """
        line = self._line
        if CallState.TRANSFERRING in line.record.detours:  # of an earlier one, that has failed
            await line.desk.observe(line.key, TransferBegun(line.desk.clock.time()))
        watch = _Watch(line)
        request = line.desk.graph.transfer(
            self.id,
            invited(to, replaces),
            tenant=line.tenant,
            transferee=_info(transferee),
        )
        with line.waiters.expect(Transition, _ends_transfer) as waiter:
            await line.ask(request)
            if not wait:
                return
            last = await line.outcome(
                waiter,
                what="transfer",
                limit=limit,
                look=watch.look,
                first=_LOOK_SOON,
            )
        if last.new is CallState.TERMINATED:
            self._check_end(last)
        elif transferee is None or not _is_well(last.result):
            raise _failure(last.result)

    async def hang_up(self, *, wait: bool = True, limit: float = patience.END) -> None:
        """Leave the call; returns when it is over. Leaving a call that has ended is not an error.

        The others in a group call go on. https://learn.microsoft.com/graph/api/call-delete
        """
        line = self._line
        with line.waiters.expect(Transition, lambda change: change.new is CallState.TERMINATED) as waiter:
            try:
                await line.ask(line.desk.graph.hang_up(self.id, tenant=line.tenant))
                if wait:
                    await line.outcome(
                        waiter, what="hang_up", limit=limit, look=line.look_at_call, first=_LOOK_SOON
                    )
            except CallEnded:
                return

    async def keep_alive(self) -> None:
        """Tell Graph that the bot still looks after the call. callbot does it by itself in time.

        https://learn.microsoft.com/graph/api/call-keepalive
        """
        await self._line.ask(self._line.desk.graph.keep_alive(self.id, tenant=self._line.tenant))

    def _check_end(self, end: Transition) -> None:
        """Raise `CallEnded` unless the transfer is what has ended the call."""
        reason = self.resource.termination_reason or ""
        told = end.result.subcode == _GRACEFUL or reason.lower() == _TRANSFERRED
        untold = end.old is CallState.TRANSFER_ACCEPTED and end.result.code is None
        if not told and not untold:
            raise CallEnded(self.id, "before it was transferred")


class _Watch:
    """Looks whether a transfer has failed that nobody tells anything of.

    A call that is being transferred is not `established`. One that is, has the reason of the failure; without
    any, two reads have to agree that are further apart than Graph's replicas.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._before = self._result()
        self._back_since: float | None = None

    async def look(self) -> None:
        """Read the call, which tells all else to whoever waits; raises `OperationFailed`."""
        asked_at = self._line.desk.clock.monotonic()
        await self._line.look_at_call()
        if self._line.record.state is not CallState.ESTABLISHED:
            self._back_since = None
            return
        result = self._result()
        if result != self._before and not _is_well(result):
            raise _failure(result)
        if self._back_since is None:
            self._back_since = asked_at
        elif asked_at - self._back_since >= CONFIRM_AFTER:
            raise _failure(None)

    def _result(self) -> ResultInfo | None:
        return CallResource.view(self._line.record.resource).result_info


def _info(who: Participant | ParticipantInfo | None) -> ParticipantInfo | None:
    if isinstance(who, Participant):
        return who.info.model_copy(update={"participant_id": who.id})
    return who


def _ends_transfer(change: Transition) -> bool:
    if change.new is CallState.TERMINATED:
        return True
    return change.new is CallState.ESTABLISHED and change.old in _TRANSFER


def _is_well(result: ResultInfo | None) -> bool:
    return result is None or result.code is None or result.is_success


def _failure(result: ResultInfo | None) -> OperationFailed:
    return OperationFailed(
        "transfer",
        code=result.code if result else None,
        subcode=result.subcode if result else None,
        message=result.message if result else "the call is established again, Graph gave no reason",
    )
