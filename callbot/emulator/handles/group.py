"""What can be done to the conversation a call is in: by its people, and by those outside."""

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.calls.roster_document import roster_entry
from callbot.emulator.flow import roster
from callbot.emulator.meetings import group, joining, moderating, recording_policy
from callbot.emulator.platform import Platform
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject


class EmulatedGroup:
    """The conversation of one call. People are named by id, telephone number, name or participant id."""

    def __init__(self, platform: Platform, call: Call) -> None:
        self._platform = platform
        self._call = call

    @property
    def roster(self) -> list[JsonObject]:
        """Everybody in it, as a full roster shows them."""
        return [roster_entry(one) for one in self._call.conversation.participants.values()]

    @property
    def names(self) -> list[str]:
        """The names of the people in it."""
        people = self._call.conversation.people()
        return [one.person.display_name for one in people if one.person is not None]

    def participant_id(self, who: str | None = None) -> str:
        """Return the participant id of a person; of the bot for None."""
        return self._call.me.id if who is None else self._find(who).id

    def join(self, who: Person | str) -> None:
        """Let somebody join; a peer-to-peer call becomes a group call by that."""
        person = self._platform.directory.named(who) if isinstance(who, str) else who
        if self._call.conversation.has_roster:
            group.take_in(self._platform, self._call, person)
        else:
            group.escalate(self._platform, self._call, person)

    def join_under_policy(self, who: Person | str) -> None:
        """Let somebody join who is recorded too: the bot is asked, or called, for them."""
        person = self._platform.directory.named(who) if isinstance(who, str) else who
        recording_policy.somebody_joins(self._platform, self._call, person)

    def leave(self, who: str) -> None:
        """Let somebody leave."""
        if self._call.policy is not None and self._find(who) is not self._call.policy.observed:
            recording_policy.somebody_leaves(self._platform, self._call, self._find(who))
        else:
            roster.leave(self._platform, self._call.conversation, self._find(who), "Left")

    def mute(self, who: str | None = None, *, muted: bool = True) -> None:
        """Mute or unmute somebody; the bot for None."""
        participant = self._call.me if who is None else self._find(who)
        moderating.set_muted(self._platform, self._call.conversation, participant, muted=muted)

    def share_screen(self, who: str, *, shares: bool = True) -> None:
        """Let somebody show their screen, or stop."""
        moderating.share_screen(self._platform, self._call.conversation, self._find(who), shares=shares)

    def share_content(self, who: str, *, shares: bool = True) -> None:
        """Let somebody show slides, or stop."""
        moderating.share_content(self._platform, self._call.conversation, self._find(who), shares=shares)

    def admit(self) -> None:
        """Let the bot in from the lobby."""
        joining.admit(self._platform, self._call)

    def deny(self) -> None:
        """Send the bot away from the lobby."""
        joining.deny(self._platform, self._call)

    def remove_bot(self) -> None:
        """Let somebody remove the bot."""
        moderating.remove(self._platform, self._call.conversation, self._call.me)

    def end(self) -> None:
        """End the conversation for everybody."""
        joining.end_conversation(self._platform, self._call.conversation)

    def _find(self, who: str) -> Participant:
        participant = self._call.conversation.find_person(who)
        if participant is None:
            raise KeyError(who)
        return participant
