"""The command itself: what is typed, and how findings are shown."""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from callbot.cli.doctor.findings import Finding, Level, failed
from callbot.cli.failures import explained
from callbot.cli.loading import config_option, load_bot, load_settings, set_option
from callbot.cli.logs import configure_logs, log_options
from callbot.settings import Settings

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.FAILURE: "red"}


@click.command()
@click.argument("bot", metavar="[MODULE:BOT]", required=False)
@config_option
@set_option
@click.option("--tenant", help="The tenant to sign in to; the bot's own when not given.")
@click.option(
    "--prompts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A prompt, or a folder of them; the folder `prompts` beside the bot when not given.",
)
@click.option("--resource-account", metavar="ID", help="Object id of a resource account to look for.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@log_options(level="error")
def doctor(
    *,
    bot: str | None,
    config: Path | None,
    assignments: Sequence[str],
    tenant: str | None,
    prompts: Sequence[Path],
    resource_account: str | None,
    as_json: bool,
    log_level: str,
    log_format: str,
) -> None:
    """Find out why calls do not work, before or after they do not.

    Looks at the settings, the sign-in and its permissions, Graph, the signing keys, the clock, the callback
    URL (the bot has to run for that), the store, the admin API, the prompts and what traces need. Ends with 1
    when something keeps calls from working, with 2 when the settings cannot be loaded.
    """
    configure_logs(log_level, log_format)
    import asyncio

    from callbot.cli.doctor.local import prompt_folders

    with explained():
        settings = load_settings(config, assignments)
        folders = list(prompts) or prompt_folders(load_bot(bot) if bot else None)
        findings = asyncio.run(_tell(settings, tenant, folders, resource_account, as_json=as_json))
    if failed(findings):
        raise SystemExit(1)


async def _tell(
    settings: Settings,
    tenant: str | None,
    prompts: Sequence[Path],
    resource_account: str | None,
    *,
    as_json: bool,
) -> list[Finding]:
    from callbot.cli.doctor.examine import examine
    from callbot.clock import SystemClock

    findings = []
    async for finding in examine(
        settings, SystemClock(), tenant=tenant, prompts=prompts, resource_account=resource_account
    ):
        findings.append(finding)
        _print(finding, as_json=as_json)
    return findings


def _print(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(finding.to_json()))
        return
    level = click.style(f"{finding.level:<8}", fg=_COLOURS[finding.level])
    click.echo(f"{level} {finding.check}: {finding.says}")
    if finding.fix:
        click.echo(textwrap.indent(f"-> {finding.fix}", " " * 9))
