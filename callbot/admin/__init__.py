"""The admin API: to look at the calls of a running bot, hang them up, place new ones, follow what happens.

`administer` gives it to an aiohttp application that has bots; `AdminPort` serves it beside any other.
"""

from callbot.admin.api import AdminApi
from callbot.admin.port import AdminPort
from callbot.admin.serving import administer

__all__ = ["AdminApi", "AdminPort", "administer"]
