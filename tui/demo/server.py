"""The demo server as the rest of the program sees it: made, reached, closed.

It is honest: the client talks to it over real HTTP, and nothing in the client knows that it exists.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from tui.core.errors import UsageError


class DemoServer:
    """Serves the sample calls on loopback, in a thread of its own, from now until it is closed.

    Args:
        port: The port; 0 for any that is free.
        turns: The length of one more, large call in turns; None for no such call.
        late_s: For how long the late call has no transcript, from the first request for it, in seconds.
        delay_s: How long every answer is held back, in seconds.
        extra: More calls: what the transcript endpoint answers, as it is, by call id.
        clock: Unix time in seconds.

    Raises:
        UsageError: The port cannot be had.
    """

    def __init__(
        self,
        port: int = 0,
        turns: int | None = None,
        *,
        late_s: float = 8.0,
        delay_s: float = 0.0,
        extra: Mapping[str, bytes] | None = None,
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
        contract = Contract(stored_calls(turns, extra or {}), self.base_url, late_s=late_s, clock=clock)
        self._thread = threading.Thread(target=self._listener.serve, args=(contract,), name="demo server", daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where the server is reached, e.g. ``http://127.0.0.1:8321``."""
        return self._listener.base_url

    def close(self) -> None:
        """Stops within about a tenth of a second; open connections are closed. May be called twice."""
        self._listener.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
