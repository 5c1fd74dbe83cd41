"""``sync`` brings what is missing, waits when it is asked to, and says what came and what failed."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.canary import Answer, answering, told
from tests.program import COMMAND, Cli, environment
from tui.commands.sync import ProgressBar, ProgressLines
from tui.core.errors import ExitStatus, OutputError, UnreachableError
from tui.core.progress import Waiting
from tui.core.record import Call
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources.pace import Pace
from tui.sources.sync import Came, Found, Missed, SyncEvent
from tui.store.library import CachedCall, Library
from tui.store.lock import SYNC, locked

DAY_MS = 86_400_000
NEWEST_MS = 1_794_490_000_000
TRANSCRIPT = {"turns": [{"role": "user", "text": "hello"}]}


@pytest.fixture
def cli(cli: Cli) -> Cli:
    cli.set("PYAI_API_KEY", DEMO_KEY)
    return cli


def kept() -> set[str]:
    return {call.call_id for call in Library().inventory().calls if call.has_transcript}


def test_all_calls_come_once_with_their_records(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_BASE_URL", server.base_url)
    *lines, last = cli("sync").text.splitlines()
    assert last.endswith(" came, 0 were here, 2 have no transcript")
    ran = cli("export", "call_demo_failed", "--offline")
    assert "error: “engine_session_identity_missing: the session ended before any speech”" in ran.line
    assert {line.split()[0] for line in lines} == kept()
    assert any(line.startswith("call_demo_booking  ") and line.endswith("  38 turns") for line in lines)
    assert cli("sync").text == f"0 calls came, {len(lines)} were here, 2 have no transcript\n"
    ended = cli("--offline", "call_demo_booking")
    assert "user: Hi" in ended.out.decode() or "assistant:" in ended.out.decode()
    assert "dental-front-desk" in ended.out.decode()


def test_the_columns_of_the_lines_are_aligned_by_cells(cli: Cli) -> None:
    account = Account("c1", "c_later", "c3")
    for record, days in zip(account.records, (365, 400), strict=False):
        record["started_at"] = NEWEST_MS - days * DAY_MS
    del account.records[2]["started_at"]
    turns = [{"role": "user", "text": "so"}] * 12
    account.odd["omni/calls/c_later/transcript"] = [told({"call_id": "c_later", "transcript": {"turns": turns}})]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        *lines, _ = cli("sync").text.splitlines()
    assert sorted(re.sub(r"\d", "9", line) for line in lines) == [
        "c9                            9 turn",
        "c9       99 Nov 9999 99:99    9 turn",
        "c_later   9 Oct 9999 99:99   99 turns",
    ]


def test_label_since_and_limit_choose(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_BASE_URL", server.base_url)
    assert "1 call came" in cli("sync", "--label", "dental-front-desk").text
    assert kept() == {"call_demo_booking"}
    assert "1 call came, 1 was here" in cli("sync", "--limit", "1").text
    assert cli("sync", "--since", "2036-01-01").text == "0 calls came, 0 were here\n"
    assert "--limit 0 fetches nothing" in cli("sync", "--limit", "0").line
    assert cli("sync", "--since", "soon").status == ExitStatus.USAGE


@pytest.mark.parametrize("limit", [1, 3])
def test_with_a_limit_so_many_failed_calls_are_asked_for(cli: Cli, limit: int) -> None:
    account = Account(*(f"c{at}" for at in range(60)))
    for record in account.records[:50]:
        record |= {"status": "failed", "error": "no carrier"}
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        *_, last = cli("sync", "--limit", str(limit)).text.splitlines()
        assert last.partition(" came")[2].startswith(f", 0 were here, {limit} ha")
        newest = [*range(limit), *range(50, 50 + limit)]
        assert {name.split("/")[2] for name in account.asked if "omni/calls/" in name} == {f"c{at}" for at in newest}
        assert kept() == {f"c{at}" for at in range(50, 50 + limit)}
        account.asked.clear()
        *_, last = cli("sync", "--limit", str(limit)).text.splitlines()
        assert {name.split("/")[2] for name in account.asked if "omni/calls/" in name} == {
            f"c{at + limit}" for at in newest
        }
        assert last.endswith(f"{2 * limit} have no transcript")
    assert len(cli("calls", "--offline", "--json", "--status", "failed").text.splitlines()) == 50


class Account:
    """An account of some calls, each a day older than the one before, and how often each path was asked for."""

    def __init__(self, *call_ids: str) -> None:
        self.asked: list[str] = []
        self.odd: dict[str, list[Answer]] = {}
        self.records = [
            {"call_id": call_id, "status": "completed", "started_at": NEWEST_MS - at * DAY_MS, "created_at": 5}
            for at, call_id in enumerate(call_ids)
        ]

    def __call__(self, path: str) -> Answer:
        name = path.partition("?")[0].removeprefix("/v1/")
        self.asked.append(name)
        if self.odd.get(name):
            return self.odd[name].pop(0)
        if name == "omni/calls":
            return told({"data": self.records, "has_more": False})
        if name == "me":
            return told({"org_id": "org", "limits": {"rps": 1_000}})
        call_id = name.split("/")[2]
        if name.endswith("/transcript"):
            return told({"call_id": call_id, "transcript": TRANSCRIPT})
        return told(next(record for record in self.records if record["call_id"] == call_id))


def test_a_call_without_a_transcript_is_asked_for_once(cli: Cli) -> None:
    account = Account("c1", "c2")
    account.odd["omni/calls/c1/transcript"] = [told({}, 404)] * 2
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        assert cli("sync").text.splitlines()[-1] == "1 call came, 0 were here, 1 has no transcript"
        assert cli("sync").text == "0 calls came, 1 was here, 1 has no transcript\n"
    assert account.asked.count("omni/calls/c1/transcript") == 1


def test_records_of_calls_without_a_transcript_are_kept(cli: Cli) -> None:
    account = Account("c1", "c2", "c3")
    account.records[1] |= {"session_label": "support", "duration_s": 3, "summary": {"topic": "nobody spoke"}}
    account.records[2] |= {"status": "failed", "error": "no carrier"}
    account.odd["omni/calls/c2/transcript"] = [told({}, 404)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        for came in (1, 0):
            last = cli("sync").text.splitlines()[-1]
            counts = "1 call came, 0 were here" if came else "0 calls came, 1 was here"
            assert last == f"{counts}, 2 have no transcript"
        asked = account.asked[:]
        account.asked.clear()
        listed = [json.loads(line) for line in cli("calls", "--offline", "--json").text.splitlines()]
    assert account.asked == []
    assert [call["call_id"] for call in listed] == ["c1", "c2", "c3"]
    assert (listed[1]["label"], listed[1]["duration_s"]) == ("support", 3)
    assert listed[1]["summary"] == {"topic": "nobody spoke"}
    assert (listed[2]["status"], listed[2]["error"]) == ("failed", "no carrier")
    assert asked.count("omni/calls/c3") == 1
    assert "omni/calls/c3/transcript" not in asked
    assert [line.split()[-3:] for line in cli("calls", "--offline", "--status", "failed").text.splitlines()[1:]] == [
        ["c3", "no", "carrier"]
    ]
    ran = cli("export", "c3", "--offline")
    assert ran.status == ExitStatus.NOT_FOUND
    assert "this call had no transcript when it was fetched (status failed, error: “no carrier”)" in ran.line


def call_ids(lines: str) -> list[str]:
    """The ids of calls in lines of JSON."""
    return [json.loads(line)["call_id"] for line in lines.splitlines()]


def test_older_kept_calls_hide_none_without_a_time(cli: Cli) -> None:
    account = Account("timeless", "new", *(f"c{at}" for at in range(110)))
    del account.records[0]["started_at"], account.records[0]["created_at"]  # stands behind all others
    account.records[1]["started_at"] = time.time_ns() // 1_000_000 - DAY_MS
    for at, record in enumerate(account.records[2:]):
        record["started_at"] = 5 + at
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("sync")
    assert call_ids(cli("calls", "--offline", "--json", "--since", "7d").text) == ["new", "timeless"]


def test_kept_calls_without_a_start_stand_where_the_list_has_them(cli: Cli) -> None:
    account = Account("c5", "c4", "c3", "failed", "c1", "timeless")
    for record in account.records:
        record["created_at"] = record["started_at"]
    for at in (2, 3, 4, 5):
        del account.records[at]["started_at"]
    account.records[3]["status"] = "failed"
    del account.records[5]["created_at"]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("sync")
        online = call_ids(cli("calls", "--json").text)
        assert online == ["c5", "c4", "c3", "failed", "c1", "timeless"]
        for again in ("c3", "timeless", "c1"):
            assert call_ids(cli("calls", "--offline", "--json").text) == online
            kept = [call_id for call_id in online if call_id != "failed"]
            assert call_ids(cli("search", "hello", "--json").text) == kept
            assert call_ids(cli("export", "--all", "-f", "jsonl").text) == online
            assert "hello" in cli(again).text  # fetched again


def test_records_come_of_calls_that_were_known_to_have_no_transcript(cli: Cli) -> None:
    account = Account("c1")
    account.odd["omni/calls/c1/transcript"] = [told({}, 404)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("sync")
        with closing(sqlite3.connect(cli.home / "omni-transcripts" / "library.db")) as database, database:
            database.execute("DELETE FROM bare_record")  # as an earlier version leaves it
        assert cli("calls", "--offline").status == ExitStatus.NOT_FOUND
        assert cli("sync").text == "0 calls came, 0 were here, 1 has no transcript\n"
    assert "c1" in cli("calls", "--offline").text
    assert account.asked.count("omni/calls/c1/transcript") == 1


def test_a_server_that_asks_to_wait_is_left_alone_meanwhile(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(6)))
    limited = told({"error": {"code": "rate_limit_exceeded"}}, 429, Retry_After="1")
    account.odd["omni/calls/c0/transcript"] = [limited]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        begun = time.monotonic()
        ran = cli("sync")
    assert time.monotonic() - begun >= 1
    assert ran.status == ExitStatus.DONE
    assert ran.out.decode().splitlines()[-1] == "6 calls came, 0 were here"
    assert "trying again in 1 s" in ran.lines[0]


def test_a_limit_that_does_not_pass_ends_it(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(20)))
    account.odd["omni/calls/c0/transcript"] = [told({"error": {"code": "daily_cap_exceeded"}}, 429)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.UNREACHABLE
    assert "ended early: " in ran.lines[-1]
    assert sum(name.endswith("/transcript") for name in account.asked) < 12


def test_one_bad_call_leaves_the_others(cli: Cli) -> None:
    account = Account("c1", "c2", "c3")
    account.odd["omni/calls/c2/transcript"] = [told([1, 2])._replace(body=b"{")]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.BAD_ANSWER
    assert ran.out.decode().splitlines()[-1] == "2 calls came, 0 were here, 1 failed"
    assert ran.line.startswith("c2: ")
    assert kept() == {"c1", "c3"}


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refused_call_leaves_the_others(cli: Cli, status: int) -> None:
    account = Account("c1", "c2", "c\x01", "c3")
    account.odd["omni/calls/c1/transcript"] = [told({"error": {"code": "invalid"}}, status)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.out.decode().splitlines()[-1] == "2 calls came, 0 were here, 2 failed"
    assert any(line.startswith("c1: ") for line in ran.lines)
    assert kept() == {"c2", "c3"}


def test_answers_in_between_are_no_failures_in_a_row(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(30)))
    for at in range(0, 30, 2):
        account.odd[f"omni/calls/c{at}/transcript"] = [told([1, 2])._replace(body=b"{")]
        account.odd[f"omni/calls/c{at + 1}/transcript"] = [told({}, 404)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.out.decode().splitlines()[-1] == "0 calls came, 0 were here, 15 have no transcript, 15 failed"


def test_a_long_call_that_has_just_ended_is_asked_for_again(cli: Cli) -> None:
    now_ms = round(time.time() * 1000)
    account = Account("c1")
    account.records[0] |= {"started_at": now_ms - 2 * 3_600_000, "created_at": now_ms}
    account.odd["omni/calls/c1/transcript"] = [told({}, 404)]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        assert cli("sync").text.splitlines()[-1] == "0 calls came, 0 were here, 1 has no transcript"
        assert cli("sync").text.splitlines()[-1] == "1 call came, 0 were here"


async def test_a_pause_holds_up_those_who_wait_already() -> None:
    passed_s = list[float]()
    now_s = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now_s
        if not passed_s:
            pace.pause(5.0)  # a server asks for it meanwhile
            passed_s.append(0.0)
        now_s += seconds

    pace = Pace(0.2, lambda: now_s, sleep)
    await pace.turn()
    await pace.turn()
    assert now_s >= 5.0


def test_a_refused_key_ends_it_at_once(cli: Cli) -> None:
    with answering(lambda path: told({"error": {"code": "insufficient_scope"}}, 403)) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.REFUSED
    assert "omni:read" in ran.line


def test_a_disk_without_room_ends_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise OutputError("the disk is full")

    monkeypatch.setattr(Library, "keep_all", refuse)
    account = Account(*(f"c{at}" for at in range(30)))
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.OUTPUT
    assert "ended early: the disk is full" in ran.line
    assert sum(name.endswith("/transcript") for name in account.asked) < 12


def test_a_call_that_cannot_be_stored_leaves_the_others(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Library.keep_all

    def refuse(library: Library, account: Any, calls: Sequence[tuple[CachedCall, bytearray]]) -> None:
        if any(call.call_id == "c7" for call, _ in calls):
            raise OutputError("a number is too large")
        keep(library, account, calls)

    monkeypatch.setattr(Library, "keep_all", refuse)
    account = Account(*(f"c{at}" for at in range(30)))
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.out.decode().splitlines()[-1] == "29 calls came, 0 were here, 1 failed"
    assert ran.line == "c7: a number is too large"
    assert kept() == {f"c{at}" for at in range(30)} - {"c7"}


def test_calls_that_fail_for_one_reason_are_told_with_it_once(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Library.keep_all

    def refuse(library: Library, account: Any, calls: Sequence[tuple[CachedCall, bytearray]]) -> None:
        if any(call.call_id in {"c7", "c19"} for call, _ in calls):
            raise OutputError("a number is too large")
        keep(library, account, calls)

    monkeypatch.setattr(Library, "keep_all", refuse)
    with answering(Account(*(f"c{at}" for at in range(30)))) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.line in {"c7, c19: a number is too large", "c19, c7: a number is too large"}


def too_large(cli: Cli) -> Account:
    """An account of nine calls, of which a library of ``small.toml`` holds three."""
    large = told({"call_id": "x", "transcript": {"turns": [{"role": "user", "text": "x" * 5_000_000}]}})
    account = Account(*(f"c{at}" for at in range(9)))
    for at in range(9):
        body = large.body.replace(b'"call_id": "x"', b'"call_id": "c%d"' % at)
        account.odd[f"omni/calls/c{at}/transcript"] = [large._replace(body=body)]
    (cli.home / "small.toml").write_text("cache_mib = 32\n")
    return account


def test_a_library_that_fails_behind_a_stored_call_fails_no_call(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    look, looks = Library.held, iter(range(9))

    def held(library: Library, *rest: Any) -> Any:
        if next(looks):
            raise OutputError("the disk is gone")
        return look(library, *rest)

    monkeypatch.setattr(Library, "held", held)
    with answering(too_large(cli)) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync", "--config", "small.toml")
    assert ran.status == ExitStatus.OUTPUT
    assert "ended early: the disk is gone" in ran.lines[-1]
    assert "failed" not in ran.out.decode()


def test_older_calls_are_left_out_of_a_full_library(cli: Cli) -> None:
    account = too_large(cli)
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync", "--config", "small.toml")
        assert ran.status == ExitStatus.DONE
        assert ran.line == "the library is full: older calls are left out"
        assert kept() == {"c0", "c1", "c2"}
        *lines, last = ran.out.decode().splitlines()
        assert re.fullmatch(r"3 calls came, \d did not fit, 0 were here", last)
        assert kept() <= {line.split()[0] for line in lines}
        account.asked.clear()
        ran = cli("sync", "--config", "small.toml")
    assert ran.out == b"0 calls came, 3 were here\n"
    assert ran.line == "the library is full: older calls are left out"
    assert not [name for name in account.asked if name.endswith("/transcript")]


def test_calls_that_are_too_old_to_be_kept_are_not_fetched(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(5)))
    now_ms = time.time_ns() // 1_000_000
    for at, record in enumerate(account.records):
        record["started_at"] = now_ms - at * 10 * DAY_MS
    (cli.home / "short.toml").write_text("cache_days = 15\n")
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        for counts in ("2 calls came, 0 were here", "0 calls came, 2 were here"):
            ran = cli("sync", "--config", "short.toml")
            assert ran.out.decode().splitlines()[-1] == counts
            assert ran.line == "calls older than 15 days are left out (cache_days)"
        assert kept() == {"c0", "c1"}
        assert sum(name.endswith("/transcript") for name in account.asked) == 2
        (cli.home / "long.toml").write_text("cache_days = 90\n")
        ran = cli("sync", "--config", "long.toml")
    assert (ran.err, "3 calls came" in ran.out.decode()) == (b"", True)


GOING = "the library holds at most 2,048 MiB and 30 days: its oldest calls go, those with a mark stay"


@pytest.fixture
def aged(cli: Cli) -> Iterator[Account]:
    """An account of calls that are 0, 20 and 40 days old; ``short.toml`` keeps those of 30 days."""
    account = Account("c0", "c1", "c2")
    for at, record in enumerate(account.records):
        record["started_at"] = time.time_ns() // 1_000_000 - at * 20 * DAY_MS
    (cli.home / "short.toml").write_text("cache_days = 30\n")
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        yield account


def test_calls_that_are_too_old_by_now_are_removed_and_counted(cli: Cli, aged: Account) -> None:
    cli("sync")
    ran = cli("sync", "--config", "short.toml")
    assert ran.out == b"0 calls came, 2 were here, 1 removed\n"
    assert ran.lines == [GOING, "calls older than 30 days are left out (cache_days)"]
    assert kept() == {"c0", "c1"}
    ran = cli("sync", "--config", "short.toml")
    assert ran.out == b"0 calls came, 2 were here\n"


def test_a_call_that_is_too_old_is_not_kept_when_it_is_opened(cli: Cli, aged: Account) -> None:
    for notices in ([GOING], []):
        ran = cli("c2", "--config", "short.toml")
        assert (ran.status, b"hello" in ran.out, ran.lines) == (ExitStatus.DONE, True, notices)
        assert cli("c1", "--config", "short.toml").status == ExitStatus.DONE
        assert kept() == {"c1"}


def test_old_calls_without_a_start_or_a_transcript_are_asked_for_once(cli: Cli) -> None:
    account = Account("silent", "failed")
    account.odd["omni/calls/silent/transcript"] = [told({}, 404)] * 2
    for record in account.records:
        del record["started_at"]
        record["created_at"] = time.time_ns() // 1_000_000 - 100 * DAY_MS
    account.records[1]["status"] = "failed"
    (cli.home / "short.toml").write_text("cache_days = 30\n")
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync", "--config", "short.toml")
        assert ran.line == "calls older than 30 days are left out (cache_days)"
        assert "omni/calls/failed" not in account.asked
        account.asked.clear()
        assert cli("sync", "--config", "short.toml").out == b"0 calls came, 0 were here, 1 has no transcript\n"
    assert account.asked == ["me", "omni/calls"]


def test_a_call_that_goes_by_age_does_not_end_a_sync(cli: Cli) -> None:
    now_ms = time.time_ns() // 1_000_000
    account = Account("old", "c1", "c2")
    for record in account.records:
        del record["started_at"]
    account.records[0] |= {"started_at": now_ms - 29 * DAY_MS, "status": "failed"}
    records, account.records = account.records, account.records[:1]
    (cli.home / "short.toml").write_text("cache_days = 30\n")
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("sync", "--config", "short.toml")
        with closing(sqlite3.connect(cli.home / "omni-transcripts" / "library.db")) as database, database:
            database.execute("UPDATE bare_record SET started_at_ms = started_at_ms - ?", (2 * DAY_MS,))  # days pass
        account.records = records[1:]
        ran = cli("sync", "--config", "short.toml")
    assert ran.out.decode().splitlines()[-1] == "2 calls came, 0 were here, 1 removed"
    assert ran.lines == [GOING]
    assert [call.call_id for call in Library().inventory().calls if not call.has_transcript] == []


NO_JSON = Answer(b"not JSON")


def test_a_call_without_a_transcript_whose_record_is_no_json_is_counted_once(cli: Cli) -> None:
    account = Account("c0", "c1", "c2")
    account.records[2]["status"] = "failed"
    account.odd = {"omni/calls/c1/transcript": [told({}, 404)] * 3}
    account.odd |= {"omni/calls/c1": [NO_JSON] * 2, "omni/calls/c2": [NO_JSON] * 2}
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        for counts in ("1 call came, 0 were here", "0 calls came, 1 was here"):
            ran = cli("sync")
            assert (ran.status, ran.err) == (ExitStatus.DONE, b"")
            assert ran.out.decode().splitlines()[-1] == f"{counts}, 2 have no transcript"
        assert [json.loads(line)["call_id"] for line in cli("calls", "--offline", "--json").text.splitlines()] == [
            "c0", "c1", "c2",
        ]  # fmt: skip
        cli("sync")  # by now the records can be read
        account.asked.clear()
        assert cli("sync").text == "0 calls came, 1 was here, 2 have no transcript\n"
    assert account.asked == ["me", "omni/calls"]


def test_a_call_is_told_once(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    account = Account("c0", "c1", "c2", "c3")
    for at in (0, 1):
        account.odd[f"omni/calls/c{at}/transcript"] = [told({}, 404)]
    account.odd["omni/calls/c0"] = [NO_JSON]
    account.odd["omni/calls/c1"] = [told({"error": {"code": "insufficient_scope"}}, 403)]
    told_of = list[str]()

    def take(_: ProgressLines, event: SyncEvent) -> None:
        if isinstance(event, Came | Missed):
            told_of.append(event.call.call_id)

    monkeypatch.setattr(ProgressLines, "take", take)
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.REFUSED
    assert ran.out.endswith(b", 1 has no transcript, 1 failed\n")
    assert sorted(told_of)[:2] == ["c0", "c1"]
    assert len(told_of) == len(set(told_of))


def test_records_in_between_are_no_failures_in_a_row(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(81)))
    account.records[40]["status"] = "failed"
    account.odd = {f"omni/calls/c{at}/transcript": [NO_JSON] for at in range(81)}
    account.odd["omni/calls"] = [told({"data": account.records[:41], "has_more": True, "next_cursor": "more"})]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.out.decode().splitlines()[-1] == "0 calls came, 0 were here, 1 has no transcript, 80 failed"


def test_records_that_the_server_fails_to_send_end_it(cli: Cli) -> None:
    account = Account(*(f"c{at}" for at in range(20)))
    for record in account.records:
        record["status"] = "failed"
        account.odd[f"omni/calls/{record['call_id']}"] = [told({}, 500, Retry_After="999")] * 9
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        ran = cli("sync")
    assert ran.status == ExitStatus.UNREACHABLE
    assert "ended early: " in ran.lines[-1]
    assert len(account.asked) < 12


def test_without_a_library_there_is_nothing_to_sync(cli: Cli) -> None:
    (cli.home / "none.toml").write_text("cache = false\n")
    ran = cli("sync", "--config", "none.toml")
    assert (ran.status, "nothing is kept" in ran.line) == (ExitStatus.USAGE, True)


def test_a_second_sync_ends(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_BASE_URL", server.base_url)
    with locked(SYNC) as is_held:
        assert is_held
        ran = cli("sync")
        assert (ran.status, ran.out, ran.line) == (0, b"", "another sync is running; this one ends")
    assert cli("sync").status == ExitStatus.DONE
    assert (cli.home / "omni-transcripts" / SYNC).stat().st_mode & 0o777 == 0o600


class Leisurely(Account):
    """An account whose rate makes a sync of many calls last for a while."""

    def __call__(self, path: str) -> Answer:
        return told({"org_id": "org", "limits": {"rps": 8}}) if path == "/v1/me" else super().__call__(path)


def test_beside_a_sync_others_search_and_clear_but_do_not_sync(cli: Cli) -> None:
    variables = {"PYAI_API_KEY": DEMO_KEY, "XDG_STATE_HOME": str(cli.home)}
    with answering(Leisurely(*(f"c{at}" for at in range(200)))) as url:
        cli.set("PYAI_BASE_URL", url)
        begun = environment(cli.home, PYAI_BASE_URL=url, **variables)
        with subprocess.Popen([*COMMAND, "sync"], env=begun, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sync:
            try:
                assert sync.stdout is not None
                first = sync.stdout.readline().split()[0].decode()
                assert cli("sync").line == "another sync is running; this one ends"
                assert f'"call_id": "{first}"' in cli("search", "--json", "hello").text
                ran = cli("cache", "clear")
                assert ran.status == ExitStatus.OUTPUT
                assert ran.line == "a sync is running: its lock stays, and what it fetches from now on is kept again"
                assert b"library.db" in ran.out
                assert cli("sync").line == "another sync is running; this one ends"
                later = [sync.stdout.readline() for _ in range(9)][-1].split()[0].decode()
                assert later in kept()
            finally:
                sync.kill()
    assert b"sync.lock" in cli("cache", "clear").out
    assert cli("cache", "clear").text == "There was nothing to remove.\n"


def test_a_lock_of_a_removed_file_is_worth_nothing(cli: Cli) -> None:
    path = cli.home / "omni-transcripts" / SYNC
    with locked(SYNC) as is_held:
        assert is_held
        path.unlink()
        with locked(SYNC) as is_held_too:
            assert is_held_too
            assert path.exists()


def test_the_lock_of_a_dead_process_does_not_hold(cli: Cli) -> None:
    program = "from tui.store.lock import SYNC, locked\nimport time\nwith locked('sync.lock') as held:\n"
    program += "    print(held, flush=True)\n    time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment(cli.home, XDG_STATE_HOME=str(cli.home)), stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        with locked(SYNC) as is_held:
            assert not is_held
        holder.send_signal(signal.SIGKILL)
    with locked(SYNC) as is_held:
        assert is_held


def linked(path: Path) -> None:
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize("odd", [linked, Path.mkdir])
def test_a_lock_file_that_is_none_is_refused(cli: Cli, odd: Callable[[Path], None]) -> None:
    (cli.home / "omni-transcripts").mkdir()
    odd(cli.home / "omni-transcripts" / SYNC)
    ran = cli("sync")
    assert (ran.status, "sync.lock cannot be used" in ran.line) == (ExitStatus.OUTPUT, True)


def test_the_bar_says_how_far_it_is() -> None:
    bar = ProgressBar()
    bar.take(Found([Call(f"c{at}") for at in range(8)]))
    assert bar.line() == "--------------------   0 of 8   "
    for at in range(4):
        bar.take(Came(Call(f"c{at}"), 3))
    bar.take(Missed(Call("c\x1b[2J"), UnreachableError("no")))
    assert bar.line() == "############--------   5 of 8   1 failed   c␛"
    bar.take(Waiting(UnreachableError("busy"), 30.0, 2, 3))
    assert bar.line().endswith("busy; going on in 30 s")
    assert json.dumps(bar.line()).isprintable()


def test_a_list_that_ends_early_gives_a_status(cli: Cli) -> None:
    account = Account("c1")
    listed = account("/v1/omni/calls")
    account.odd["omni/calls"] = [told({**json.loads(listed.body), "has_more": True, "next_cursor": None})]
    with answering(account) as url:
        cli.set("PYAI_BASE_URL", url)
        done = cli("sync")
    assert (done.status, kept()) == (ExitStatus.BAD_ANSWER, {"c1"})
    assert "the server has more calls, but does not say where" in done.err.decode()


def test_an_id_that_no_call_can_have_is_no_wrong_usage(cli: Cli) -> None:
    with answering(Account("c1", "x" * 300)) as url:
        cli.set("PYAI_BASE_URL", url)
        done = cli("sync")
    assert (done.status, kept()) == (ExitStatus.BAD_ANSWER, {"c1"})
    assert "the server lists what is no call: the call id has 300 characters" in done.err.decode()
