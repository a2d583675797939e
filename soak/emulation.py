"""The emulator of a soak, in a process of its own: `python -m soak.emulation SETTINGS`.

SETTINGS is a file with the JSON of `EmulatorSettings`. Once it listens, it says in one line of JSON on stdout
where, and which files a bot needs.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from callbot.emulator import (
    APP_SECRET,
    AppRegistration,
    Emulator,
    EmulatorSettings,
    FaultRates,
    FaultSettings,
    Timing,
    Unsettled,
    serve,
)
from soak.cast import Tempo, people

RATES = FaultRates(
    # a tenth of the callbacks is lost
    drop=0.09,
    empty=0.01,
    # a tenth comes twice
    duplicate=0.05,
    resend=0.05,
    # a fifth is overtaken
    reorder=0.20,
    delay=0.03,
    batch=0.05,
    mix=0.05,
    early=0.10,
    # a twentieth of the requests fails
    throttle=0.010,
    fail_before=0.008,
    fail_after=0.007,
    refuse=0.006,
    cut=0.006,
    hang_before=0.004,
    hang_after=0.004,
    stale=0.005,
    token_slow=0.10,
    token_fail=0.10,
)
LOG_LIMIT = 100_000  # the conductor reads it every second and notices a gap


def settings_for(tempo: Tempo, *, seed: int, folder: Path, callback_url: str) -> EmulatorSettings:
    """Return the settings of a world in which everything goes wrong."""
    return EmulatorSettings(
        port=0,
        directory=folder,
        apps=(AppRegistration(callback_url=callback_url),),
        people=people(tempo),
        prompt_speed=10.0,
        timing=Timing(
            answer_within=tempo.answer_within,
            keep_alive_within=tempo.keep_alive_within,
            ring=tempo.ring,
            transfer_ring=tempo.ring,
            alone=tempo.alone,
            nobody_joined=2 * tempo.ring,
            lobby=tempo.ring,
            callback_timeout=tempo.request,
        ),
        unsettled=Unsettled(
            callback_attempts=2,
            ringing_state=True,
            redirecting_state=True,
            terminating_state=True,
        ),
        faults=FaultSettings(
            seed=seed,
            rates=RATES,
            delay=min(1.0, tempo.reconcile / 2),
            retry_after=1.0,
            hang=tempo.hang,
            token_delay=1.0,
            stale_for=tempo.stale,
            token_skew=20.0,
        ),
        log_limit=LOG_LIMIT,
    )


def written(settings: EmulatorSettings) -> str:
    """Return settings as the JSON this program reads; the secret in them opens nothing but an emulator."""
    document = settings.model_dump(mode="json")
    for app in document["apps"]:
        app["secrets"] = [APP_SECRET]
    return json.dumps(document)


def _say_where(emulator: Emulator) -> None:
    tls = emulator.bot_tls
    where = {
        "root": emulator.root,
        "metadata_url": emulator.metadata_url,
        "ca_file": str(emulator.ca_file),
        "certificate": str(tls.certificate),
        "key": str(tls.key),
    }
    print(json.dumps(where), flush=True)  # noqa: T201 - the answer of this program


async def _serve(settings: EmulatorSettings) -> None:
    task = asyncio.ensure_future(serve(settings, _say_where))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    asyncio.run(_serve(EmulatorSettings.model_validate_json(text)))
