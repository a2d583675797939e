"""The types of the calls API, one module for each concern."""
