"""The others in a group call: who they are, inviting, muting, removing, hold music."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from callbot.bot.line import patience
from callbot.bot.line.prompts import Prompt, prompt_media
from callbot.bot.parts.part import Part
from callbot.errors import InvalidArgument
from callbot.graph import Callee
from callbot.graph.outgoing import invitation
from callbot.model import (
    InvitationParticipantInfo,
    InviteParticipantsOperation,
    MuteParticipantOperation,
    Participant,
    StartHoldMusicOperation,
    StopHoldMusicOperation,
)
from callbot.state import RosterRead

Who = Participant | str  # a participant or the id of one


class Identified(Protocol):
    """Something with an id: a call."""

    @property
    def id(self) -> str:
        """The id, verbatim."""
        ...


class Participants(Part):
    """Verbs about who else is in a call, where participants are named by themselves or by their id.

    https://learn.microsoft.com/graph/api/resources/participant
    """

    async def list(self, *, select: Iterable[str] = (), expand: Iterable[str] = ()) -> Sequence[Participant]:
        """Return the roster as Graph has it, which `call.roster` and `on_roster` then know too.

        A plain one-to-one call has none: the list is empty then. With `select`, only those properties are
        read, and nothing else learns of it. https://learn.microsoft.com/graph/api/call-list-participants
        """
        line, only = self._line, tuple(select)
        asked_at = line.desk.clock.time()
        found = await line.ask(
            self._graph.list_participants(line.id, tenant=line.tenant, select=only, expand=expand)
        )
        if not only:
            documents = [one.to_wire() for one in found]
            await line.desk.observe(line.key, RosterRead(line.desk.clock.time(), asked_at, documents))
        return found

    async def get(
        self, participant: Who, *, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> Participant:
        """Read one participant; raises `NotFound`. https://learn.microsoft.com/graph/api/participant-get."""
        return await self._line.ask(
            self._graph.get_participant(
                self._line.id,
                participant_id(participant),
                tenant=self._line.tenant,
                select=select,
                expand=expand,
            )
        )

    async def invite(
        self,
        *people: Callee | InvitationParticipantInfo,
        replaces: Identified | str | None = None,
        wait: bool = True,
        limit: float = patience.INVITATION,
    ) -> InviteParticipantsOperation:
        """Invite up to five people to a group call; returns when they have joined.

        `replaces` is the bot's one-to-one call with the single person invited: it ends when they are over.
        Raises `OperationFailed` when somebody did not come.
        https://learn.microsoft.com/graph/api/participant-invite
        """
        invitations = [invited(one, replaces) for one in people]
        line = self._line
        return await line.operate(
            "invite",
            InviteParticipantsOperation,
            lambda context: self._graph.invite(
                line.id, invitations, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def mute(
        self, participant: Who, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> MuteParticipantOperation:
        """Mute a participant; they alone can unmute. https://learn.microsoft.com/graph/api/participant-mute."""
        line = self._line
        return await line.operate(
            "mute",
            MuteParticipantOperation,
            lambda context: self._graph.mute_participant(
                line.id, participant_id(participant), tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def remove(self, participant: Who) -> None:
        """Remove a participant, or take back an invitation nobody followed yet; the roster shows it.

        The tenant has to allow it to the app, else it is denied.
        https://learn.microsoft.com/graph/api/participant-delete
        """
        line = self._line
        await line.ask(
            self._graph.remove_participant(line.id, participant_id(participant), tenant=line.tenant)
        )

    async def start_hold_music(
        self,
        participant: Who,
        prompt: Prompt | None = None,
        *,
        wait: bool = True,
        limit: float = patience.AT_ONCE,
    ) -> StartHoldMusicOperation:
        """Put a participant on hold, with a prompt of your own or Graph's music; one at a time.

        https://learn.microsoft.com/graph/api/participant-startholdmusic
        """
        line = self._line
        media = None if prompt is None else await prompt_media(line.desk.prompts, prompt)
        return await line.operate(
            "start_hold_music",
            StartHoldMusicOperation,
            lambda context: self._graph.start_hold_music(
                line.id,
                participant_id(participant),
                tenant=line.tenant,
                client_context=context,
                custom_prompt=media,
            ),
            wait=wait,
            limit=limit,
        )

    async def stop_hold_music(
        self, participant: Who, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> StopHoldMusicOperation:
        """Take a participant off hold. https://learn.microsoft.com/graph/api/participant-stopholdmusic."""
        line = self._line
        return await line.operate(
            "stop_hold_music",
            StopHoldMusicOperation,
            lambda context: self._graph.stop_hold_music(
                line.id, participant_id(participant), tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )


def invited(
    who: Callee | InvitationParticipantInfo, replaces: Identified | str | None = None
) -> InvitationParticipantInfo:
    """Return how somebody is invited, with the call that the new one takes the place of."""
    invitee = invitation(who)
    if replaces is None:
        return invitee
    replaced = replaces if isinstance(replaces, str) else replaces.id
    return invitee.model_copy(update={"replaces_call_id": replaced})


def participant_id(participant: Who) -> str:
    """Return the id of a participant."""
    identifier = participant if isinstance(participant, str) else participant.id
    if not identifier:
        raise InvalidArgument("this participant has no id", verb="participants")
    return identifier
