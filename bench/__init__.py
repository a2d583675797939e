"""Measures how fast callbot is beside the bare tools it is made of; `make bench` runs it.

Every row runs callbot and its baseline in turn, several rounds, on one core, with the other side of the wire
on another core. What is compared are medians. It tests nothing and times no test.
"""
