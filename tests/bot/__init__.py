"""Tests of callbot.bot."""
