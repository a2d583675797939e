"""Tests of callbot.store."""
