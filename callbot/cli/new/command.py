"""The command `new`."""

from pathlib import Path

import click

from callbot.cli.failures import EXIT_CODES, Failure


@click.command(epilog=EXIT_CODES)
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder in which the folder NAME is made; the current one when not given.",
)
def new(*, name: str, into: Path) -> None:
    """Write the project of a new bot into the folder NAME.

    It has a bot, a test that passes at once, settings for the emulator and for Teams, and a Dockerfile.
    Nothing that is there already is overwritten.
    """
    from callbot.cli.new.names import check_name
    from callbot.cli.new.project import INSTALL, files_of, write
    from callbot.extras import FOLDER

    check_name(name)
    folder = into / name
    try:
        write(folder, files_of(name))
    except OSError as error:
        raise Failure(f"cannot write {error.filename or folder}: {error.strerror or error}") from None
    click.echo(
        f"{folder} is a bot that answers, and its test.\n"
        "\n"
        f"  cd {folder}\n"
        f"  {INSTALL}\n"
        "  python -m pip install -e '.[dev]'\n"
        "  python -m pytest\n"
        "\n"
        f"{FOLDER} is where callbot has been cloned to.\n"
        "The README.md says how to call it, and how to take it to Teams."
    )
