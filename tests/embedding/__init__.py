"""A bot inside programs that exist already, with the real packages they are made of."""
