"""Tests of the fold and the schedule."""
