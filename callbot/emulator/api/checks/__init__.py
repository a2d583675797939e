"""Checks of what requests say, apart from the call they are about."""
