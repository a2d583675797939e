"""Tests of callbot.runtime."""
