"""What happened in the calls of this process, kept while there is an admin API to ask for it."""

from callbot.admin.timeline.chronicle import Chronicle, Running
from callbot.admin.timeline.entry import Entry, words_of_change
from callbot.admin.timeline.feed import Feed, Follower, Happened

__all__ = ["Chronicle", "Entry", "Feed", "Follower", "Happened", "Running", "words_of_change"]
