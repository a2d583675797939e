"""A bot that records calls under a compliance policy."""
