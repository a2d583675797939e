"""The verbs of the calls API, by what they are about: a declaration and a typed method for each."""

from callbot.graph.verb import Verb
from callbot.graph.verbs import beta, calls, incoming, media, operations, own_leg, participants, routing

VERBS: tuple[Verb, ...] = (
    *calls.VERBS,
    *incoming.VERBS,
    *media.VERBS,
    *own_leg.VERBS,
    *participants.VERBS,
    *routing.VERBS,
    *operations.VERBS,
    *beta.VERBS,
)
"""Every verb callbot has, in the order of the documentation."""
