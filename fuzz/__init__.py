"""Looks for what nobody thought of: inputs that break a promise, found by a fuzzer that sees which code ran.

`make fuzz` runs it for a minute per target. The same targets run in `make check` on what hypothesis makes up.
"""
