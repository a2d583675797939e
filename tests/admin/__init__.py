"""Tests of the parts of the admin API."""
