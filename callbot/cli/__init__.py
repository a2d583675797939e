"""What people type: `python -m callbot`, and the `callbot` script. One module per command."""

import os

import click

from callbot._version import __version__
from callbot.cli.call import call
from callbot.cli.calls import calls
from callbot.cli.codes import codes
from callbot.cli.config import config
from callbot.cli.demo import demo
from callbot.cli.doctor import doctor
from callbot.cli.emulator import emulator
from callbot.cli.failures import EXIT_CODES
from callbot.cli.new import new
from callbot.cli.run import run
from callbot.cli.tables import api, settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="callbot")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Write Microsoft Teams calling bots: try one, run one, look at a call."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for command in (new, demo, emulator, run, doctor, config, calls, call, codes, api, settings):
    command.epilog = EXIT_CODES  # the same table for all, `call get` has it, too
    main.add_command(command)
