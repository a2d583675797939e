"""Runs a bot for minutes on the worst of lines, kills it again and again, and counts what it has missed."""
