"""The library hands a call to nobody but its account, and survives whatever becomes of its file."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.program import environment
from tests.store.stored import stored_calls
from tui.core.errors import OutputError
from tui.core.search import parse_query
from tui.core.secret import SecretStr
from tui.sources.library_search import LibrarySearch, SearchBounds, SearchProgress
from tui.store import records
from tui.store.accounts import Account, read_rows
from tui.store.library import CachedCall, Library, RecentCall
from tui.store.listing import AT_MS, NEWEST_FIRST, Wanted
from tui.store.records import FIRST, NewRecord
from tui.store.retention import Bounds, Retention, StoredCall

URL = "https://api.pyai.com"
KEY = SecretStr("pyai_live_of_somebody")
MOST = 2**20
BOUNDS = Bounds(Retention(), 0)
BARE = NewRecord("bare", 1_000, "a label", 500, b'{"status": "completed"}')
HELLO = CachedCall("c1", 1_000, b'{"transcript": "hello"}', b'{"status": "completed"}', "a label", 500)
SMALL_DISK = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
SMALL_DISK += "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
SMALL_DISK += "import sys; sys.dont_write_bytecode = True\n"  # it would be cut, and every later run fail


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture
def library(path: Path) -> Library:
    return Library(path)


def filled(path: Path, *copies: CachedCall) -> Account:
    library = Library(path)
    account = library.new_account(URL, KEY)
    for copy in copies or (HELLO,):
        library.keep_all(account, [(copy, b"hello\x01there")])
    return account


def names_in(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def test_no_file_is_created_before_a_call_is_stored(library: Library, path: Path) -> None:
    assert library.account(URL, KEY) is None
    assert library.find(Account(URL, "x"), "c1", MOST) is None
    assert library.recent(Account(URL, "x"), 9) == []
    assert stored_calls(library, Account(URL, "x")) == []
    assert not path.parent.exists()


def test_a_stored_call_is_found_unchanged(library: Library, path: Path) -> None:
    account = filled(path)
    assert library.account(URL, KEY) == account
    assert library.find(account, "c1", MOST) == HELLO
    assert library.find(account, "c2", MOST) is None
    assert library.find(account, "c1", 5) == HELLO._replace(source=b"")
    (said,) = stored_calls(library, account)
    assert (said.call_id, said.label, said.started_at_ms, said.cached_ms) == ("c1", "a label", 500, 1_000)
    assert said.texts == ["hello", "there"]


def test_a_call_fetched_again_is_stored_once(library: Library, path: Path) -> None:
    account = filled(path)
    assert library.renew(account, [CachedCall("c1", 2_000, HELLO.source)]) == []
    assert library.find(account, "c1", MOST) == HELLO._replace(cached_ms=2_000)
    assert library.renew(account, [CachedCall("c1", 3_000, b"longer")])
    assert library.renew(account, [CachedCall("c2", 3_000, HELLO.source)])
    library.keep_all(account, [(CachedCall("c1", 4_000, b"longer"), b"longer")])
    assert [(said.cached_ms, said.texts) for said in stored_calls(library, account)] == [(4_000, ["longer"])]


def test_the_call_fetched_last_comes_first(library: Library, path: Path) -> None:
    account = filled(path, *(HELLO._replace(call_id=f"c{at}", cached_ms=at) for at in (2, 3, 1)))
    assert [said.call_id for said in stored_calls(library, account)] == ["c3", "c2", "c1"]


def test_a_slow_search_blocks_no_writer(library: Library, path: Path) -> None:
    account = filled(path, HELLO, HELLO._replace(call_id="c2"))
    with library.searching(account) as session:
        assert session is not None
        calls = session.passages(session.calls(), None)
        next(calls)
        library.keep_all(account, [(HELLO._replace(call_id="c3"), b"meanwhile")])
        assert len(list(calls)) == 1
    assert len(stored_calls(library, account)) == 3


@pytest.mark.parametrize("other", [(URL, SecretStr("another_key")), ("https://elsewhere.example", KEY)])
def test_another_account_finds_nothing(library: Library, path: Path, other: tuple[str, SecretStr]) -> None:
    filled(path)
    account = library.new_account(*other)
    assert library.find(account, "c1", MOST) is None
    assert stored_calls(library, account) == []


def test_the_key_of_a_named_account_may_change(library: Library, path: Path) -> None:
    unnamed = filled(path)
    named = library.name(unnamed, "org")
    assert library.account(URL, KEY) == named == Account(URL, "org", is_named=True)
    assert library.find(named, "c1", MOST) == HELLO
    assert library.find(unnamed, "c1", MOST) == HELLO
    new_key = SecretStr("the_next_key")
    library.keep_all(library.new_account(URL, new_key), [(HELLO._replace(cached_ms=9), b"newer")])
    assert library.name(library.new_account(URL, new_key), "org") == named
    assert [said.texts for said in stored_calls(library, named)] == [["newer"]]
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM body").fetchone() == (1,)


def test_the_key_is_not_in_the_file(path: Path) -> None:
    filled(path)
    key = KEY.get_secret_value().encode()
    assert key not in path.read_bytes()
    assert all(key[at : at + 8] not in path.read_bytes() for at in range(len(key) - 8))


def test_fingerprints_differ_between_machines(tmp_path: Path) -> None:
    one, other = (Library(tmp_path / name / "library.db").new_account(URL, KEY) for name in "ab")
    assert one.name != other.name


def test_the_calls_fetched_last_are_listed(library: Library, path: Path) -> None:
    hostile = "\x1b[2J\u202e../.."
    calls = (HELLO._replace(call_id="c1", cached_ms=5, turns=38), CachedCall(hostile, 9, b"[]", label=hostile, turns=0))
    account = filled(path, *calls, HELLO._replace(call_id="c3", cached_ms=1))
    assert library.recent(account, 2) == [RecentCall(hostile, hostile, None, 0), RecentCall("c1", "a label", 500, 38)]
    assert library.recent(library.new_account(URL, SecretStr("another_key")), 2) == []
    library.renew(account, [HELLO._replace(call_id="c3", cached_ms=10)])
    assert [call.call_id for call in library.recent(account, 9)] == ["c3", hostile, "c1"]


def all_listed(library: Library, account: Account, label: str | None = None, most: int = 2) -> list[str]:
    """The ids of all calls, page by page."""
    found, place = list[str](), FIRST
    while True:
        calls, behind = library.listed(account, label, place, most)
        found += [call.call_id for call in calls]
        assert len(calls) == most or behind is None
        if behind is None:
            return found
        place = behind


def test_a_record_that_another_instance_removes_meanwhile_is_left_out(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = library.new_account(URL, KEY)
    bare = [BARE._replace(call_id=f"bare {number}", started_at_ms=number) for number in range(4)]
    library.keep_records(account, bare, BOUNDS, replaces=True)
    look = records._row

    def removed_meanwhile(database: sqlite3.Connection, place: records.RecordPlace) -> tuple[object, ...] | None:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM bare_record WHERE call_id = 'bare 2'")
        return look(database, place)

    monkeypatch.setattr(records, "_row", removed_meanwhile)
    calls, _ = library.listed(account, None, FIRST, 10)
    assert [call.call_id for call in calls] == ["bare 3", "bare 1", "bare 0"]


def test_records_of_calls_without_a_transcript_are_listed_among_the_others(library: Library, path: Path) -> None:
    account = filled(path, *(HELLO._replace(call_id=f"c{at}", started_at_ms=at) for at in range(0, 20, 2)))
    bare = [BARE._replace(call_id=f"c{at}", started_at_ms=at, label="odd") for at in range(1, 20, 2)]
    library.keep_records(account, bare, BOUNDS, replaces=True)
    library.keep_records(account, [BARE._replace(call_id="no start", started_at_ms=None)], BOUNDS, replaces=True)
    by_start = [*(f"c{at}" for at in range(19, -1, -1)), "no start"]
    assert [all_listed(library, account, most=most) for most in (1, 2, 7, 21, 100)] == [by_start] * 5
    assert all_listed(library, account, "odd") == by_start[:-1:2]
    assert all_listed(library, library.new_account(URL, SecretStr("another_key"))) == []
    assert library.record(account, "c3") == CachedCall("c3", 1_000, b"", BARE.record, "odd", 3)
    assert library.record(account, "c4") == HELLO._replace(call_id="c4", source=b"", started_at_ms=4)
    assert library.record(account, "c20") is None


def test_without_a_start_the_creation_orders_calls_and_those_without_times_come_last(
    library: Library, path: Path
) -> None:
    timeless = HELLO._replace(started_at_ms=None)
    account = filled(
        path,
        HELLO._replace(call_id="c2", started_at_ms=2, created_at_ms=9_000),
        timeless._replace(call_id="c3", created_at_ms=3),
        timeless._replace(call_id="c1", created_at_ms=1),
        timeless._replace(call_id="fetched first", cached_ms=5_000),
        timeless._replace(call_id="fetched last", cached_ms=7_000),
    )
    bare = [BARE._replace(call_id="bare", started_at_ms=None, cached_ms=6_000)]
    library.keep_records(account, bare, BOUNDS, replaces=True)
    listed = ["c3", "c2", "c1", "fetched last", "bare", "fetched first"]
    for _ in range(2):
        assert [all_listed(library, account, most=most) for most in (1, 2, 4, 100)] == [listed] * 4
        with_transcript = [call_id for call_id in listed if call_id != "bare"]
        assert library.ids(account, Wanted()) == listed
        assert [call.call_id for call in stored_calls(library, account)] == with_transcript
        assert library.renew(account, [timeless._replace(call_id="c1", cached_ms=9_000)]) == []


def test_an_index_has_the_order_of_the_calls(path: Path) -> None:
    filled(path)
    orders = {
        "kept": f"SELECT id FROM kept WHERE base_url = ? AND account = ? ORDER BY {NEWEST_FIRST}",
        "bare_record": "SELECT id FROM bare_record WHERE base_url = ? AND account = ? "
        f"AND {AT_MS['bare_record']} <= 1 ORDER BY {AT_MS['bare_record']} DESC, id DESC",
    }
    with closing(sqlite3.connect(path)) as database:
        for table, order in orders.items():
            steps = [str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {order}", ("", ""))]
            index = {"kept": "kept_by_time", "bare_record": "bare_by_time"}[table]
            assert len(steps) == 1
            assert index in steps[0]


def test_a_record_goes_when_the_transcript_is_stored_and_does_not_come_back(library: Library, path: Path) -> None:
    account = library.new_account(URL, KEY)
    library.keep_records(account, [BARE], BOUNDS, replaces=True)
    library.keep_records(account, [BARE._replace(record=b"{}")], BOUNDS, replaces=False)
    assert library.record(account, "bare") == HELLO._replace(call_id="bare", source=b"")
    library.keep_records(account, [BARE._replace(record=b"{}")], BOUNDS, replaces=True)
    assert library.record(account, "bare") == HELLO._replace(call_id="bare", source=b"", record=b"{}")
    library.keep_all(account, [(HELLO._replace(call_id="bare"), b"hello")])
    library.keep_records(account, [BARE._replace(record=b"{}")], BOUNDS, replaces=True)
    assert all_listed(library, account) == ["bare"]
    assert library.record(account, "bare") == HELLO._replace(call_id="bare", source=b"")


def test_what_is_stored_is_found_though_its_owner_becomes_known_meanwhile(library: Library, path: Path) -> None:
    early = filled(path)
    library.mark(early, "c1", 2, is_marked=True)
    library.name(early, "org")
    library.mark(early, "c1", 4, is_marked=True)
    library.keep_all(early, [(HELLO._replace(call_id="c2"), b"hello")])
    library.keep_records(early, [BARE], BOUNDS, replaces=True)
    assert library.marks(early, "c1") == {2, 4}
    assert library.find(early, "c1", MOST) == HELLO
    assert library.kept_among(early, ["c1", "c2", "c3"]) == {"c1", "c2"}
    assert sorted(library.ids(early, Wanted())) == ["bare", "c1", "c2"]
    assert {call.call_id for call in library.recent(early, 5)} == {"c1", "c2"}
    assert {call.call_id for call in library.listed(early, None, FIRST, 5)[0]} == {"bare", "c1", "c2"}
    assert library.record(early, "bare") is not None
    assert library.renew(early, [HELLO]) == []
    assert library.held(early, BOUNDS).whole == {"c1", "c2"}
    assert {call.call_id for call in stored_calls(library, early)} == {"c1", "c2"}
    assert library.account(URL, KEY) == Account(URL, "org", is_named=True)


def test_rows_that_move_while_they_are_read_are_read_again(library: Library, path: Path) -> None:
    early = filled(path)
    read = list[tuple[str, str]]()

    def named_meanwhile(name: tuple[str, str]) -> int:
        read.append(name)
        library.name(early, "org")
        return len(read)

    with closing(sqlite3.connect(path)) as database:
        assert read_rows(database, early, named_meanwhile) == 2
        assert read_rows(database, early, named_meanwhile) == 3
    assert read == [early[:2], (URL, "org"), (URL, "org")]


def test_the_call_that_is_spared_stays_though_its_owner_becomes_known_meanwhile(library: Library, path: Path) -> None:
    early = filled(path, HELLO._replace(call_id="wanted"), HELLO._replace(call_id="newer", started_at_ms=900))
    bounds = Bounds(Retention(max_bytes=0), 0, StoredCall(early.base_url, early.name, "wanted"))
    library.name(early, "org")
    assert [one.call_id for one in library.trim(bounds)] == ["newer"]


def test_records_move_to_the_owner_of_the_key(library: Library, path: Path) -> None:
    unnamed = library.new_account(URL, KEY)
    named = library.name(library.new_account(URL, SecretStr("another_key")), "org")
    library.keep_all(named, [(HELLO, b"hello")])
    library.keep_records(unnamed, [BARE, BARE._replace(call_id="c1")], BOUNDS, replaces=True)
    assert library.name(unnamed, "org") == named
    assert all_listed(library, named) == ["c1", "bare"]
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM bare_record").fetchone() == (1,)


def test_records_are_left_out_that_the_bounds_would_remove(library: Library, path: Path) -> None:
    account = library.new_account(URL, KEY)
    old, new = BARE._replace(call_id="old"), BARE._replace(call_id="new", started_at_ms=10**12)
    bounds = Bounds(Retention(max_days=2), 10**12)
    library.keep_records(account, [old, new], bounds, replaces=True)
    assert all_listed(library, account) == ["new"]
    library.keep_records(account, [old], bounds._replace(spared=StoredCall(*account[:2], "old")), replaces=True)
    assert all_listed(library, account) == ["new", "old"]


@pytest.mark.parametrize("poison", ["call_id = x'00'", "kept_ms = 'soon'", "record = 'text'", "label = x'07'"])
def test_an_invalid_record_is_ignored(library: Library, path: Path, poison: str) -> None:
    account = library.new_account(URL, KEY)
    library.keep_records(account, [BARE], BOUNDS, replaces=True)
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE bare_record SET {poison}")
    assert library.record(account, "bare") is None
    assert all_listed(library, account) == []
    assert [call.call_id for call in library.inventory().calls] == (["bare"] if poison.startswith("record") else [])


def test_the_library_and_its_journal_are_private(path: Path) -> None:
    seen: list[int] = []
    database = None
    filled(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE kept SET kept_ms = 2")
    seen = [stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()]
    database.execute("ROLLBACK")
    assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    database.close()
    assert seen == [0o600, 0o600]
    assert names_in(path.parent) == ["library.db"]


def test_an_empty_file_is_initialised_in_place(library: Library, path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert library.account(URL, KEY) is None
    assert library.find(filled(path), "c1", MOST) == HELLO
    assert library.quarantined is None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_damage_raises_only_our_errors(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("library") / "library.db"
    account = filled(path, *(HELLO._replace(call_id=f"c{at}", source=b"x" * 3_000) for at in range(4)))
    whole = bytearray(path.read_bytes())
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1)):
        whole[at] = value
    path.write_bytes(whole[: data.draw(st.integers(len(whole) // 2, 2 * len(whole)))])
    library = Library(path)
    with suppress(OutputError):
        library.find(account, "c1", MOST)
    with suppress(OutputError):
        stored_calls(library, account)
    with suppress(OutputError):
        library.keep_all(library.new_account(URL, KEY), [(HELLO, b"hello")])


READS: tuple[Callable[[Library, Account], object], ...] = (
    lambda library, account: library.find(account, "c1", MOST),
    lambda library, account: library.record(account, "c1"),
    lambda library, account: library.listed(account, None, FIRST, 10),
    lambda library, account: library.ids(account, Wanted()),
    lambda library, account: library.recent(account, 10),
    lambda library, account: library.marks(account, "c1"),
    lambda library, account: library.held(account, BOUNDS),
    lambda library, account: library.inventory(),
    lambda library, account: library.trim(BOUNDS),
    lambda library, account: library.advance(),
    stored_calls,
    lambda library, account: _search(library, account, "hello"),
    lambda library, account: _search(library, account, "h"),
    lambda library, account: library.keep_all(library.new_account(URL, KEY), [(HELLO, b"hello")]),
    lambda library, account: library.mark(account, "c1", 0, is_marked=True),
)


@pytest.mark.parametrize("use", READS)
def test_damaged_keys_in_the_schema_raise_only_our_errors(
    path: Path, use: Callable[[Library, Account], object]
) -> None:
    account = filled(path, *(HELLO._replace(call_id=f"c{number}") for number in range(4)))
    whole = path.read_bytes()
    keys = [found.start() for found in re.finditer(b"(?<=INTEGER PRIM)ARY KEY", whole)]
    assert len(keys) > 3
    for at in keys:  # the number of a table becomes an ordinary column, without a value in any row
        path.write_bytes(whole[:at] + b" " + whole[at + 1 :])
        with suppress(OutputError):
            use(Library(path), account)


def _search(library: Library, account: Account, words: str) -> None:
    with library.searching(account) as session:
        if session is not None:
            query, bounds = parse_query(words), SearchBounds(calls=1)
            list(LibrarySearch(session, query, bounds, SearchProgress(), lambda _: None).run())


@pytest.mark.parametrize("table", ["unfolded", "kept", "passage"])
def test_a_search_ends_early_in_a_damaged_table(library: Library, path: Path, table: str) -> None:
    account = filled(path)
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with library.searching(account) as session:
        assert session is not None
        _ = list(session.passages(session.calls(), None)), session.few_passages(session.calls(), for_a_string=True)
    assert library.quarantined is not None


@pytest.mark.parametrize(
    "poison",
    [
        "call_id = x'00'",
        "kept_ms = 'soon'",
        "source = 'text'",
        "record = 'text'",
        "label = x'07'",
        "said = 'text'",
    ],
)
def test_an_invalid_row_is_ignored(library: Library, path: Path, poison: str) -> None:
    account = filled(path)
    with sqlite3.connect(path) as database:
        table = "body" if poison.startswith(("source", "said")) else "kept"
        database.execute(f"UPDATE {table} SET {poison}")
    found = library.find(account, "c1", MOST)
    assert found is None or poison.startswith("said")
    assert stored_calls(library, account) == [] or poison.startswith(("source", "record", "said"))


def test_invalid_text_is_replaced(library: Library, path: Path) -> None:
    account = filled(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE kept SET label = CAST(x'ff41' AS TEXT)")
        database.execute("UPDATE body SET said = x'80'")
    assert [(said.label, said.texts) for said in stored_calls(library, account)] == [("\ufffdA", ["\ufffd"])]


def linked(path: Path) -> None:
    path.parent.mkdir()
    (path.parent.parent / "other").touch()
    path.symlink_to(path.parent.parent / "other")


def a_directory(path: Path) -> None:
    path.mkdir(parents=True)


def a_pipe(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)


@pytest.mark.parametrize("odd", [linked, a_directory, a_pipe])
def test_a_path_that_is_no_regular_file_is_left_alone(
    library: Library, path: Path, odd: Callable[[Path], None]
) -> None:
    odd(path)
    with pytest.raises(OutputError, match="is no regular file"):
        library.new_account(URL, KEY)
    with pytest.raises(OutputError, match="is no regular file"):
        library.account(URL, KEY)
    assert names_in(path.parent) == ["library.db"]


def run(path: Path, program: str) -> subprocess.CompletedProcess[str]:
    """A program with a library that has one call in it, in a process of its own."""
    begin = f"from pathlib import Path\nfrom tests.store.test_library import *\npath = Path({str(path)!r})\n"
    return subprocess.run(
        [sys.executable, "-c", begin + program],
        env=environment(path.parent), capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip


def test_a_full_disk_is_reported_and_loses_nothing(library: Library, path: Path) -> None:
    account = filled(path)
    large = "filled(path, HELLO._replace(call_id='c2', source=b'x' * 200_000))"
    done = run(path, SMALL_DISK.format(60_000) + large)
    assert "cannot be used" in done.stderr
    assert library.find(account, "c1", MOST) == HELLO
    assert library.find(account, "c2", MOST) is None
    assert names_in(path.parent) == ["library.db"]


def test_a_killed_transaction_loses_nothing(library: Library, path: Path) -> None:
    account = filled(path, HELLO, HELLO._replace(call_id="c2", source=b"x" * 100_000))
    program = (
        "import os, signal\n"
        "database = sqlite3.connect(path, isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"  # so that it has to write before it is done
        "database.execute('BEGIN IMMEDIATE')\n"
        "database.execute('UPDATE body SET source = zeroblob(300000)')\n"
        "assert path.with_name('library.db-journal').stat().st_size\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    was = path.read_bytes()
    assert run(path, program).returncode == -signal.SIGKILL
    assert path.read_bytes() != was
    assert names_in(path.parent) == ["library.db", "library.db-journal"]
    assert library.find(account, "c1", MOST) == HELLO
    assert library.quarantined is None
    assert names_in(path.parent) == ["library.db"]


def test_concurrent_writers_lose_nothing(path: Path) -> None:
    program = "import sys\nfor at in range(40):\n    filled(path, HELLO._replace(call_id=f'{sys.argv[1]}{at}'))\n"
    begin = f"from pathlib import Path\nfrom tests.store.test_library import *\npath = Path({str(path)!r})\n"
    path.parent.mkdir()
    writers = [
        subprocess.Popen([sys.executable, "-c", begin + program, name], env=environment(path.parent)) for name in "ab"
    ]
    assert [writer.wait(30) for writer in writers] == [0, 0]
    library = Library(path)
    kept = {said.call_id for said in stored_calls(library, library.new_account(URL, KEY))}
    assert kept == {f"{name}{at}" for name in "ab" for at in range(40)}
    assert not library.quarantined


def test_a_long_wait_for_the_lock_is_reported(library: Library, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = filled(path)
    monkeypatch.setattr("tui.store.database._PATIENCE_S", 0.05)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OutputError, match="locked"):
        library.renew(account, [HELLO])
    with pytest.raises(OutputError, match="locked"):
        library.find(account, "c1", MOST)
    database.execute("ROLLBACK")
    database.close()
    assert library.renew(account, [HELLO]) == []


def test_a_read_only_library_can_be_read(library: Library, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account, connect = filled(path), sqlite3.connect
    # what SQLite makes of a file that it may not write; root may write any
    monkeypatch.setattr(sqlite3, "connect", lambda name, **more: connect(name.replace("mode=rw", "mode=ro"), **more))
    assert library.find(account, "c1", MOST) == HELLO
    with pytest.raises(OutputError, match="readonly"):
        library.renew(account, [HELLO])
    assert library.quarantined is None


def test_a_missing_home_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise OutputError("there is no home directory to keep files in")

    monkeypatch.setattr("tui.store.files.state_dir", no_home)
    with pytest.raises(OutputError, match="no home"):
        Library().new_account(URL, KEY)


def test_it_is_told_which_of_some_calls_are_stored(library: Library, path: Path) -> None:
    assert library.kept_among(Account(URL, "x"), ["c1"]) == frozenset()
    account = library.new_account(URL, KEY)
    library.keep_all(account, [(HELLO, b"hello\x01there")])
    assert library.kept_among(account, ["c2", HELLO.call_id, ""]) == {HELLO.call_id}
    assert library.kept_among(account._replace(name="another"), [HELLO.call_id]) == frozenset()
