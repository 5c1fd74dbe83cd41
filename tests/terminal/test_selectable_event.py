"""An event that wakes whoever waits for input."""

from __future__ import annotations

from pathlib import Path
from select import select
from threading import Thread

from tests.terminal.pty_session import PtySession
from tui.terminal.selectable_event import SelectableEvent

LIMIT_S = 20.0


def is_readable(event: SelectableEvent) -> bool:
    return bool(select([event], [], [], 0)[0])


def test_it_is_readable_while_it_is_set() -> None:
    event = SelectableEvent()
    assert not is_readable(event)
    for _ in range(3):
        event.set()
        event.set()
        assert event.is_set()
        assert is_readable(event)
        event.clear()
        event.clear()
        assert not event.is_set()
        assert not is_readable(event)


def test_it_wakes_a_thread_that_waits_for_input() -> None:
    event = SelectableEvent()
    woken: list[object] = []
    thread = Thread(target=lambda: woken.extend(select([event], [], [], LIMIT_S)[0]))
    thread.start()
    event.set()
    thread.join(LIMIT_S)
    assert woken == [event]


def test_an_idle_call_wakes_no_thread(tmp_path: Path) -> None:
    call = tmp_path / "call.json"
    call.write_text('{"turns": [{"role": "user", "text": "Hello there"}]}')
    with PtySession(str(call), home=tmp_path) as session:
        session.await_text("Hello there")
        while session.read(1.0):
            pass
        before = switches(session.process.pid)
        assert not session.read(2.0)
        assert switches(session.process.pid) - before <= 2


def switches(pid: int) -> int:
    """How often the threads of a process have gone to sleep."""
    tasks = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(task.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for task in tasks)
