"""What operators watch, for Prometheus: read from what is counted anyway, at the moment somebody asks.

`metrics_routes` serves it; `callbot.metrics.collector.BotCollector` goes into a registry that a host has.
"""

from callbot.metrics.routes import metrics_routes

__all__ = ["metrics_routes"]
