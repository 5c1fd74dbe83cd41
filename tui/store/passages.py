"""Passages: the folded texts of some turns in a row of a call, which searches read, and their index.

Owns the tables ``passage`` and ``folded`` (its text), ``words`` (an index of the trigrams in these texts, which takes
SQLite's FTS5) and ``unfolded`` (calls whose passages are still to be made). Passages are made with the call, or later
in steps: for calls that an earlier version has stored, and for very long ones. The index is only a way to read fewer
passages: without it, or where it is damaged, all are read.

The number of a passage is never used again, so what the index still holds of a removed one leads to nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from sqlite3 import Connection
from typing import NamedTuple

from tui.core.fold import Changes, fold

BETWEEN_TURNS = "\x01"
"""A separator that no safe text contains, and that search does not treat as a blank."""
FOLDED_AT_ONCE_BYTES = 2**20
"""Longer calls are stored without passages, which are made in steps, so that storing takes little time and memory."""
LETTERS = "a-z0-9'"
"""What words are made of in folded texts, as a part of a class of a regular expression: so are all beyond ASCII."""
_LETTER = re.compile(f"[{LETTERS}\x80-\U0010ffff]")
_SEPARATOR = BETWEEN_TURNS.encode()
_PASSAGE_BYTES = 2**14
_MERGED_PAGES = 500
"""So many pages of the index are merged at once."""
_STEP_BYTES = 2**18
INDEX_FAULTS = (sqlite3.DatabaseError, MemoryError)
"""What an index raises that cannot be used: a damaged one may ask for more memory than there is."""
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOMEM}
WITHOUT_INDEX = {sqlite3.SQLITE_ERROR, *DAMAGE}
"""Error codes of an index that is missing, that this SQLite cannot use, or that is damaged."""
_CREATE_INDEX = (
    "CREATE VIRTUAL TABLE words USING fts5(text, content = 'folded', content_rowid = 'id', detail = none, "
    "columnsize = 0, tokenize = 'trigram case_sensitive 1')"
)
_INDEX = "INSERT INTO words (rowid, text) VALUES (?, ?)"
_FORGET = "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)"


class Passage(NamedTuple):
    """Some turns in a row.

    Attributes:
        call: The number of their call.
        turn: The index of the first turn.
        start: Where its texts begin in all texts of the call, in bytes.
        size: The length of its texts in bytes.
        is_even: Whether folding kept the position of every character.
        is_countable: Whether a part of a word stands as often in the folded texts as it is found in the texts: not for
            sure where folding made several letters of one, as of a ligature, which two hits may share.
        folded: The folded texts of its turns, joined by ``BETWEEN_TURNS``.
    """

    call: int
    turn: int
    start: int
    size: int
    is_even: bool
    is_countable: bool
    folded: bytes


def create(database: Connection) -> None:
    """Create the tables, and the index if this SQLite has FTS5; passages of all calls are still to be made."""
    for statement in (
        # without the texts, so that few pages hold what is looked up for each passage that the index finds
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
        "INSERT INTO unfolded SELECT id, 0, 0 FROM body",
    ):
        database.execute(statement)
    _create_index(database)


def store(database: Connection, calls: Iterable[tuple[int, int]]) -> None:
    """Make the passages of calls that are stored, at once unless a call is very long.

    They are indexed together: the index writes what it is given at a time as one more part, which it has to merge.

    Args:
        database: The library, in a transaction.
        calls: The number of each call, and the length of its texts in bytes.
    """
    made: list[int] = []
    for call, size in calls:
        database.execute("INSERT INTO unfolded (id, turn, start) VALUES (?, 0, 0)", (call,))
        is_more = size <= FOLDED_AT_ONCE_BYTES
        while is_more:
            numbers, is_more = _fold_next(database, call)
            made += numbers
    if made and _has_index(database):
        _index(database, made)


def remove(database: Connection, call: int) -> None:
    """Remove the passages of a call from the index; they themselves go with its texts."""
    if _has_index(database):
        _change_index(database, _FORGET, _texts(database, _indexed_passages(database, call)))


def merge(database: Connection) -> None:
    """Drop entries of removed calls from the index: until it merges, FTS5 keeps them and a mark of each removal."""
    if _has_index(database):
        _change_index(database, "INSERT INTO words (words, rank) VALUES ('merge', ?)", ((-_MERGED_PAGES,),))


def advance(database: Connection) -> bool:
    """Do the next pending step; False if there is none, or none is possible."""
    row = database.execute("SELECT id FROM unfolded ORDER BY id DESC LIMIT 1").fetchone()
    if row is not None:
        numbers, _ = _fold_next(database, row[0])
        if numbers and _has_index(database):
            _index(database, numbers)
        return True
    return (_has_index(database) or _create_index(database)) and _index_next(database)


def is_complete(database: Connection) -> bool:
    """Whether nothing is still to be done."""
    look = "SELECT 1 FROM unfolded UNION ALL SELECT 1 FROM passage WHERE is_indexed = 0 LIMIT 1"
    return database.execute(look).fetchone() is None


def renew_index(database: Connection) -> None:
    """Remove a damaged index; another one is made in its place, in steps."""
    try:
        database.execute("DROP TABLE words")
    except INDEX_FAULTS as fault:
        if error_code(fault) not in WITHOUT_INDEX:
            raise
        _drop_by_force(database)
    database.execute("UPDATE passage SET is_indexed = 0 WHERE is_indexed")


def _drop_by_force(database: Connection) -> None:
    """Remove the tables of an index that is so damaged that FTS5 does not open it, not even to remove it."""
    database.execute("PRAGMA writable_schema = ON").close()
    try:
        database.execute("DELETE FROM sqlite_master WHERE name = 'words'")
    finally:
        database.execute("PRAGMA writable_schema = RESET").close()
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE name GLOB 'words_*'").fetchall():
        database.execute(f"DROP TABLE [{name}]")


def passages(call: int, texts: bytes, turn: int = 0, start: int = 0) -> Iterator[Passage]:
    """The passages of some texts of a call, in order.

    Args:
        call: The number of the call.
        texts: The texts, joined by ``BETWEEN_TURNS``.
        turn: The index of the first turn among them.
        start: Where they begin in all texts of the call, in bytes.
    """
    at = 0
    while at <= len(texts):
        end = _end_of_turn(texts, min(at + _PASSAGE_BYTES, len(texts)))
        turns = texts[at:end].decode(errors="replace").split(BETWEEN_TURNS)
        folded = [fold(text) for text in turns]
        is_even = not any(changes for _, changes in folded)
        is_countable = is_even or not any(_makes_letters(*one) for one in folded)
        joined = BETWEEN_TURNS.join(text for text, _ in folded).encode()
        yield Passage(call, turn, start + at, end - at, is_even, is_countable, joined)
        turn, at = turn + len(turns), end + 1


def _makes_letters(folded: str, changes: Changes) -> bool:
    """Whether folding made several letters of some characters."""
    return any(len(_LETTER.findall(folded, change.folded_start, change.folded_end)) > 1 for change in changes)


def _end_of_turn(texts: bytes, at: int) -> int:
    end = texts.find(_SEPARATOR, at)
    return len(texts) if end < 0 else end


def _fold_next(database: Connection, call: int) -> tuple[list[int], bool]:
    """Make the next passages of a call; returns their numbers, and whether there are more."""
    row = database.execute("SELECT turn, start FROM unfolded WHERE id = ?", (call,)).fetchone()
    part = None if row is None else _next_part(database, call, row[1])
    if part is None:
        database.execute("DELETE FROM unfolded WHERE id = ?", (call,))
        return [], False
    texts, is_last = part
    numbers = [_put(database, passage) for passage in passages(call, texts, *row)]
    if is_last:
        database.execute("DELETE FROM unfolded WHERE id = ?", (call,))
    else:
        reached = (row[0] + texts.count(_SEPARATOR) + 1, row[1] + len(texts) + 1, call)
        database.execute("UPDATE unfolded SET turn = ?, start = ? WHERE id = ?", reached)
    return numbers, not is_last


def _next_part(database: Connection, call: int, start: int) -> tuple[bytes, bool] | None:
    """Some texts of a call from a position on, and whether they are the last; None if there are none."""
    try:
        blob = database.blobopen("body", "said", call, readonly=True)
    except sqlite3.OperationalError as fault:
        if error_code(fault) != sqlite3.SQLITE_ERROR:
            raise
        return None  # no texts, or of another type: the row is damaged
    with blob:
        if start > len(blob):
            return None
        blob.seek(start)
        part = bytearray(blob.read(_STEP_BYTES))
        while blob.tell() < len(blob):
            end = part.rfind(_SEPARATOR)
            if end >= 0:
                return bytes(part[:end]), False
            part += blob.read(_STEP_BYTES)
        return bytes(part), True


def _put(database: Connection, passage: Passage) -> int:
    """Store a passage; returns its number."""
    columns = "call, turn, start, size, is_even, is_countable, is_indexed"
    put = f"INSERT INTO passage ({columns}) VALUES (?, ?, ?, ?, ?, ?, 0)"
    number = database.execute(put, passage[:6]).lastrowid or 0
    database.execute("INSERT INTO folded (id, text) VALUES (?, ?)", (number, passage.folded))
    return number


def _index_next(database: Connection) -> bool:
    """Index the next passages; False if there are none, or if the index cannot be used."""
    look = f"SELECT id FROM passage WHERE is_indexed = 0 LIMIT {_STEP_BYTES // _PASSAGE_BYTES}"
    numbers = [number for (number,) in database.execute(look).fetchall()]
    return bool(numbers) and _index(database, numbers)


def _index(database: Connection, numbers: Iterable[int]) -> bool:
    """Index passages; False if the index cannot be used."""
    is_done = _change_index(database, _INDEX, _texts(database, numbers))
    if is_done:
        database.executemany("UPDATE passage SET is_indexed = 1 WHERE id = ?", ((number,) for number in numbers))
    return is_done


def _indexed_passages(database: Connection, call: int) -> list[int]:
    look = "SELECT id FROM passage WHERE call = ? AND is_indexed"
    return [number for (number,) in database.execute(look, (call,)).fetchall()]


def _texts(database: Connection, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The numbers and folded texts of passages; damage may have changed the type of a text."""
    for number in numbers:
        for (text,) in database.execute("SELECT text FROM folded WHERE id = ?", (number,)).fetchall():
            yield number, text.decode(errors="replace") if isinstance(text, bytes) else ""


def _change_index(database: Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> bool:
    """Change the index; False, and no change, if it cannot be used."""
    database.execute("SAVEPOINT indexing")
    try:
        database.executemany(statement, rows)
    except INDEX_FAULTS as fault:
        if error_code(fault) not in WITHOUT_INDEX:
            raise
        database.execute("ROLLBACK TO indexing")
        return False
    finally:
        if database.in_transaction:
            database.execute("RELEASE indexing")
    return True


def _has_index(database: Connection) -> bool:
    return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone() is not None


def _create_index(database: Connection) -> bool:
    """Create the index; False if this SQLite has no FTS5."""
    try:
        database.execute(_CREATE_INDEX)
    except sqlite3.OperationalError as fault:
        if error_code(fault) != sqlite3.SQLITE_ERROR:
            raise
        return False
    return True


def error_code(fault: Exception) -> int:
    """The primary error code."""
    code: int = sqlite3.SQLITE_NOMEM if isinstance(fault, MemoryError) else getattr(fault, "sqlite_errorcode", 0)
    return code & 0xFF
