"""Gives back memory: what a large call has held would stay with the process, as the C library keeps it."""

from __future__ import annotations

import gc
from contextlib import suppress


def free_memory() -> None:
    """Free what nothing refers to any more, and give it back."""
    gc.collect()
    give_back_memory()


def give_back_memory() -> None:
    """Give free memory back to the system where the C library can, as glibc does; takes some ms."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes  # not needed for the first picture

        ctypes.CDLL(None).malloc_trim(0)
