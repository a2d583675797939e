"""The command `demo`."""

import asyncio

import click

from callbot.cli.logs import configure_logs, log_options

_LIMIT = 30.0  # seconds; it takes about five


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines, one per transition, then a summary.")
@log_options(level="warning")
def demo(*, as_json: bool, log_level: str, log_format: str) -> None:
    """Play three calls against the emulator.

    Starts the emulator and a bot on free ports of this machine. Ana calls the bot, Ben is called and
    answers, Cleo is called and does not. Compares what the emulator did with what the handlers heard: ends
    with 0 only if every transition reached its handler exactly once and nothing is left running, else with 1.
    """
    configure_logs(log_level, log_format)
    from callbot.cli.demo.performance import Performance
    from callbot.cli.demo.stage import undisturbed
    from callbot.cli.demo.timeline import JsonTimeline, TextTimeline
    from callbot.clock import SystemClock

    async def play() -> bool:
        performance = Performance(JsonTimeline() if as_json else TextTimeline(), SystemClock(), _LIMIT)
        try:
            return (await performance.play()).ok
        except TimeoutError:
            waiting = ", ".join(performance.unfinished) or "nothing in particular"
            raise click.ClickException(
                f"the demo did not finish within {_LIMIT:g} s; calls whose end was not seen: {waiting}. "
                "Run it with --log-level debug to see where it stands"
            ) from None

    with undisturbed():
        ok = asyncio.run(play())
    if not ok:
        raise click.exceptions.Exit(1)
