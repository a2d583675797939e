"""Where a bot's prompts are: in folders here, and at an address where Graph finds them."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from callbot.bot import CallBot
from callbot.media import PromptLibrary
from callbot.settings import Settings


def prompt_library(bot: CallBot, settings: Settings) -> PromptLibrary:
    """Return the prompts of a bot.

    Those named by a relative path are looked for beside the bot's module, then in the current folder.
    """
    parts = urlsplit(settings.callback_url)
    module = sys.modules.get(type(bot).__module__)
    beside = [Path(module.__file__).parent] if module is not None and module.__file__ else []
    return PromptLibrary(f"{parts.scheme}://{parts.netloc}/prompts", [*beside, Path.cwd()])
