"""Keys that people press, as the bot hears them.

https://learn.microsoft.com/graph/api/call-subscribetotone
"""

from callbot.emulator.calls.call import Call
from callbot.emulator.flow import notify
from callbot.emulator.journal import NoteEntry
from callbot.emulator.platform import Platform
from callbot.emulator.tenant.people import KEYS
from callbot.emulator.wire import typed


def press(platform: Platform, call: Call, key: str) -> bool:
    """Press a key (0-9, *, #, A-D) in a call; return whether the bot is told, having subscribed to tones."""
    tone = KEYS[key.upper()]
    if call.media is not None:
        call.media.key(key.upper())
    heard = call.connected and call.tones_subscribed
    platform.journal.add(NoteEntry, call=call.id, what="key pressed", data={"key": key, "told": heard})
    if heard:
        call.tone_count += 1
        tone_info = typed("toneInfo", {"sequenceId": call.tone_count, "tone": tone})
        notify.call_updated(platform, call, toneInfo=tone_info)
    return heard
