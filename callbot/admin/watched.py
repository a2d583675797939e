"""A bot as the admin API sees it: the bot, and what was noted of its calls."""

from dataclasses import dataclass

from callbot.admin.timeline import Chronicle, Entry, Feed, Happened
from callbot.hosted import HostedBot
from callbot.registry import Registry
from callbot.runtime import Runtime


@dataclass(frozen=True, slots=True)
class WatchedBot:
    """A bot and the timelines of its calls."""

    hosted: HostedBot
    chronicle: Chronicle

    @property
    def app_id(self) -> str:
        """The app id of the bot, by which bots are told apart."""
        return self.hosted.settings.app_id

    @property
    def runtime(self) -> Runtime:
        """The bot's runtime."""
        return self.hosted.runtime

    @property
    def registry(self) -> Registry:
        """The bot's calls."""
        return self.hosted.runtime.registry


def watch(hosted: HostedBot, feed: Feed) -> WatchedBot:
    """Begin to watch a bot that has not started yet; what happens goes to `feed`, too."""
    runtime, app_id = hosted.runtime, hosted.settings.app_id

    def is_known(key: str) -> bool:
        return runtime.registry.get(key) is not None

    def publish(key: str, entry: Entry) -> None:
        feed.publish(Happened(app_id, key, entry))

    chronicle = Chronicle(runtime.clock, is_known=is_known, publish=publish)
    runtime.watch(chronicle)
    return WatchedBot(hosted, chronicle)
