"""Faults on purpose: who decides about them, and what they do."""
