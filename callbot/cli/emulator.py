"""The command `emulator`."""

import logging
from pathlib import Path

import click

from callbot.cli.logs import configure_logs, log_options


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9443,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".callbot/emulator"),
    show_default=True,
    help="Where certificates and keys are kept.",
)
@click.option(
    "--callback-url",
    default="https://localhost:8443/api/calls",
    show_default=True,
    help="Where incoming calls are announced: the global webhook of the app.",
)
@log_options(level="warning")
def emulator(
    *, host: str, port: int, directory: Path, callback_url: str, log_level: str, log_format: str
) -> None:
    """Serve a Graph to develop bots against.

    It signs in the bot, takes its requests to the calls API, sends it signed callbacks and simulates the
    people. They are told what to do through its control API, which docs/emulator.md explains.
    """
    configure_logs(log_level, log_format)
    if log_level == "warning":
        # callbacks that do not get through: a detail to a test, but not to somebody who waits for them
        logging.getLogger("callbot.emulator.callbacks").setLevel(logging.INFO)
    if not callback_url.startswith("https://"):
        raise click.BadParameter("callbacks go to https addresses only", param_hint="--callback-url")
    from callbot.cli.emulation import run_emulator

    run_emulator(host=host, port=port, directory=directory, callback_url=callback_url)
