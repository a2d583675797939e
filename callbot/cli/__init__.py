"""What people type: `python -m callbot`, and the `callbot` script. One module per command."""

import difflib
import os

import click

from callbot._version import __version__
from callbot.cli.call import call
from callbot.cli.demo import demo
from callbot.cli.emulator import emulator
from callbot.cli.run import run


class _Commands(click.Group):
    """A group that names the nearest command when there is none of that name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command to run, or say which one may be meant."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}."
            ctx.fail(f"No such command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callbot")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Write Microsoft Teams calling bots: try one, run one, look at a call."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for command in (demo, emulator, run, call):
    main.add_command(command)
