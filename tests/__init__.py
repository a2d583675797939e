"""Tests of callbot: sentences about its behaviour."""
