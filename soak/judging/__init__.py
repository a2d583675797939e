"""Compares what happened, by the emulator's own log, with what the bot handled, by its diary."""
