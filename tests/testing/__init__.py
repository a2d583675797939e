"""The tests of what users test their bots with."""
