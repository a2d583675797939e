"""The files that people start from are complete and work."""
