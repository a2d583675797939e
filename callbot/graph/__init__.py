"""The way out to Graph: typed verbs over one funnel, tokens, limits, join links and recordings."""

from callbot.graph.client import GraphClient
from callbot.graph.join_links import parse_join_link
from callbot.graph.meetings import Meeting, MeetingCoordinates, MeetingId, MeetingToken
from callbot.graph.outgoing import Callee, Caller, group_call, meeting_call, peer_to_peer
from callbot.graph.transport.funnel import Sent
from callbot.graph.transport.token_source import TokenSource
from callbot.graph.verb import Outcome, Repeat, Verb

__all__ = [
    "Callee",
    "Caller",
    "GraphClient",
    "Meeting",
    "MeetingCoordinates",
    "MeetingId",
    "MeetingToken",
    "Outcome",
    "Repeat",
    "Sent",
    "TokenSource",
    "Verb",
    "group_call",
    "meeting_call",
    "parse_join_link",
    "peer_to_peer",
]
