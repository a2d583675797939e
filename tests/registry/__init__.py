"""Tests of callbot.registry."""
