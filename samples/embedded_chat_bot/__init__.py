"""Calling, added to a chat bot that was there before."""
