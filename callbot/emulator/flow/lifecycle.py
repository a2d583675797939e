"""The state machine of a call: from its first state to its end."""

from callbot.emulator.calls.call import Call, Hooks, State, run_hooks
from callbot.emulator.calls.operation import outcome_json
from callbot.emulator.flow import notify
from callbot.emulator.journal import TransitionEntry
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.wire import typed


def begin(platform: Platform, call: Call, state: State, why: str) -> None:
    """Bring a new call to life and start its keep-alive time."""
    platform.calls.add(call)
    move(platform, call, state, why)
    keep_alive(platform, call)
    if platform.settings.unsettled.failed_callback_ends_call:
        call.hooks.callback_failed.append(lambda: _unreachable(platform, call))


def move(platform: Platform, call: Call, state: State, why: str) -> None:
    """Change the state of a call and log it; telling the bot is another matter."""
    if call.state is state:
        return
    old, call.state = call.state, state
    result = call.result
    entry = platform.journal.add(
        TransitionEntry,
        call=call.id,
        number=len(call.transitions) + 1,
        old=None if old is None else str(old),
        new=str(state),
        why=why,
        code=None if result is None else result.code,
        subcode=None if result is None else result.subcode,
    )
    call.transitions.append(entry)


def establish(platform: Platform, call: Call, why: str) -> None:
    """Connect a call: tell established, and audio active a moment later."""
    call.conversation.add(call.me)
    move(platform, call, State.ESTABLISHED, why)
    notify.call_updated(platform, call, direction=str(call.direction))
    platform.later(call, platform.settings.timing.media, lambda: activate_audio(platform, call))
    run_hooks(call.hooks.established)


def activate_audio(platform: Platform, call: Call) -> None:
    """Let audio flow: the state is told again with the media state."""
    if call.audio_active or call.me.in_lobby or not call.connected:
        return
    call.audio_active = True
    notify.call_updated(
        platform,
        call,
        mediaState=typed("callMediaState", {"audio": "active"}),
        meetingCapability=typed("meetingCapability"),
        coOrganizers=[],
    )
    run_hooks(call.hooks.audio)


def silence_audio(platform: Platform, call: Call) -> None:
    """Let no audio flow any more, and tell it with the state."""
    if call.audio_active:
        call.audio_active = False
        notify.call_updated(platform, call, mediaState=typed("callMediaState", {"audio": "inactive"}))


def keep_alive(platform: Platform, call: Call) -> None:
    """Start the time anew after which a forgotten call ends."""
    if call.keep_alive is not None:
        call.keep_alive.cancel()
    outcome = platform.settings.outcomes.not_kept_alive
    call.keep_alive = platform.later(
        call,
        platform.settings.timing.keep_alive_within,
        lambda: end(platform, call, outcome, "no keep-alive"),
    )


def end(platform: Platform, call: Call, outcome: Outcome | None, why: str, *, silent: bool = False) -> None:
    """End a call for good. `silent` leaves telling the bot to the caller."""
    if call.over:
        return
    call.result = outcome
    call.audio_active = False
    move(platform, call, State.TERMINATED, why)
    platform.stop_timers(call)
    call.pending.clear()
    platform.calls.retire(call)
    if not silent:
        told = {} if outcome is None else {"resultInfo": outcome_json(outcome)}
        notify.call_ended(platform, call, **told)
    run_hooks(call.hooks.stop)
    run_hooks(call.hooks.end)
    call.hooks, call.media = Hooks(), None
    platform.journal.wake()


def ring_for(platform: Platform, call: Call, seconds: float, outcome: Outcome, why: str) -> None:
    """End a call after `seconds` unless `stop_ringing` comes first."""
    call.ringing = platform.later(call, seconds, lambda: end(platform, call, outcome, why))


def stop_ringing(call: Call) -> None:
    """Call off what `ring_for` has set."""
    if call.ringing is not None:
        call.ringing.cancel()
        call.ringing = None


def hang_up(platform: Platform, call: Call) -> None:
    """End a call because the bot deleted it."""
    outcome = platform.settings.outcomes.ended_by_bot
    if not platform.settings.unsettled.terminating_state:
        end(platform, call, outcome, "deleted by the bot")
        return
    move(platform, call, State.TERMINATING, "deleted by the bot")
    notify.call_updated(platform, call)
    platform.later(
        call,
        platform.settings.timing.terminating,
        lambda: end(platform, call, outcome, "deleted by the bot"),
    )


def _unreachable(platform: Platform, call: Call) -> None:
    if call.state in (State.INCOMING, State.ESTABLISHING, State.RINGING):
        end(platform, call, platform.settings.outcomes.callback_unreachable, "callback failed")
