"""What is known of all calls: the only writer of call state, and the reads that keep it right."""

from callbot.registry.reconcile import Deliver, Reconciler, Urgency
from callbot.registry.registry import Counts, Observed, Registry
from callbot.registry.vigilance import Vigilance

__all__ = ["Counts", "Deliver", "Observed", "Reconciler", "Registry", "Urgency", "Vigilance"]
