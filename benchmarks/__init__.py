"""Measurements of the console from outside, through a pseudo-terminal. `python -m benchmarks` prints the table."""
