"""Tallies: how often each word stands in some calls, so that a frequent word is counted without reading their texts.

Owns the tables ``tally`` (the words of many calls) and ``tallied`` (which call is in which tally, or still waits for
one). Letters, digits and apostrophes in a row are a word, so that a string of these never reaches beyond one: its
occurrences in all words, each as often as the word stands there, are those in the texts.

A tally holds for whole calls, and goes with the first of them that is removed; the others wait for a new one. Calls in
which folding made one character into several letters have none, nor have very long ones, or those whose words hardly
repeat: they are read.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from sqlite3 import Connection
from typing import NamedTuple

from tui.core.fold import fold
from tui.store.passages import BETWEEN_TURNS, FOLDED_AT_ONCE_BYTES
from tui.store.retention import AGE

ENOUGH_BYTES = 2**20
"""Calls with so many bytes of text make a tally, which takes some 50 ms."""
_MOST_CALLS = 2**15
_SHARE = 2
"""A tally is kept where it is so many times smaller than the texts."""
_BETWEEN = b"\n"
_WORD, _LETTER = re.compile(rb"[a-z0-9'\x80-\xff]+"), re.compile("[a-z0-9'\x80-\U0010ffff]")


class Tally(NamedTuple):
    """How often the words of some calls stand in them. Numbers are unsigned, their lowest byte is the first.

    Attributes:
        words: The words in UTF-8, joined by line feeds.
        figures: For each word, how often it stands in the calls, and where its part of ``places`` begins, in 4 bytes
            each; then the same for its end.
        places: In which of the calls each word stands: their places among them, in 2 bytes each.
    """

    words: bytes
    figures: bytes
    places: bytes


def create(database: Connection) -> None:
    """Create the tables; all calls wait for a tally."""
    for statement in (
        # no number is used again: whoever has just read it may still look for it
        "CREATE TABLE tally (id INTEGER PRIMARY KEY AUTOINCREMENT, members BLOB NOT NULL, words BLOB NOT NULL, "
        "figures BLOB NOT NULL, places BLOB NOT NULL)",
        "CREATE TABLE tallied (call INTEGER PRIMARY KEY, size INTEGER NOT NULL, tally INTEGER)",
        "CREATE INDEX tallied_in ON tallied (tally)",
        "CREATE TRIGGER tallied_removed AFTER DELETE ON body BEGIN "
        "DELETE FROM tally WHERE id = (SELECT tally FROM tallied WHERE call = old.id); "
        "UPDATE tallied SET tally = NULL WHERE tally = (SELECT tally FROM tallied WHERE call = old.id); "
        "DELETE FROM tallied WHERE call = old.id; END",
        f"INSERT INTO tallied SELECT id, length(said), NULL FROM body WHERE length(said) <= {FOLDED_AT_ONCE_BYTES}",
    ):
        database.execute(statement)


def add(database: Connection, calls: Iterable[tuple[int, int]]) -> None:
    """Let calls wait for a tally, and make one if they are enough.

    Args:
        database: The library, in a transaction.
        calls: The number of each call, and the length of its texts in bytes.
    """
    short = ((call, size) for call, size in calls if size <= FOLDED_AT_ONCE_BYTES)
    database.executemany("INSERT OR REPLACE INTO tallied (call, size) VALUES (?, ?)", short)
    advance(database)


def advance(database: Connection) -> bool:
    """Make the next tally; False if too few calls wait for one."""
    calls = _due(database)
    if not calls:
        return False
    members, size, tally = _tally(database, calls)
    database.executemany("DELETE FROM tallied WHERE call = ?", ((call,) for call in calls))
    if tally.words and size >= _SHARE * sum(map(len, tally)):
        insert = "INSERT INTO tally (members, words, figures, places) VALUES (?, ?, ?, ?)"
        number = database.execute(insert, (struct.pack(f"<{len(members)}q", *members), *tally)).lastrowid
        put = "INSERT INTO tallied (call, size, tally) VALUES (?, ?, ?)"
        database.executemany(put, ((call, calls[call], number) for call in members))
    return True


def is_complete(database: Connection) -> bool:
    """Whether nothing is still to be done."""
    return not _due(database)


def can_count(sought: str) -> bool:
    """Whether a string is within a word wherever it stands; a letter is in so many words that texts are read faster."""
    return len(sought) > 1 and _WORD.fullmatch(sought.encode()) is not None


def tallied_calls(database: Connection) -> Iterator[tuple[int, Sequence[int]]]:
    """The number of each tally, and those of its calls."""
    look = "SELECT id, members FROM tally WHERE typeof(id) = 'integer' AND typeof(members) = 'blob'"
    for number, members in database.execute(look).fetchall():
        yield number, _numbers("q", members)


def occurrences(database: Connection, tally: int, sought: bytes) -> tuple[int, int] | None:
    """How often a part of a word stands in the calls of a tally, and in how many of them.

    Args:
        database: The library.
        tally: The number of the tally.
        sought: The part of a word in UTF-8.

    Returns:
        None if the tally was removed, or is damaged.
    """
    words, figures = _columns(database, tally, "words, figures")
    hits, places, index, before, at = 0, list[tuple[int, int]](), 0, 0, words.find(sought)
    while at >= 0:
        end = words.find(_BETWEEN, at)
        end = len(words) if end < 0 else end
        index += words.count(_BETWEEN, before, at)
        if len(figures) < 8 * (index + 2):
            return None
        count, first, _, last = struct.unpack_from("<4I", figures, 8 * index)
        hits += count * words.count(sought, at, end)
        places.append((first, last))
        before, at = at, words.find(sought, end)
    calls = _how_many(database, tally, places)
    return (hits, calls) if words and calls is not None else None


def _how_many(database: Connection, tally: int, places: Sequence[tuple[int, int]]) -> int | None:
    """How many calls some words stand in, by the parts of the places of each; None if the tally was removed."""
    if len(places) <= 1:
        return sum(last - first for first, last in places)
    (whole,) = _columns(database, tally, "places")
    together = set(chain.from_iterable(_numbers("H", whole[2 * first : 2 * last]) for first, last in places))
    return len(together) if whole else None


def _columns(database: Connection, tally: int, names: str) -> Sequence[bytes]:
    """Some columns of a tally; empty ones if it was removed or is damaged."""
    row = database.execute(f"SELECT {names} FROM tally WHERE id = ?", (tally,)).fetchone()
    is_sound = row is not None and all(isinstance(column, bytes) for column in row)
    return row if is_sound else [b""] * len(names.split(","))


def _due(database: Connection) -> dict[int, int]:
    """The calls of the next tally with the sizes of their texts; empty if too few wait.

    The newest are the next: what makes room for others are the oldest calls, whose tally would not hold for long.
    """
    look = (
        "SELECT call, size FROM tallied JOIN kept ON kept.id = call WHERE tally IS NULL AND typeof(call) = 'integer' "
        "AND typeof(size) = 'integer' AND call NOT IN (SELECT id FROM unfolded) "
        f"ORDER BY {AGE} DESC LIMIT {_MOST_CALLS}"
    )
    calls, together = dict[int, int](), 0
    for call, size in database.execute(look).fetchall():
        calls[call] = size
        together += size
        if together >= ENOUGH_BYTES:
            return calls
    return calls if len(calls) == _MOST_CALLS else {}


def _tally(database: Connection, calls: Iterable[int]) -> tuple[Sequence[int], int, Tally]:
    """Tally some calls: those that can be tallied, the size of their texts, and the tally."""
    members, size, counts, places = list[int](), 0, Counter[bytes](), dict[bytes, list[int]]()
    look = "SELECT is_even, text FROM passage JOIN folded USING (id) WHERE call = ?"
    for call in calls:
        passages = database.execute(look, (call,)).fetchall()
        if not all(isinstance(text, bytes) for _, text in passages):
            continue
        if not (all(is_even == 1 for is_even, _ in passages) or _has_hits_as_folded(database, call)):
            continue
        words = Counter(chain.from_iterable(_WORD.findall(text) for _, text in passages))
        counts.update(words)
        for word in words:
            places.setdefault(word, []).append(len(members))
        size += sum(len(text) for _, text in passages)
        members.append(call)
    ends = accumulate((len(places[word]) for word in counts), initial=0)
    figures = b"".join(map(struct.Struct("<2I").pack, [*counts.values(), 0], ends))
    all_places = list(chain.from_iterable(places[word] for word in counts))
    return members, size, Tally(_BETWEEN.join(counts), figures, struct.pack(f"<{len(all_places)}H", *all_places))


def _has_hits_as_folded(database: Connection, call: int) -> bool:
    """Whether each place of a part of a word in the folded texts is a hit: not where two may share a ligature."""
    for (said,) in database.execute("SELECT said FROM body WHERE id = ? AND typeof(said) = 'blob'", (call,)).fetchall():
        turns = said.decode(errors="replace").split(BETWEEN_TURNS)
        changed = (folded[one.folded_start : one.folded_end] for folded, changes in map(fold, turns) for one in changes)
        return all(len(_LETTER.findall(part)) <= 1 for part in changed)
    return False


def _numbers(kind: str, packed: bytes) -> Sequence[int]:
    """The numbers in some bytes, by the format of the module ``struct``; those that are cut off are left out."""
    return struct.unpack_from(f"<{len(packed) // struct.calcsize(kind)}{kind}", packed)
