"""How callbot is installed with one of its extras, said where something needs one that is not there."""

FOLDER = "/path/to/callbot"
"""What stands for the folder of callbot in commands that are shown: a clone or an unpacked release."""


def how_to_install(*extras: str) -> str:
    """Return the advice that ends a message about a package which is not installed."""
    named = f"the extra {extras[0]}" if len(extras) == 1 else f"the extras {' and '.join(extras)}"
    return f"install callbot with {named}, from the folder where it is: {pip_command(*extras)}"


def pip_command(*extras: str) -> str:
    """Return the command that installs callbot with its extras."""
    return f"python -m pip install '{FOLDER}[{','.join(extras)}]'"
