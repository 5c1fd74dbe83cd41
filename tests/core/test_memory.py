"""Free memory goes back to the system, where the C library can give it back."""

from __future__ import annotations

import subprocess
import sys

import pytest

FRAGMENTED = """
import ctypes, re
from tui.core.memory import free_memory

def resident_kb():
    return int(re.findall(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[0])

if not hasattr(ctypes.CDLL(None), "malloc_trim"):
    raise SystemExit("no malloc_trim")
blocks = [bytearray(4_000) for _ in range(20_000)]
last = blocks.pop()  # keeps the end of the heap in use
blocks.clear()
before = resident_kb()
free_memory()
print(before - resident_kb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what the system knows of a process is read")
def test_memory_that_is_free_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FRAGMENTED], capture_output=True, text=True, check=False)
    if "no malloc_trim" in done.stderr:
        pytest.skip("the C library does not give memory back")
    assert int(done.stdout) > 40_000, done.stderr
