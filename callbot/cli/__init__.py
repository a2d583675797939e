"""What people type: `python -m callbot`, and the `callbot` script. One module per command."""

import click

from callbot._version import __version__
from callbot.cli.demo import demo


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callbot")
def main() -> None:
    """Write Microsoft Teams calling bots: try one, run one, look at a call."""


main.add_command(demo)
