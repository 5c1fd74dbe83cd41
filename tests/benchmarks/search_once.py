"""``python -m tests.benchmarks.search_once FILE [WORD]``: searches a library once, as the program's screen does.

Without a word it only loads what that takes. Writes the most memory that it has had, in kB.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.benchmarks.large_library import archive_of, count

if __name__ == "__main__":
    archive = archive_of(Path(sys.argv[1]))
    for word in sys.argv[2:]:
        count(archive, word)
    print(*re.findall(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE))
