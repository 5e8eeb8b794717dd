"""A pseudo-terminal to run programs in, and an emulator that says what they show. The tests use both too."""
