"""Calls of more than two: rosters, group calls, meetings, lobbies, invitations, policy recording."""
