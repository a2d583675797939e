"""The HTTP surface of the emulated Graph."""

from callbot.emulator.api import call_verbs, media_verbs

VERBS = (*call_verbs.VERBS, *media_verbs.VERBS)
