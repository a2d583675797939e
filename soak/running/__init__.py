"""Runs a soak: the processes, the line to the emulator, who calls when, and what goes wrong when."""
