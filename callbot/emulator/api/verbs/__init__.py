"""The verbs of the API, by what they are about."""

from callbot.emulator.api.verbs import beta, calls, creating, group, media, participants, resources

VERBS = (
    *creating.VERBS,
    *resources.VERBS,
    *beta.VERBS,
    *calls.VERBS,
    *media.VERBS,
    *group.VERBS,
    *participants.VERBS,
)
