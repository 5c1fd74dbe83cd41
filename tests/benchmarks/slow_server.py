"""The demo server behind a slow network: ``python -m tests.benchmarks.slow_server TURNS DELAY_S``."""

from __future__ import annotations

import signal
import sys

from tui.demo.server import DemoServer


def main(turns: int, delay_s: float) -> None:
    """Serve until the process is terminated; the address is printed first, as ``demo-server`` does."""
    with DemoServer(turns=turns, delay_s=delay_s) as server:
        print(f"Serving on {server.base_url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
