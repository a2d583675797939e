"""The command `run`."""

from collections.abc import Sequence
from pathlib import Path

import click

from callbot.cli.failures import explained
from callbot.cli.loading import config_option, load_bot, load_settings, set_option
from callbot.cli.logs import configure_logs, log_options
from callbot.runtime import Runtime
from callbot.settings import Settings


@click.command()
@click.argument("bot", metavar="MODULE:BOT")
@config_option
@set_option
@log_options()
def run(
    *, bot: str, config: Path | None, assignments: Sequence[str], log_level: str, log_format: str
) -> None:
    """Run a bot as a service.

    MODULE:BOT names an instance or a subclass of CallBot, as in samples.greeter:bot; the module is looked
    for in the current folder first. Ctrl-C or SIGTERM lets running handlers finish, then ends.
    """
    configure_logs(log_level, log_format)
    import asyncio

    from callbot.service import serve_until_stopped

    with explained():
        found = load_bot(bot)
        settings = load_settings(config, assignments)
        name = type(found).__name__
        asyncio.run(
            serve_until_stopped(found, settings, on_ready=lambda runtime: _say_where(name, settings, runtime))
        )


def _say_where(name: str, settings: Settings, runtime: Runtime) -> None:
    scheme = "https" if settings.tls_certificate is not None else "http"
    click.echo(
        f"{name} listens on {scheme}://{settings.host}:{settings.port}{settings.callback_path}\n"
        f"  callbacks  {settings.callback_url}\n"
        f"  Graph      {settings.endpoints.graph_root}\n"
        f"  app        {settings.app_id}\n"
        "Ctrl-C lets running handlers finish and ends it; a second one ends it at once."
    )
    if not runtime.ownership.held:
        click.echo(
            f"Another process looks after the calls in {settings.service_store}.\n"
            "This one hands its callbacks to it until it stops; another bot needs another store."
        )
