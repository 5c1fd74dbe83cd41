"""The client of the Omni API: bytes in, core objects out."""

import sys

# httpx imports its own command line where that is installed: with click, pygments and a part of rich, for 60 ms
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: an import of it raises ImportError
