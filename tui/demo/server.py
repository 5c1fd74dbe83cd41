"""The demo server's interface for the rest of the program.

The client talks to it over real HTTP, and has no code for the demo.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

from tui.core.errors import UsageError


class DemoServer:
    """Serves the sample calls on loopback, in its own thread, until it is closed.

    Args:
        port: The port; 0 for any that is free.
        turns: The number of turns of an additional large call; None for no such call.
        late_s: Seconds from the first request for the late call until it has a transcript.
        delay_s: The delay of every answer in seconds.
        extra: More calls: bodies of the transcript endpoint by call id.
        many: How many generated calls to add to the list.
        clock: Returns the Unix time in seconds.

    Raises:
        UsageError: The port is unavailable.
    """

    def __init__(
        self,
        port: int = 0,
        turns: int | None = None,
        *,
        late_s: float = 8.0,
        delay_s: float = 0.0,
        extra: Mapping[str, bytes] | None = None,
        many: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from tui.demo.calls import stored_calls
        from tui.demo.contract import Contract
        from tui.demo.listener import Listener

        try:
            self._listener = Listener(port, delay_s)
        except (OSError, OverflowError) as exc:
            reason = getattr(exc, "strerror", None) or "no such port"
            raise UsageError(f"cannot listen on port {port}: {reason}", "choose another, or 0 for any") from exc
        self._contract = Contract(stored_calls(turns, extra or {}, many), self.base_url, late_s=late_s, clock=clock)
        self._thread = threading.Thread(
            target=self._listener.serve, args=(self._contract,), name="demo server", daemon=True
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        """The server's address, such as ``http://127.0.0.1:8321``."""
        return self._listener.base_url

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return self._contract.requests

    def close(self) -> None:
        """Stop at once, and close open connections. May be called twice."""
        self._listener.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
