"""The processes of the bench, each a module of its own so that it imports what it measures and no more."""
