"""A bot that looks after so many established calls, and takes callbacks for some of them.

The calls are made by folding the answer to a create, one by one, as the runtime does; their documents are
small, so that a million fit. Arguments: core, number of calls.
"""

import gc
import random
import time

from bench.inside import Counting, Inside, inside
from bench.machine import resident_bytes
from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.stage import APP_ID, TENANTS
from bench.wire import call_id_of, tone_pressed
from callbot.model import call_key
from callbot.state import Created

_GENERATION = 1


async def made(bot: Inside, calls: int) -> None:
    """Have `calls` established calls."""
    runtime = bot.runtime
    gc.disable()  # nothing to collect in here, and it would look again and again
    for number in range(calls):
        call_id, tenant = call_id_of(number, _GENERATION), TENANTS[number % len(TENANTS)]
        resource: Json = {"id": call_id, "state": "established", "tenantId": tenant, "direction": "outgoing"}
        seen = Created(runtime.clock.time(), APP_ID, tenant, call_id, resource)
        observed = await runtime.registry.observe(call_key(call_id), seen)
        if observed.record is not None:
            runtime.caretaker.look_after(observed.record)
    gc.enable()
    gc.collect()


async def main() -> None:
    """Take callbacks when asked to: `{"callbacks": 5000}`."""
    calls = int(arguments[0])
    before = resident_bytes()
    counting = Counting()
    async with inside(counting, tombstone_seconds=20_000.0) as bot:
        await made(bot, calls)
        say({"bytes": resident_bytes() - before})
        pressed: dict[int, int] = {}
        chance = random.Random(7)  # noqa: S311 - any calls, the same ones each time

        async def answer(question: Json) -> Json:
            wanted = question["callbacks"]
            steps = []
            for _ in range(wanted if isinstance(wanted, int) else 0):
                number = chance.randrange(calls)
                pressed[number] = pressed.get(number, 0) + 1
                steps.append(
                    tone_pressed(call_id_of(number, _GENERATION), number % len(TENANTS), pressed[number])
                )
            prepared = bot.prepare(steps)
            before, began, used = counting.handled, time.monotonic(), time.process_time()
            await bot.take(prepared)
            await bot.settled()
            return {
                "seconds": time.monotonic() - began,
                "cpu": time.process_time() - used,
                "handled": counting.handled - before,
            }

        await listen_async(answer)


if __name__ == "__main__":
    arguments = pinned()
    run(main)
