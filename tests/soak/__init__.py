"""A long run of the real program on a real pseudo-terminal, among faults: what it must not lose is measured."""
