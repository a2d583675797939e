"""The command `run`."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from callbot.bot import CallBot
from callbot.cli.failures import explained, words_of
from callbot.cli.loading import config_option, has_handlers, load_bot, load_settings, set_option
from callbot.cli.logs import configure_logs, log_options, show_lines_of
from callbot.errors import CallbotError
from callbot.runtime import Runtime
from callbot.settings import Settings
from callbot.signals import run_to_the_end


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
    with explained():
        found = load_bot(bot)
        show_lines_of(bot.partition(":")[0].partition(".")[0], log_level)
        settings = load_settings(config, assignments)
        if not has_handlers(found):
            _warn(f"{bot} has no handler: nothing happens when a call comes. Write on_incoming, say.")
        with suppress(KeyboardInterrupt):  # where the event loop takes no signals, as on Windows
            run_to_the_end(_serve(found, settings))


async def _serve(bot: CallBot, settings: Settings) -> None:
    from callbot.service import serve_until_stopped

    trying: list[asyncio.Task[None]] = []

    def ready(runtime: Runtime) -> None:
        _say_where(type(bot).__name__, settings, runtime)
        trying.append(asyncio.create_task(_try_to_sign_in(runtime)))

    try:
        await serve_until_stopped(bot, settings, on_ready=ready)
    finally:
        for task in trying:
            task.cancel()


async def _try_to_sign_in(runtime: Runtime) -> None:
    """Sign in while nobody waits for it, so that a wrong secret shows before the first call does."""
    try:
        await runtime.graph.sign_in()
    except CallbotError as error:
        _warn(f"The bot cannot sign in, so its calls will fail.\n{words_of(error)}")


def _warn(words: str) -> None:
    click.secho(f"Warning: {words}", err=True, fg="yellow")


def _say_where(name: str, settings: Settings, runtime: Runtime) -> None:
    scheme = "https" if settings.tls_certificate is not None else "http"
    root = f"{scheme}://{settings.host}:{settings.port}"
    admin = _admin(settings, root)
    click.echo(
        f"{name} listens on {root}{settings.callback_path}\n"
        f"  callbacks  {settings.callback_url}\n"
        f"  Graph      {settings.endpoints.graph_root}\n"
        f"  app        {settings.app_id}\n"
        f"{admin}"
        "Ctrl-C lets running handlers finish and ends it; a second one ends it at once."
    )
    if not runtime.ownership.held:
        click.echo(
            f"Another process looks after the calls in {settings.service_store}.\n"
            "This one hands its callbacks to it until it stops; another bot needs another store."
        )


def _admin(settings: Settings, root: str) -> str:
    if settings.admin_port is not None:
        host = f"[{settings.admin_host}]" if ":" in settings.admin_host else settings.admin_host
        return f"  admin      http://{host}:{settings.admin_port}\n"
    return f"  admin      {root}, with the token\n" if settings.has_admin else ""
