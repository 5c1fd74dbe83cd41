"""The versions of the library's schema, and the migrations between them.

A file's ``user_version`` is the number of migrations applied. A released migration is never changed: a
new version is one more function at the end of ``MIGRATIONS``, with a test from a file of each earlier
version. Other tables, columns and statistics in a file are left alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from sqlite3 import Connection

from tui.store import passages, tallies

SALT_BYTES = 16


def _create(database: Connection) -> None:
    """Version 1. The files of the first release have this schema too, and no version."""
    for statement in (
        "CREATE TABLE salt (bytes BLOB NOT NULL)",
        "CREATE TABLE account (base_url TEXT NOT NULL, mark TEXT NOT NULL, name TEXT NOT NULL, "
        "PRIMARY KEY (base_url, mark)) WITHOUT ROWID",
        "CREATE TABLE kept (id INTEGER PRIMARY KEY, base_url TEXT NOT NULL, account TEXT NOT NULL, "
        "call_id TEXT NOT NULL, kept_ms INTEGER NOT NULL, label TEXT, started_at_ms INTEGER, record BLOB, "
        "digest BLOB NOT NULL, UNIQUE (base_url, account, call_id))",
        # long values in their own table: SQLite rewrites a whole row when one column changes
        "CREATE TABLE body (id INTEGER PRIMARY KEY, said BLOB NOT NULL, source BLOB NOT NULL)",
        "CREATE INDEX kept_newest ON kept (base_url, account, kept_ms)",
    ):
        database.execute(statement)
    database.execute("INSERT INTO salt (bytes) VALUES (?)", (os.urandom(SALT_BYTES),))


def _add_turns(database: Connection) -> None:
    """Version 2: how many turns a call has, for the list of recent calls; 0 for a plain text, NULL if not known."""
    if not database.execute("SELECT 1 FROM pragma_table_info('kept') WHERE name = 'turns'").fetchone():
        database.execute("ALTER TABLE kept ADD COLUMN turns INTEGER")


def _add_marks(database: Connection) -> None:
    """Version 3: the user's marks, what was said once, and an index of the oldest calls, which make room for others."""
    for statement in (
        "CREATE TABLE turn_mark (base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
        "turn INTEGER NOT NULL, PRIMARY KEY (base_url, account, call_id, turn)) WITHOUT ROWID",
        "CREATE TABLE said_once (what TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE INDEX kept_oldest ON kept (ifnull(started_at_ms, kept_ms))",
    ):
        database.execute(statement)


def _add_absent(database: Connection) -> None:
    """Version 5: the calls that have no transcript, and are too old to get one, so that no sync asks for them again."""
    database.execute(
        "CREATE TABLE absent (base_url TEXT NOT NULL, account TEXT NOT NULL, call_id TEXT NOT NULL, "
        "PRIMARY KEY (base_url, account, call_id)) WITHOUT ROWID"
    )


def _add_bare_records(database: Connection) -> None:
    """Version 6: the records of calls without a transcript, which are listed and shown offline."""
    for statement in (
        "CREATE TABLE bare_record (id INTEGER PRIMARY KEY, base_url TEXT NOT NULL, account TEXT NOT NULL, "
        "call_id TEXT NOT NULL, kept_ms INTEGER NOT NULL, label TEXT, started_at_ms INTEGER, record BLOB NOT NULL, "
        "UNIQUE (base_url, account, call_id))",
        "CREATE INDEX bare_oldest ON bare_record (ifnull(started_at_ms, kept_ms))",
        "CREATE INDEX bare_by_start ON bare_record (base_url, account, ifnull(started_at_ms, kept_ms))",
    ):
        database.execute(statement)


def _add_creation(database: Connection) -> None:
    """Version 7: when records were created, by which calls without a start are listed, and indexes of that order."""
    if not database.execute("SELECT 1 FROM pragma_table_info('kept') WHERE name = 'created_at_ms'").fetchone():
        database.execute("ALTER TABLE kept ADD COLUMN created_at_ms INTEGER")
    unknown = "SELECT id, record FROM kept WHERE started_at_ms IS NULL AND typeof(record) = 'blob'"
    for number, record in database.execute(unknown):
        database.execute("UPDATE kept SET created_at_ms = ? WHERE id = ?", (_created_at_ms(record), number))
    for statement in (
        "DROP INDEX IF EXISTS kept_by_start",
        "DROP INDEX IF EXISTS bare_by_start",
        # where only the fetch is known, the time lies before all times of calls
        "CREATE INDEX kept_by_time ON kept (base_url, account, "
        "coalesce(started_at_ms, created_at_ms, kept_ms - 1152921504606846976), kept_ms)",
        "CREATE INDEX bare_by_time ON bare_record (base_url, account, "
        "coalesce(started_at_ms, kept_ms - 1152921504606846976))",
    ):
        database.execute(statement)


def _add_countable(database: Connection) -> None:
    """Version 9: a column of version 8 that files lack which the first days of that version have made."""
    if not database.execute("SELECT 1 FROM pragma_table_info('passage') WHERE name = 'is_countable'").fetchone():
        database.execute("ALTER TABLE passage ADD COLUMN is_countable INTEGER")


def _created_at_ms(record: bytes) -> int | None:
    """When a stored record says that it was created; None if it does not."""
    from tui.core.transcript import MOST_UNIX_MS

    try:
        fields = json.loads(record)
    except (ValueError, RecursionError):
        return None
    at_ms = fields.get("created_at") if isinstance(fields, dict) else None
    return round(at_ms) if isinstance(at_ms, int | float) and 0 <= at_ms <= MOST_UNIX_MS else None


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _create,
    _add_turns,
    _add_marks,
    passages.create,  # version 4
    _add_absent,
    _add_bare_records,
    _add_creation,
    tallies.create,  # version 8
    _add_countable,
)
LATEST = len(MIGRATIONS)


def version_of(database: Connection) -> int:
    """The schema version of a file; 0 if it is empty."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version == 0 and database.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept'").fetchone():
        return 1
    return version


def migrate(database: Connection) -> None:
    """Apply the missing migrations, within the open transaction."""
    version = version_of(database)
    for step in MIGRATIONS[version:]:
        step(database)
    if version < LATEST:
        database.execute(f"PRAGMA user_version = {LATEST}")
