"""How fast, how small and how quiet the program is: ``python -m tests.benchmarks``."""
