"""The way out to Graph: typed verbs over one funnel, tokens, limits, join links and recordings."""

from callbot.graph.client import GraphClient
from callbot.graph.transport.tokens import TokenSource
from callbot.graph.verb import Outcome, Repeat, Verb

__all__ = ["GraphClient", "Outcome", "Repeat", "TokenSource", "Verb"]
