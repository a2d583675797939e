"""Who came to a meeting, and when."""
