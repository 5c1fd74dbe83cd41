"""Starts syncs and searches of one library, kills the syncs, and looks at what is left."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Self

from tests.program import COMMAND, environment
from tui.core.secret import SecretStr
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.store.library import Library
from tui.store.retention import Bounds, Retention

_TURNS = 40
_MOST_REPORTED = 50
"""A sync is killed after it has reported so many calls at most, which are those of two or three commits."""
_LONGEST_S = 0.03
"""So long after the last of these at most, which is time enough for a commit or two."""
_TRANSACTION_S = 0.01
"""So long at most after a transaction has begun to write."""
_KILLS_A_SEARCH = 4
_PATIENCE_S = 3_600.0


class Killer:
    """The library under attack, and what was said of it.

    Args:
        home: Where it is.
        calls: How many calls the account has.
        seed: Of all that is random.

    Attributes:
        troubles: What is wrong.
    """

    def __init__(self, home: Path, calls: int, seed: int) -> None:
        self._home = home
        self._random = Random(seed)
        self._server = DemoServer(extra={f"call_{number:05}": _body(number) for number in range(calls)})
        self._calls = calls
        self._reported = set[str]()
        self._kills = self._searches = self._found = self._journals = 0
        self.troubles: list[str] = []

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)

    @property
    def _library(self) -> Path:
        return self._home / "omni-transcripts" / "library.db"

    @property
    def _journal(self) -> Path:
        """What a transaction writes first, and removes last."""
        return self._library.with_name("library.db-journal")

    def kill(self) -> None:
        """Start a sync, now and then beside a search, and kill it after some calls."""
        with ExitStack() as running:
            sync = running.enter_context(self._start("sync"))
            searches = self._kills % _KILLS_A_SEARCH == 0
            search = running.enter_context(self._start("search", "--json", "refund")) if searches else None
            assert sync.stdout is not None
            for _ in range(self._random.randrange(_MOST_REPORTED)):
                self._take(sync.stdout.readline())
            self._await_moment(sync)
            sync.send_signal(signal.SIGKILL)
            for line in sync.stdout:
                self._take(line)
            sync.wait()
            self._journals += self._journal.exists()
            if search is not None:
                self._await_search(search)
        self._kills += 1
        self._look()

    def _await_moment(self, sync: subprocess.Popen[bytes]) -> None:
        """Wait for a random moment; every other time for one in a transaction, if there is still one."""
        if self._kills % 2:
            limit_s = monotonic() + _PATIENCE_S
            while not self._journal.exists() and sync.poll() is None and monotonic() < limit_s:
                sleep(0)
        sleep(self._random.uniform(0, _TRANSACTION_S if self._kills % 2 else _LONGEST_S))

    def finish(self) -> None:
        """Let a last sync come to its end: all calls are there."""
        with self._start("sync") as sync:
            out, err = sync.communicate(timeout=_PATIENCE_S)
            for line in out.splitlines(keepends=True):
                self._take(line)
        if sync.returncode != 0:
            self.troubles.append(f"the last sync has ended with {sync.returncode}: {err.decode()}")
        self._look()
        if lost := {f"call_{number:05}" for number in range(self._calls)} - self._held():
            self.troubles.append(f"{len(lost)} calls never came, among them {min(lost)}")

    def summary(self) -> str:
        """What was done so far."""
        return (
            f"{self._kills} kills ({self._journals} in the middle of a transaction), {len(self._reported):,} calls "
            f"reported, {len(self._held()):,} there; {self._searches} searches beside them, {self._found:,} hits"
        )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        variables = {
            "PYAI_API_KEY": DEMO_KEY,
            "PYAI_BASE_URL": self._server.base_url,
            "XDG_STATE_HOME": str(self._home),
        }
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment(self._home, **variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def _take(self, line: bytes) -> None:
        """Take note of a call that was reported; a line without an end is none."""
        if line.endswith(b"\n") and line.startswith(b"call_"):
            self._reported.add(line.split()[0].decode())

    def _await_search(self, search: subprocess.Popen[bytes]) -> None:
        out, err = search.communicate(timeout=_PATIENCE_S)
        self._searches += 1
        self._found += out.count(b"\n")
        if search.returncode not in {0, 3}:
            self.troubles.append(f"a search has ended with {search.returncode}: {err.decode()}")

    def _look(self) -> None:
        """See that the library is whole, and has every call that was reported."""
        if self._library.exists():
            with closing(sqlite3.connect(self._library)) as database:
                verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                self.troubles.append(f"after {self._kills} kills: {verdict}")
        if lost := self._reported - self._held():
            self.troubles.append(f"after {self._kills} kills {len(lost)} calls are lost, among them {min(lost)}")
        if quarantined := [*self._library.parent.glob("*.damaged-*")]:
            self.troubles.append(f"after {self._kills} kills: {quarantined[0].name}")

    def _held(self) -> frozenset[str]:
        library = Library(self._library)
        account = library.account(self._server.base_url, SecretStr(DEMO_KEY))
        return frozenset() if account is None else library.held(account, Bounds(Retention(), 0)).whole


def _body(number: int) -> bytes:
    turns = [
        {"role": ("user", "assistant")[at % 2], "text": f"turn {at} of call {number}, about a refund",
         "start_ms": at * 4_000, "end_ms": at * 4_000 + 3_000}
        for at in range(_TURNS)
    ]  # fmt: skip
    return json.dumps({"turns": turns}).encode()
