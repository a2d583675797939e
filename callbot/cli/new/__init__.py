"""The command `new`: a small project to start from, with a test that passes at once."""
