"""Prompts: checked before they are played, and served so that the platform can fetch them."""
