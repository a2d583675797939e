"""What the shapes of the wire promise."""
