"""A telephone menu."""
