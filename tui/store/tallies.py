"""Tallies: how often each word stands in some calls, so that a frequent word is counted without reading their texts.

Owns the tables ``tally`` (the words of many calls of an account) and ``tallied`` (which call is in which tally, or
still waits for one). Letters, digits and apostrophes in a row are a word, so that a string of these never reaches
beyond one: its occurrences in all words, each as often as the word stands there, are those in the texts.

A tally holds for whole calls, and goes with the first of them that is removed; the others wait for a new one. Calls of
which some passage is not countable have none, nor have very long ones, or those whose words hardly repeat: these are
read.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate, chain
from sqlite3 import Connection
from typing import NamedTuple

from tui.store.passages import FOLDED_AT_ONCE_BYTES, LETTERS

ENOUGH_BYTES = 2**20
"""Calls with so many bytes of text are in a tally, which takes some 50 ms."""
_WAITING = 2
"""So many times as much waits before a tally is made of the newest: the oldest calls are those that are removed, and in
a full library a tally with one of them would not hold until the next call comes."""
_MOST_CALLS = 2**15
"""As places have 2 bytes."""
_SHARE = 2
"""A tally is kept where it is so many times smaller than the texts."""
_BETWEEN = b"\n"
_WORD = re.compile(f"[{LETTERS}\x80-\xff]+".encode("latin-1"))


class Tally(NamedTuple):
    """How often the words of some calls stand in them. Numbers are unsigned, their lowest byte is the first.

    Attributes:
        words: The words in UTF-8, joined by line feeds.
        figures: For each word, how often it stands in the calls, and where its part of ``places`` begins, in 4 bytes
            each; behind the last word, 0 and the end of ``places``.
        places: In which of the calls each word stands: their places among them, in 2 bytes each.
    """

    words: bytes
    figures: bytes
    places: bytes


def create(database: Connection) -> None:
    """Create the tables; all calls wait for a tally."""
    for statement in (
        "ALTER TABLE passage ADD COLUMN is_countable INTEGER",  # those of an earlier version are where they are even
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
    hits, places = 0, list[tuple[int, int]]()
    for word, times in _words_with(sought, words):
        count, first, last = _figures_of(word, figures)
        if not 0 < last - first <= count:
            return None
        hits += count * times
        places.append((first, last))
    calls = _how_many(database, tally, places)
    return (hits, calls) if words and calls is not None else None


def _words_with(sought: bytes, words: bytes) -> Iterator[tuple[int, int]]:
    """The places of the words that have a string, and how often each has it."""
    word, before, at = 0, 0, words.find(sought)
    while at >= 0:
        end = words.find(_BETWEEN, at)
        end = len(words) if end < 0 else end
        word += words.count(_BETWEEN, before, at)
        yield word, words.count(sought, at, end)
        before, at = at, words.find(sought, end)


def _figures_of(word: int, figures: bytes) -> tuple[int, int, int]:
    """How often a word stands in the calls, and its part of the places; zeros where the figures are cut off."""
    at = 8 * word
    if len(figures) < at + 16:
        return 0, 0, 0
    count, first, _, last = struct.unpack_from("<4I", figures, at)
    return count, first, last


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
    """The calls of the next tally, the newest of an account, with the sizes of their texts; empty if too few wait."""
    look = (
        "SELECT base_url, account, call, size FROM tallied JOIN kept ON kept.id = call WHERE tally IS NULL "
        "AND typeof(call) = 'integer' AND typeof(size) = 'integer' AND call NOT IN (SELECT id FROM unfolded) "
        "ORDER BY call DESC"
    )
    waiting, together = dict[tuple[str, str], dict[int, int]](), Counter[tuple[str, str]]()
    with closing(database.execute(look)) as rows:
        for base_url, account, call, size in rows:
            calls = waiting.setdefault((base_url, account), {})
            calls[call] = size
            together[base_url, account] += size
            if together[base_url, account] >= _WAITING * ENOUGH_BYTES or len(calls) == _MOST_CALLS:
                return _first(calls)
    return {}


def _first(calls: dict[int, int]) -> dict[int, int]:
    """The first calls that have enough texts, or all."""
    before = accumulate(calls.values(), initial=0)
    return {call: size for (call, size), so_far in zip(calls.items(), before, strict=False) if so_far < ENOUGH_BYTES}


def _tally(database: Connection, calls: Iterable[int]) -> tuple[Sequence[int], int, Tally]:
    """Tally some calls: those that can be tallied, the size of their texts, and the tally."""
    members, size, counts, places = list[int](), 0, Counter[bytes](), dict[bytes, list[int]]()
    look = "SELECT ifnull(is_countable, is_even), text FROM passage JOIN folded USING (id) WHERE call = ?"
    for call in calls:
        passages = database.execute(look, (call,)).fetchall()
        if not all(is_countable == 1 and isinstance(text, bytes) for is_countable, text in passages):
            continue
        words = Counter(chain.from_iterable(_WORD.findall(text) for _, text in passages))
        counts.update(words)
        for word in words:
            places.setdefault(word, []).append(len(members))
        size += sum(len(text) for _, text in passages)
        members.append(call)
    return members, size, _packed(counts, places)


def _packed(counts: Counter[bytes], places: dict[bytes, list[int]]) -> Tally:
    """The tally of words, by how often each stands in the calls, and at which places among them."""
    ends = accumulate((len(places[word]) for word in counts), initial=0)
    figures = b"".join(map(struct.Struct("<2I").pack, [*counts.values(), 0], ends))
    numbers = list(chain.from_iterable(places[word] for word in counts))
    return Tally(_BETWEEN.join(counts), figures, struct.pack(f"<{len(numbers)}H", *numbers))


def _numbers(kind: str, packed: bytes) -> Sequence[int]:
    """The numbers in some bytes, by the format of the module ``struct``; those that are cut off are left out."""
    return struct.unpack_from(f"<{len(packed) // struct.calcsize(kind)}{kind}", packed)
