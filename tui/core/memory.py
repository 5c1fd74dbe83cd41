"""Gives back memory: what a large call has held would stay with the process, as the C library keeps it."""

from __future__ import annotations

import gc
from contextlib import suppress


def free_memory() -> None:
    """Free what nothing refers to any more, and give it back to the system where the C library can, as glibc does."""
    gc.collect()
    with suppress(ImportError, OSError, AttributeError):
        import ctypes  # not needed before a call is left

        ctypes.CDLL(None).malloc_trim(0)
