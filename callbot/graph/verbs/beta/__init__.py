"""The verbs that only the beta API has. Microsoft may change them at any time.

That the government clouds lack what is not about recording or transcription is an assumption: nothing says
that they have it.
"""

from callbot.graph.verbs.beta import meetings, variants
from callbot.graph.verbs.beta.meetings import MeetingVerbs
from callbot.graph.verbs.beta.variants import VariantVerbs

VERBS = (*variants.VERBS, *meetings.VERBS)


class BetaVerbs(VariantVerbs, MeetingVerbs):
    """The verbs of the beta API: not for production, in Microsoft's own words."""
