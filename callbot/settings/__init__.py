"""What a bot has to be told: who it is, where it listens, whom it believes.

Values come from arguments, then the environment (`CALLBOT_APP_ID`...), then a TOML file. An unknown key is
refused with the nearest known name, and no message ever contains a secret. A secret may be kept in a file
of its own, named by `client_secret_file`: what a container platform or systemd mounts.
"""

from callbot.settings.contradictions import admin_complaints
from callbot.settings.settings import Settings
from callbot.settings.sources import Origin

__all__ = ["Origin", "Settings", "admin_complaints"]
