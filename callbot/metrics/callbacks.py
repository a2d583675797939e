"""Metrics of callbacks: what became of them, how soon they were handled, whether they come at all."""

from collections.abc import Iterator, Mapping

from callbot.hosted import HostedBot
from callbot.metrics.metric import Reading, counter, gauge, histogram

CALLBACKS = counter(
    "callbot_callbacks_total",
    "callbacks by result: `accepted`, `redelivered` (a duplicate, answered as before), `probe`, or why it "
    "was refused, as in troubleshooting.md",
    "result",
)
MOVED = counter(
    "callbot_callbacks_moved_total", "callbacks that `on_announced` sent to another address; `accepted`, too"
)
NOTIFICATIONS = counter(
    "callbot_notifications_total",
    "notifications in them by result: `accepted`, `no call` (it names none), `other tenant` (it speaks of a "
    "call of another tenant or bot)",
    "result",
)
WAITING = gauge(
    "callbot_notifications_waiting",
    "notifications, and other observations of calls, that wait in mailboxes to be folded",
)
ROOM = gauge(
    "callbot_notifications_waiting_limit", "how many may wait, `max_queued`: beyond, callbacks get 503"
)
LAG = histogram(
    "callbot_callback_lag_seconds",
    "from when a callback, or a read, told of a change to when the change's handler began",
)
STOPPED = gauge("callbot_callbacks_stopped", "1 while no callback comes although reads find changes, else 0")
STOPS = counter("callbot_callback_stops_total", "how often callbacks seem to have stopped")
KEY_FETCHES = counter(
    "callbot_key_fetches_total",
    "fetches of the keys that sign callbacks, by result: `ok`, `failed`",
    "result",
)
KEYS_READY = gauge("callbot_keys_ready", "1 when these keys have been fetched once, else 0")

METRICS = (CALLBACKS, MOVED, NOTIFICATIONS, WAITING, ROOM, LAG, STOPPED, STOPS, KEY_FETCHES, KEYS_READY)


def readings(bot: HostedBot) -> Iterator[Reading]:
    """Read what became of the callbacks of a bot; with `callbacks = "off"` there are none."""
    runtime = bot.runtime
    intake = runtime.intake.counts
    if bot.receiver is not None:
        for result, times in counted(bot.receiver.counts, "accepted", "redelivered", "full"):
            yield CALLBACKS.of(times, result)
    yield MOVED.of(intake["moved"])
    for result in ("accepted", "no call", "other tenant"):
        yield NOTIFICATIONS.of(intake[result], result)
    yield WAITING.of(runtime.notifications_waiting)
    yield ROOM.of(bot.settings.max_queued)
    yield LAG.of(runtime.handler_times.lag)
    yield STOPPED.of(runtime.caretaker.vigilance.callbacks_stopped)
    yield STOPS.of(runtime.caretaker.vigilance.times_stopped)
    if bot.authenticator is not None:
        for result, times in counted(bot.authenticator.keys.fetches, "ok", "failed"):
            yield KEY_FETCHES.of(times, result)
        yield KEYS_READY.of(bot.authenticator.ready)


def counted(counts: Mapping[str, int], *always: str) -> list[tuple[str, int]]:
    """Return counts with zeros for what is `always` to be there: a rate needs a value before the first."""
    return list((dict.fromkeys(always, 0) | dict(counts)).items())
