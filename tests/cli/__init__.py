"""The command line, typed as a user types it."""
