"""How much memory established calls need that nothing happens to. Arguments: core, calls, how, what.

`how` is `rss` (memory in RAM) or `traced` (what Python's allocator gave). `what` is `callbot`, which takes
the callbacks of each call until audio flows, or `documents`, which keeps the parsed calls in a dictionary.
"""

import gc
import json
import tracemalloc
from collections.abc import Callable

from bench.inside import Counting, inside
from bench.machine import resident_bytes
from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.wire import audio, call_document, call_id_of, established

_GENERATION = 1


def _traced() -> int:
    return tracemalloc.get_traced_memory()[0]


async def callbot(calls: int, used: Callable[[], int]) -> None:
    """Have the calls in a running bot, and say what they need."""
    async with inside(Counting()) as bot:
        await bot.take(bot.prepare([*established(calls, _GENERATION), audio(calls, _GENERATION)]))
        await bot.settled()
        gc.collect()
        before = used()
        for number in range(calls):
            await bot.take(bot.prepare([*established(number, _GENERATION), audio(number, _GENERATION)]))
            await bot.settled()  # handlers run as callbacks come: what waits for its turn is not the call's
        gc.collect()
        say({"bytes": (used() - before) / calls})
        await listen_async(_nothing)


async def documents(calls: int, used: Callable[[], int]) -> None:
    """Have the parsed documents of the calls in a dictionary, and say what they need."""
    gc.collect()
    before = used()
    kept = {}
    for number in range(calls):
        call_id = call_id_of(number, _GENERATION)
        kept[call_id] = json.loads(json.dumps(call_document(call_id)))
    gc.collect()
    say({"bytes": (used() - before) / len(kept)})
    await listen_async(_nothing)


async def _nothing(_: Json) -> Json:
    return {}


async def main() -> None:
    """Measure and say it."""
    calls, how, what = arguments
    if how == "traced":
        tracemalloc.start()
    measure = callbot if what == "callbot" else documents
    await measure(int(calls), _traced if how == "traced" else resident_bytes)


if __name__ == "__main__":
    arguments = pinned()
    run(main)
