"""The live handle of a call with everything that can be done to it."""

from typing import Generic

from callbot.bot.call.conversing import ConversationVerbs
from callbot.bot.call.data import Data, KeptData
from callbot.bot.call.incoming import IncomingVerbs
from callbot.bot.call.passing_on import EndingVerbs
from callbot.bot.line import patience
from callbot.bot.parts import AudioRouting, BetaVerbs, ContentSharing, Identified, Operations, Participants
from callbot.graph import Callee
from callbot.model import InvitationParticipantInfo, InviteParticipantsOperation


class Call(IncomingVerbs, ConversationVerbs, EndingVerbs, KeptData[Data], Generic[Data]):
    """One call, alive: its state as callbot knows it now, and the verbs of the calls API.

    Verbs whose outcome comes later return when it has come; `wait=False` returns as soon as Graph has
    accepted the request. What is notified counts, and what nobody told of is looked for, so a lost
    notification makes a verb slow and not wrong; after `limit` seconds it raises `WaitTimeout`. When the
    call ends, whatever waits on it raises `CallEnded`, and so does every verb from then on. Graph's refusals
    raise a `GraphError` by what they mean, and limits are checked before anything is sent.

    `Call[MyModel]` is a call of a `CallBot[MyModel]`: `call.data` is a `MyModel`.

    https://learn.microsoft.com/graph/api/resources/call
    """

    async def invite(
        self,
        *people: Callee | InvitationParticipantInfo,
        replaces: Identified | str | None = None,
        wait: bool = True,
        limit: float = patience.INVITATION,
    ) -> InviteParticipantsOperation:
        """Invite people to a group call; the same as `call.participants.invite`."""
        return await self.participants.invite(*people, replaces=replaces, wait=wait, limit=limit)

    @property
    def participants(self) -> Participants:
        """The others in a group call: list, get, invite, mute, remove, hold music."""
        return Participants(self, self._line)

    @property
    def audio_routing(self) -> AudioRouting:
        """Who hears whom: list, create, get, update and delete audio routing groups."""
        return AudioRouting(self, self._line)

    @property
    def content_sharing(self) -> ContentSharing:
        """What is being shared: list and get."""
        return ContentSharing(self, self._line)

    @property
    def operations(self) -> Operations:
        """What was begun in the call: list and get."""
        return Operations(self, self._line)

    @property
    def beta(self) -> BetaVerbs:
        """What only the beta API can do. Microsoft may change it at any time: not for production."""
        return BetaVerbs(self, self._line)
