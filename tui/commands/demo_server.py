"""``demo-server``: runs the embedded server in the foreground, for use with other tools."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tui.commands.output import write_out
from tui.core.errors import UsageError
from tui.demo.calls import SAMPLES
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

_MOST_TURNS = 2_000_000
"""Limits the memory: a turn takes about half a kilobyte."""
_MOST_CALLS = 50_000
"""Limits the memory too: a call takes about two kilobytes."""
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


def run(port: int, turns: int | None, calls: int | None = None) -> int:
    """Serves until the process is interrupted or terminated.

    Args:
        port: The port; 0 for any that is free.
        turns: The length of one more, large call in turns; None for no such call.
        calls: How many more calls the list has.

    Returns:
        The exit status, 128 and the number of the signal: 130 for SIGINT (``ExitStatus.INTERRUPTED``).

    Raises:
        UsageError: The port is not available, or a number is out of range.
    """
    if turns is not None and not 1 <= turns <= _MOST_TURNS:
        raise UsageError(f"a call of {turns} turns cannot be made", f"ask for 1 to {_MOST_TURNS:,} turns")
    if calls is not None and not 1 <= calls <= _MOST_CALLS:
        raise UsageError(f"{calls} calls cannot be made", f"ask for 1 to {_MOST_CALLS:,} calls")
    with _blocked(), DemoServer(port, turns, many=calls or 0) as server:
        write_out(f"{_welcome(server.base_url, turns)}\n".encode())
        return 128 + signal.sigwait(_ENDINGS)


@contextmanager
def _blocked() -> Iterator[None]:
    """Keeps the signals that end the server for ``sigwait``, in this thread and in those it starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _welcome(base_url: str, turns: int | None) -> str:
    """How to use the server; ``env`` makes the command work in tcsh too."""
    command = f"env PYAI_API_KEY={DEMO_KEY} omni-transcripts --base-url {base_url} {SAMPLES[0].call_id}"
    calls = [(sample.call_id, sample.title) for sample in SAMPLES]
    if turns is not None:
        from tui.demo.large import large_id

        calls.append((large_id(turns), f"a call of {turns} turns"))
    width = max(len(call_id) for call_id, _ in calls)
    listed = [f"  {call_id:{width}}  {title}" for call_id, title in calls]
    return "\n".join([f"Serving on {base_url}", f"The key is {DEMO_KEY}", "", f"  {command}", "", *listed])
