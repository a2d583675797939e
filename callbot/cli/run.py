"""The command `run`."""

from pathlib import Path

import click

from callbot.cli.failures import EXIT_CODES, Failure, explained
from callbot.cli.logs import configure_logs, log_options
from callbot.settings import Settings

_FILES = ("client_certificate", "ca_file", "tls_certificate", "tls_key")


@click.command(epilog=EXIT_CODES)
@click.argument("bot", metavar="MODULE:BOT")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="TOML file of settings; CALLBOT_... variables of the environment win over it.",
)
@log_options()
def run(*, bot: str, config: Path | None, log_level: str, log_format: str) -> None:
    """Run a bot as a service.

    MODULE:BOT names an instance or a subclass of CallBot, as in samples.greeter:bot; the module is looked
    for in the current folder first. Ctrl-C or SIGTERM lets running handlers finish, then ends.
    """
    configure_logs(log_level, log_format)
    import asyncio

    from callbot.cli.loading import load_bot
    from callbot.service import serve_until_stopped

    with explained():
        found = load_bot(bot)
        settings = Settings.load(config)
        _check_files(settings)
        name = type(found).__name__
        asyncio.run(serve_until_stopped(found, settings, on_ready=lambda _: _say_where(name, settings)))


def _check_files(settings: Settings) -> None:
    """Name a file that is not there before anything else stumbles over it."""
    for key in _FILES:
        path: Path | None = getattr(settings, key)
        if path is not None and not path.exists():
            made = "emulator" in path.parts
            hint = "; the emulator makes it: run `python -m callbot emulator` first" if made else ""
            raise Failure(f"{key} names {path}, which does not exist{hint}", 2)


def _say_where(name: str, settings: Settings) -> None:
    scheme = "https" if settings.tls_certificate is not None else "http"
    click.echo(
        f"{name} listens on {scheme}://{settings.host}:{settings.port}{settings.callback_path}\n"
        f"  callbacks  {settings.callback_url}\n"
        f"  Graph      {settings.endpoints.graph_root}\n"
        f"  app        {settings.app_id}\n"
        "Ctrl-C lets running handlers finish and ends it."
    )
