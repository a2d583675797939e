"""Running the emulator until somebody stops it, and saying what a developer needs to know of it."""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

import click

from callbot.cli.failures import USAGE, Failure
from callbot.emulator import AppRegistration, Emulator, EmulatorSettings, serve
from callbot.signals import on_stop


def run_emulator(*, host: str, port: int, directory: Path, callback_url: str) -> None:
    """Serve an emulator until SIGINT or SIGTERM. Raises `Failure` when it cannot listen or write."""
    settings = EmulatorSettings(
        host=host, port=port, directory=directory, apps=(AppRegistration(callback_url=callback_url),)
    )
    try:
        asyncio.run(_until_stopped(serve(settings, _say_where)))
    except OSError as error:
        raise Failure(_words(error, host, port), USAGE) from None


async def _until_stopped(work: Coroutine[object, object, None]) -> None:
    """Run `work` until it ends or the process is asked to stop; it is cancelled then, and cleans up."""
    task = asyncio.ensure_future(work)
    with on_stop(lambda _: task.cancel()), suppress(asyncio.CancelledError):
        await task


def _say_where(running: Emulator) -> None:
    app, tls = running.settings.apps[0], running.bot_tls
    curl = f"curl --cacert {running.ca_file} {running.control_url}"
    person = next(iter(running.people)).display_name
    click.echo(
        f"The emulator listens on {running.root}\n"
        f"  its authority        {running.ca_file}\n"
        f"  for the bot's TLS    {tls.certificate} and {tls.key}\n"
        f"  app, tenant          {app.app_id}, {app.tenant_id}\n"
        f"  client secret        {app.secrets[0].get_secret_value()}\n"
        f"  calls are announced  {app.callback_url}\n"
        "\n"
        f"Let {person} call the bot, then look at the log:\n"
        f"""  {curl}/calls -d '{{"person": "{person}"}}'\n"""
        f"  {curl}/log\n"
        "\n"
        "Ctrl-C ends it."
    )


def _words(error: OSError, host: str, port: int) -> str:
    if error.filename is not None:
        return f"cannot write {error.filename}: {error.strerror}; --directory names another place"
    return (
        f"cannot listen on {host}:{port}: {os.strerror(error.errno) if error.errno else error}. "
        "Is an emulator running already? --port names another port, and 0 takes a free one"
    )
