"""The library's file: migrated from every version, left alone where it is newer, quarantined where it is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b
from itertools import chain
from pathlib import Path

import pytest

from tests.store.stored import stored_calls
from tests.store.test_library import BARE, HELLO, KEY, MOST, URL, filled, names_in
from tui.core.errors import OutputError
from tui.core.secret import SecretStr
from tui.store.accounts import Account
from tui.store.database import Database
from tui.store.library import Library
from tui.store.listing import Wanted
from tui.store.migrations import LATEST
from tui.store.retention import Bounds, Retention

FIRST = (
    "CREATE TABLE salt (bytes BLOB NOT NULL)",
    "CREATE TABLE account (base_url TEXT NOT NULL, mark TEXT NOT NULL, name TEXT NOT NULL, "
    "PRIMARY KEY (base_url, mark)) WITHOUT ROWID",
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
    "kept_ms INTEGER NOT NULL, label TEXT, started_at_ms INTEGER, record BLOB, digest BLOB NOT NULL, "
    "UNIQUE (base_url, account, call_id))",
    "CREATE TABLE body (id INTEGER PRIMARY KEY, said BLOB NOT NULL, source BLOB NOT NULL)",
    "CREATE INDEX kept_newest ON kept (base_url, account, kept_ms)",
)
"""The schema of the first release, which numbered no version."""
THIRD = (
    "CREATE TABLE turn_mark (base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
    "turn INTEGER NOT NULL, PRIMARY KEY (base_url, account, call_id, turn)) WITHOUT ROWID",
    "CREATE TABLE said_once (what TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE INDEX kept_oldest ON kept (ifnull(started_at_ms, kept_ms))",
)
FOURTH = (
    "CREATE TABLE passage (id INTEGER PRIMARY KEY AUTOINCREMENT, call INTEGER NOT NULL, turn INTEGER NOT NULL, "
    "start INTEGER NOT NULL, size INTEGER NOT NULL, is_even INTEGER NOT NULL, is_indexed INTEGER NOT NULL)",
    "CREATE TABLE folded (id INTEGER PRIMARY KEY, text BLOB NOT NULL)",
    "CREATE INDEX passage_in_call ON passage (call, turn)",
    "CREATE INDEX passage_unindexed ON passage (id) WHERE is_indexed = 0",
    "CREATE TABLE unfolded (id INTEGER PRIMARY KEY, turn INTEGER NOT NULL, start INTEGER NOT NULL)",
    "CREATE TRIGGER body_removed AFTER DELETE ON body BEGIN DELETE FROM unfolded WHERE id = old.id; "
    "DELETE FROM folded WHERE id IN (SELECT id FROM passage WHERE call = old.id); "
    "DELETE FROM passage WHERE call = old.id; END",
    "CREATE INDEX kept_by_start ON kept (base_url, account, ifnull(started_at_ms, kept_ms), kept_ms)",
    "INSERT INTO unfolded VALUES (1, 0, 0)",
    "CREATE VIRTUAL TABLE words USING fts5(text, content = 'folded', content_rowid = 'id', detail = none, "
    "columnsize = 0, tokenize = 'trigram case_sensitive 1')",
)
FIFTH = (
    "CREATE TABLE absent (base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
    "PRIMARY KEY (base_url, account, call_id)) WITHOUT ROWID",
)
SIXTH = (
    "CREATE TABLE bare_record (id INTEGER PRIMARY KEY, base_url TEXT NOT NULL, account TEXT NOT NULL, "
    "call_id TEXT NOT NULL, kept_ms INTEGER NOT NULL, label TEXT, started_at_ms INTEGER, record BLOB NOT NULL, "
    "UNIQUE (base_url, account, call_id))",
    "CREATE INDEX bare_oldest ON bare_record (ifnull(started_at_ms, kept_ms))",
    "CREATE INDEX bare_by_start ON bare_record (base_url, account, ifnull(started_at_ms, kept_ms))",
)
SEVENTH = (
    "ALTER TABLE kept ADD COLUMN created_at_ms INTEGER",
    "DROP INDEX kept_by_start",
    "DROP INDEX bare_by_start",
    "CREATE INDEX kept_by_time ON kept (base_url, account, "
    "coalesce(started_at_ms, created_at_ms, kept_ms - 1152921504606846976), kept_ms)",
    "CREATE INDEX bare_by_time ON bare_record (base_url, account, "
    "coalesce(started_at_ms, kept_ms - 1152921504606846976))",
)
EIGHTH = (
    "ALTER TABLE passage ADD COLUMN is_countable INTEGER",
    "CREATE TABLE tally (id INTEGER PRIMARY KEY AUTOINCREMENT, members BLOB NOT NULL, words BLOB NOT NULL, "
    "figures BLOB NOT NULL, places BLOB NOT NULL)",
    "CREATE TABLE tallied (call INTEGER PRIMARY KEY, size INTEGER NOT NULL, tally INTEGER)",
    "CREATE INDEX tallied_in ON tallied (tally)",
    "CREATE TRIGGER tallied_removed AFTER DELETE ON body BEGIN "
    "DELETE FROM tally WHERE id = (SELECT tally FROM tallied WHERE call = old.id); "
    "UPDATE tallied SET tally = NULL WHERE tally = (SELECT tally FROM tallied WHERE call = old.id); "
    "DELETE FROM tallied WHERE call = old.id; END",
    "INSERT INTO tallied VALUES (1, 11, NULL)",
)
LATER = (("ALTER TABLE kept ADD COLUMN turns INTEGER",), THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, ())
"""What each version has added, from the second on."""
SALT = bytes(range(16))


TABLES = (
    "salt",
    "account",
    "kept",
    "body",
    "turn_mark",
    "said_once",
    "passage",
    "folded",
    "unfolded",
    "absent",
    "bare_record",
    "tally",
    "tallied",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture
def library(path: Path) -> Library:
    return Library(path)


def of_version(path: Path, version: int) -> Account:
    """A library as that version has left it, with one call in it."""
    fingerprint = blake2b(KEY.get_secret_value().encode(), key=SALT, digest_size=16).hexdigest()
    digest = blake2b(HELLO.source, digest_size=16).digest()
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        for statement in FIRST:
            database.execute(statement)
        database.execute("INSERT INTO salt VALUES (?)", (SALT,))
        row = (URL, fingerprint, "c1", 1_000, "a label", 500, HELLO.record, digest)
        database.execute("INSERT INTO kept VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("INSERT INTO body VALUES (1, ?, ?)", (b"hello\x01there", HELLO.source))
        for statement in chain.from_iterable(LATER[: max(0, version - 1)]):
            database.execute(statement)
        if version >= 5:
            database.execute("INSERT INTO absent VALUES (?, ?, ?)", (URL, fingerprint, "c0"))
        database.execute(f"PRAGMA user_version = {version}")
    return Account(URL, fingerprint)


def sql(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database, database:
        return [row for statement in statements for row in database.execute(statement)]


def test_a_file_of_the_first_days_of_version_8_is_completed(library: Library, path: Path) -> None:
    account = of_version(path, 8)
    sql(path, "ALTER TABLE passage DROP COLUMN is_countable")
    library.keep_all(account, [(HELLO._replace(call_id="c2", cached_ms=2_000, turns=2), b"hello\x01there")])
    assert [call.call_id for call in library.recent(account, 9)] == ["c2", "c1"]


@pytest.mark.parametrize("version", range(LATEST + 1))
@pytest.mark.parametrize("writes", [True, False])
def test_every_earlier_version_is_migrated(library: Library, path: Path, version: int, writes: bool) -> None:
    account = of_version(path, version)
    if writes:
        library.keep_all(account, [(HELLO._replace(call_id="c2", cached_ms=2_000, turns=2), b"hello\x01there")])
        assert [call.turns for call in library.recent(account, 9)] == [2, None]
    assert library.account(URL, KEY) == account
    assert library.find(account, "c1", MOST) == HELLO
    assert library.recent(account, 9)[-1].call_id == "c1"
    assert library.renew(account, [HELLO._replace(turns=2)]) == []
    assert library.find(account, "c1", MOST) == HELLO._replace(turns=2)
    bounds = Bounds(Retention(), 0)
    assert library.held(account, bounds).absent == ({"c0"} if version >= 5 else set())
    library.keep_records(account, [BARE], bounds, replaces=True)
    assert library.record(account, BARE.call_id) == HELLO._replace(call_id=BARE.call_id, source=b"")
    assert (library.quarantined, names_in(path.parent)) == (None, ["library.db"])
    assert sql(path, "PRAGMA user_version") == [(LATEST,)]


@pytest.mark.parametrize("version", range(LATEST))
def test_a_migrated_file_has_the_schema_of_a_new_one(path: Path, tmp_path: Path, version: int) -> None:
    of_version(path, version)
    new = tmp_path / "new" / "library.db"
    for file in (path, new):
        Library(file).new_account(URL, KEY)
    columns = [f"SELECT * FROM pragma_table_info('{table}')" for table in TABLES]
    assert sql(path, *columns) == sql(new, *columns)
    index = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
    assert sql(path, index) == sql(new, index)


@pytest.mark.parametrize(
    ("created", "is_known"),
    [(b'{"created_at": 700}', True), (b'{"created_at": 700.4}', True), (b'{"created_at": 9e99}', False),
     (b'{"created_at": "now"}', False), (b"[1]", False), (b"no JSON", False), (b"[" * 100_000, False),
     (b"\xff", False)],
)  # fmt: skip
@pytest.mark.parametrize("version", [1, 6])
def test_calls_without_a_start_get_the_creation_of_their_record(
    library: Library, path: Path, version: int, created: bytes, is_known: bool
) -> None:
    account = of_version(path, version)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE kept SET started_at_ms = NULL, record = ?", (created,))
    library.keep_all(account, [(HELLO._replace(call_id="older", started_at_ms=600), b"hello")])
    library.keep_all(account, [(HELLO._replace(call_id="newer", started_at_ms=800), b"hello")])
    assert library.ids(account, Wanted()) == (["newer", "c1", "older"] if is_known else ["newer", "older", "c1"])


def test_a_newer_version_is_left_as_it_is(library: Library, path: Path) -> None:
    account = filled(path)
    sql(path, f"PRAGMA user_version = {LATEST + 1}", "ALTER TABLE kept ADD COLUMN more TEXT")
    was = path.read_bytes()
    for use in (
        lambda: library.account(URL, KEY),
        lambda: library.new_account(URL, KEY),
        lambda: library.find(account, "c1", MOST),
        lambda: library.keep_all(account, [(HELLO, b"hello")]),
        lambda: stored_calls(library, account),
    ):
        with pytest.raises(OutputError, match="is of a newer version of this program, and is left as it is"):
            use()
    assert path.read_bytes() == was
    assert (library.quarantined, names_in(path.parent)) == (None, ["library.db"])


ADDITIONS = {
    "a column": "ALTER TABLE kept ADD COLUMN more TEXT",
    "a column of the bodies": "ALTER TABLE body ADD COLUMN more TEXT DEFAULT 'x'",
    "a column of the accounts": "ALTER TABLE account ADD COLUMN more TEXT",
    "a table": "CREATE TABLE more (x)",
    "an index": "CREATE INDEX more ON kept (label)",
    "a view": "CREATE VIEW more AS SELECT * FROM kept",
    "statistics": "ANALYZE",
    "a log": "PRAGMA journal_mode = WAL",
    "a trigger": "CREATE TRIGGER more AFTER INSERT ON kept BEGIN DELETE FROM salt WHERE 0; END",
    "a vacuum": "VACUUM",
}


@pytest.mark.parametrize("addition", ADDITIONS)
def test_extra_tables_are_no_damage(library: Library, path: Path, addition: str) -> None:
    account = filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(ADDITIONS[addition]).close()
    schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
    was = sql(path, schema)
    assert library.find(account, "c1", MOST) == HELLO
    library.keep_all(account, [(HELLO._replace(call_id="c2"), b"hello")])
    library.name(account, "org")
    assert len(stored_calls(library, Account(URL, "org"))) == 2
    assert library.quarantined is None
    assert sql(path, schema) == was
    assert sql(path, "PRAGMA journal_mode") == [("delete",)]
    assert names_in(path.parent) == ["library.db"]


def test_a_pending_write_ahead_log_is_read(library: Library, path: Path) -> None:
    account = filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL").close()
        database.execute("UPDATE kept SET label = 'from the log'")
        for file in ("library.db", "library.db-wal"):
            shutil.copy(path.with_name(file), path.parent.parent / file)
    copied = Library(path.parent.parent / "library.db")
    found = copied.find(account, "c1", MOST)
    assert found is not None
    assert found.label == "from the log"
    assert copied.quarantined is None


def test_a_log_used_by_others_stays(library: Library, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = filled(path)
    monkeypatch.setattr("tui.store.database._PATIENCE_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL").close()
        library.keep_all(account, [(HELLO._replace(call_id="c2"), b"hello")])
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (2,)
    assert library.quarantined is None


@pytest.mark.parametrize("salt", [None, "'text'", "x'00'"])
def test_a_lost_salt_keeps_calls_of_named_accounts(library: Library, path: Path, salt: str | None) -> None:
    named = library.name(filled(path), "org")
    sql(path, "DELETE FROM salt", *([f"INSERT INTO salt VALUES ({salt})"] if salt else []))
    assert library.account(URL, KEY) is None
    again = library.new_account(URL, KEY)
    assert library.find(again, "c1", MOST) is None
    assert library.name(again, "org") == named
    assert library.find(named, "c1", MOST) == HELLO
    assert library.quarantined is None


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5_000))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5_000])


def a_page_too_few(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4_096])


def a_few_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:99])


def a_lost_index(path: Path) -> None:
    """The index of the calls is empty, so that what is there already seems not to be."""
    statements = ("PRAGMA writable_schema = ON", "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'kept_newest'")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


DAMAGES = [garbage, truncated, a_page_too_few, a_few_bytes, a_lost_index]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_quarantined_and_replaced(
    library: Library, path: Path, damage: Callable[[Path], None]
) -> None:
    filled(path)
    damage(path)
    was = path.read_bytes()
    account = library.new_account(URL, KEY)
    library.keep_all(account, [(HELLO, b"hello")])
    assert [call.call_id for call in library.recent(account, 1)] == ["c1"]
    if library.quarantined is None:  # found when it is looked at
        stored_calls(library, account)
        library.keep_all(library.new_account(URL, KEY), [(HELLO, b"hello")])
    assert library.quarantined == path.with_name("library.db.damaged-1")
    assert library.quarantined.read_bytes() == was
    assert names_in(path.parent) == ["library.db", "library.db.damaged-1"]


@pytest.mark.parametrize("damage", DAMAGES[:4])
def test_a_damaged_file_yields_nothing(library: Library, path: Path, damage: Callable[[Path], None]) -> None:
    account = filled(path)
    damage(path)
    assert stored_calls(library, account) == []
    assert library.account(URL, KEY) is None
    assert library.find(account, "c1", MOST) is None
    assert library.recent(account, 9) == []
    assert library.quarantined is not None


def test_quarantined_files_are_numbered_and_never_overwritten(path: Path) -> None:
    bodies = [bytes([number]) * 5_000 for number in range(1, 4)]
    for body in bodies:
        filled(path)
        path.write_bytes(body)
        Library(path).account(URL, KEY)
    quarantined = [path.with_name(f"library.db.damaged-{number}") for number in (1, 2, 3)]
    assert [file.read_bytes() for file in quarantined] == bodies


def test_side_files_go_with_a_quarantined_file(library: Library, path: Path) -> None:
    filled(path)
    path.with_name("library.db.damaged-1-wal").touch()
    garbage(path)
    ends = ("", "-journal", "-shm", "-wal")
    for end in ends[1:]:
        path.with_name(f"library.db{end}").write_bytes(end.encode() * 500)
    assert library.find(filled(path), "c1", MOST) == HELLO
    moved = [f"library.db.damaged-2{end}" for end in ends]
    assert names_in(path.parent) == ["library.db", "library.db.damaged-1-wal", *moved]
    assert path.with_name("library.db.damaged-2-wal").read_bytes() == b"-wal" * 500


def test_an_invalid_journal_is_not_applied_to_the_new_file(library: Library, path: Path) -> None:
    filled(path)
    garbage(path)
    path.with_name("library.db-journal").write_bytes(os.urandom(2_000))
    assert library.find(filled(path), "c1", MOST) == HELLO
    assert names_in(path.parent) == ["library.db", "library.db.damaged-1"]


def test_a_file_that_cannot_be_quarantined_is_reported_and_left(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    garbage(path)

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match="cannot be used: Permission denied"):
        library.account(URL, KEY)
    assert names_in(path.parent) == ["library.db"]


def test_a_full_library_is_told_as_a_full_disk(library: Library, path: Path) -> None:
    filled(path)

    def fill(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE filler AS SELECT randomblob(1000000) AS bytes")

    with pytest.raises(OutputError, match="cannot be used: the disk is full") as failure:
        Database(path).write(fill)
    assert failure.value.hint == "make room on it"


def test_an_unexpected_table_is_reported_and_left(library: Library, path: Path) -> None:
    path.parent.mkdir()
    sql(path, "CREATE TABLE kept (something TEXT)", "CREATE TABLE salt (other TEXT)")
    with pytest.raises(OutputError, match="cannot be used: no such column"):
        library.new_account(URL, SecretStr("a_key_of_somebody"))
    assert (library.quarantined, names_in(path.parent)) == (None, ["library.db"])
