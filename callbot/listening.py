"""callbot's own HTTP server: other than with aiohttp's, strangers fill no log and hold no connection."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

IDLE = 130.0
"""Seconds that a connection may stay open without a whole request on it.

aiohttp gives it an hour. Load balancers keep an idle connection for 60 to 120 seconds, and should be the
first to close it.
"""


class _NotHttp(logging.Filter):
    """Drops what aiohttp says of a request that is no HTTP: a traceback, with the headers in it, as an error.

    They may hold a token, and anybody can send as many of them as they like.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_log = logging.getLogger(__name__)
_log.addFilter(_NotHttp())


def runner_of(app: web.Application, drain_timeout: float) -> web.AppRunner:
    """Return what runs the application `app`; requests get `drain_timeout` seconds to end with it."""
    return web.AppRunner(
        app, access_log=None, shutdown_timeout=drain_timeout, keepalive_timeout=IDLE, logger=_log
    )
