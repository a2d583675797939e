"""Reminds people of their appointments by telephone."""
