"""Reads what a search needs of the library: calls, passages that may have a hit, texts.

Only reads, without a transaction, so that other instances can write meanwhile. The matcher decides what has a hit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, groupby
from sqlite3 import Connection
from typing import Any, NamedTuple

from tui.core.search import Required
from tui.store import tallies
from tui.store.listing import NEWEST_FIRST
from tui.store.passages import BETWEEN_TURNS, DAMAGE, INDEX_FAULTS, WITHOUT_INDEX, Passage, error_code, passages
from tui.store.rows import have_types

_MOST_TRIGRAMS = 32
_FIRST_CHUNK, _LARGEST_CHUNK = 8, 256
"""How many calls are read at once: few at first, as the first hits are waited for."""
_FEW_CALLS, _FEW_PASSAGES = 8, 64
"""Up to so many, reading all passages is faster than asking the index."""
_FEW_CALLS_FOR_A_STRING, _FEW_PASSAGES_FOR_A_STRING = 256, 512
"""The same where only a string is sought. What stands in most calls is then listed without the index."""
_MOST_LISTED = 1_000
"""Up to so many numbers of calls are given to a query."""
_FACTS = (str, int, str | None, int | None, int | None)
_PASSAGE = (
    "SELECT call, turn, start, size, is_even, is_countable, text FROM passage JOIN folded USING (id) "
    "WHERE typeof(text) = 'blob'"
    + "".join(f" AND typeof({column}) = 'integer'" for column in ("call", "turn", "start", "size", "is_even"))
)
"""The columns of a passage; SQLite does not enforce their types, and damage may change them."""
_SOUND_CALL = (
    "typeof(id) = 'integer' AND typeof(call_id) = 'text' AND typeof(kept_ms) = 'integer' "
    "AND typeof(label) IN ('text', 'null') AND typeof(started_at_ms) IN ('integer', 'null')"
)

_SOUND_NUMBERS = "typeof(call) = 'integer' AND typeof(id) = 'integer'"
"""What holds of every passage, unless damage to the schema has made its number an ordinary column."""

Candidates = Mapping[int, Sequence[int]]
"""The numbers of the passages that may have a hit, by the number of their call."""
ByName = Callable[[Callable[[tuple[str, str]], list[int]]], list[int]]
"""Reads numbers of an account's rows by the address and name that it has by now."""


class FoundCall(NamedTuple):
    """The facts of a cached call that is searched; not yet safe to show.

    Attributes:
        call_id: The call's id.
        cached_ms: Unix time in ms of the last fetch.
        label: The session label; None if there is none.
        started_at_ms: Unix time of its start in ms; None if not known.
        turns: How many turns it has, 0 for a plain text; None if not known.
    """

    call_id: str
    cached_ms: int
    label: str | None
    started_at_ms: int | None
    turns: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is one plain text, without turns."""
        return self.turns == 0


class SearchSession:
    """The calls of an account, for one search.

    Attributes:
        finds_damage: Whether the index proved damaged, and was not used.
    """

    def __init__(self, database: Connection, by_name: ByName) -> None:
        self._database = database
        self._by_name = by_name
        self.finds_damage = False

    @cached_property
    def _unfolded(self) -> set[int]:
        """The calls whose passages are still to be made; not read before the search, which copes with damage."""
        return {number for (number,) in self._database.execute("SELECT id FROM unfolded").fetchall()}

    def calls(self) -> list[int]:
        """The numbers of all calls whose rows are sound, the newest first."""
        newest = f"SELECT id FROM kept WHERE base_url = ? AND account = ? AND {_SOUND_CALL} ORDER BY {NEWEST_FIRST}"
        return self._by_name(lambda name: [number for (number,) in self._database.execute(newest, name).fetchall()])

    def few_passages(self, calls: Sequence[int], *, for_a_string: bool) -> Candidates:
        """All passages of the first calls: so few that they are searched before the index is asked."""
        few = (_FEW_CALLS_FOR_A_STRING, _FEW_PASSAGES_FOR_A_STRING) if for_a_string else (_FEW_CALLS, _FEW_PASSAGES)
        first = calls[: few[0]]
        passages = self._all(first)
        together = accumulate(len(passages.get(call, ())) for call in first)
        return {call: passages.get(call, ()) for call, count in zip(first, together, strict=True) if count <= few[1]}

    def facts(self, number: int) -> FoundCall | None:
        """The facts of a call; None if it was removed, or if its row is damaged."""
        look = "SELECT call_id, kept_ms, label, started_at_ms, turns FROM kept WHERE id = ?"
        row = self._database.execute(look, (number,)).fetchone()
        return None if row is None or not have_types(row, _FACTS) else FoundCall(*row)

    def candidates(self, required: Required) -> Candidates | None:
        """The passages that may have what is required, by the index; None if it cannot tell."""
        expression = match_expression(required)
        if expression is None:
            return None
        look = (
            f"SELECT call, id FROM passage WHERE {_SOUND_NUMBERS} "
            "AND id IN (SELECT rowid FROM words WHERE words MATCH ?) "
            f"UNION ALL SELECT call, id FROM passage WHERE {_SOUND_NUMBERS} AND is_indexed = 0"
        )
        try:
            rows = self._database.execute(look, (expression,)).fetchall()
        except INDEX_FAULTS as fault:
            if error_code(fault) not in WITHOUT_INDEX:
                raise
            self.finds_damage = error_code(fault) in DAMAGE
            return None
        return _by_call(rows)

    def places(self, calls: Sequence[int], candidates: Candidates | None) -> Sequence[int]:
        """The places of the calls that may have a hit."""
        if candidates is None:
            return range(len(calls))
        return [place for place, call in enumerate(calls) if call in candidates or call in self._unfolded]

    def passages(self, calls: Sequence[int], candidates: Candidates | None) -> Iterator[tuple[int, Iterable[Passage]]]:
        """The passages of each call that may have a hit; none, but still the call, where there is no such passage.

        Args:
            calls: The numbers of the calls.
            candidates: The passages that may have a hit; None for all.
        """
        at, size = 0, _FIRST_CHUNK
        while at < len(calls):
            chunk = calls[at : at + size]
            read = self._of_chunk([call for call in chunk if call not in self._unfolded], candidates)
            for call in chunk:
                yield call, self._just_made(call) if call in self._unfolded else read.get(call, ())
            at, size = at + size, min(2 * size, _LARGEST_CHUNK)

    def batches(self, calls: Sequence[int], candidates: Candidates | None) -> Iterator[tuple[int, Iterator[Passage]]]:
        """The same for some calls at a time, to be counted: how many calls, and their passages in any order."""
        found = self._all(calls) if candidates is None else candidates
        at = 0
        while at < len(calls):
            end, numbers = at, list[int]()
            while end < len(calls) and len(numbers) < _LARGEST_CHUNK:
                numbers += () if calls[end] in self._unfolded else found.get(calls[end], ())
                end += 1
            unfolded = (self._just_made(call) for call in calls[at:end] if call in self._unfolded)
            yield end - at, chain(self._in_pieces(numbers), chain.from_iterable(unfolded))
            at = end

    def tallied(self, calls: Sequence[int], sought: str) -> Iterator[tuple[Sequence[int], int, int]]:
        """How often a part of a word stands in some calls, by each tally of which all calls are among them.

        Yields:
            The calls of the tally, how often it stands in them, and in how many of them; nothing where what is sought
            may reach beyond a word.
        """
        if not tallies.can_count(sought):
            return
        wanted = set(calls)
        for number, together in tallies.tallied_calls(self._database):
            are_wanted = wanted.issuperset(together)
            found = tallies.occurrences(self._database, number, sought.encode()) if are_wanted else None
            if found is not None and found[1] <= len(together):
                yield together, *found

    def texts(self, passage: Passage) -> list[str]:
        """The safe texts of the turns of a passage; empty if it was removed meanwhile."""
        return self._said(passage.call, passage.start, passage.size).decode(errors="replace").split(BETWEEN_TURNS)

    def _just_made(self, call: int) -> Iterator[Passage]:
        """The passages of a call that are not stored yet."""
        said = self._said(call, 0, -1)
        return passages(call, said)

    def _said(self, call: int, start: int, size: int) -> bytes:
        try:
            with self._database.blobopen("body", "said", call, readonly=True) as blob:
                blob.seek(min(start, len(blob)))
                return blob.read(size)
        except sqlite3.OperationalError as fault:
            if error_code(fault) != sqlite3.SQLITE_ERROR:
                raise
            return b""  # the call was removed meanwhile, or its row is damaged

    def _of_chunk(self, calls: Sequence[int], candidates: Candidates | None) -> dict[int, list[Passage]]:
        rows = self._in_ranges(calls) if candidates is None else self._in_list(calls, candidates)
        found = map(Passage._make, rows)
        return {call: list(some) for call, some in groupby(found, key=lambda passage: passage.call)}

    def _all(self, calls: Sequence[int]) -> Candidates:
        """All passages of some calls, or of all where these are many."""
        look = f"SELECT call, id FROM passage WHERE {_SOUND_NUMBERS}"
        if len(calls) <= _MOST_LISTED:
            look += f" AND call IN ({','.join(map(str, calls))})"
        return _by_call(self._database.execute(look).fetchall())

    def _in_pieces(self, numbers: Sequence[int]) -> Iterator[Passage]:
        """Passages by their numbers, in pieces, so that other processes can write between two of them."""
        for at in range(0, len(numbers), _LARGEST_CHUNK):
            listed = ",".join(map(str, numbers[at : at + _LARGEST_CHUNK]))
            yield from map(Passage._make, self._database.execute(f"{_PASSAGE} AND passage.id IN ({listed})"))

    def _in_list(self, calls: Sequence[int], candidates: Candidates) -> Iterable[Sequence[Any]]:
        numbers = [str(int(number)) for call in calls for number in candidates.get(call, ())]
        which = f"passage.id IN ({','.join(numbers)}) ORDER BY call, turn"
        return self._database.execute(f"{_PASSAGE} AND {which}") if numbers else ()

    def _in_ranges(self, calls: Sequence[int]) -> Iterator[Sequence[Any]]:
        """All passages of the calls, read in as few runs of calls as possible."""
        ordered = sorted(calls)
        for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
            numbers = [call for _, call in run]
            which = "call BETWEEN ? AND ? ORDER BY call, turn"
            yield from self._database.execute(f"{_PASSAGE} AND {which}", (numbers[0], numbers[-1]))


def _by_call(rows: Iterable[tuple[int, int]]) -> Candidates:
    found: dict[int, list[int]] = {}
    for call, number in rows:
        found.setdefault(call, []).append(number)
    return found


def match_expression(required: Required) -> str | None:
    """The query of the index for what is required: only quoted trigrams, AND and OR; None if it cannot tell."""
    alternatives = [_trigrams(strings) for strings in required]
    if not alternatives or not all(alternatives):
        return None
    return " OR ".join(f"({' AND '.join(trigrams)})" for trigrams in alternatives)


def _trigrams(strings: Iterable[str]) -> list[str]:
    """The trigrams of some strings, each as a string of the query language of FTS5, which has no other escapes."""
    found = dict.fromkeys(text[at : at + 3] for text in strings for at in range(len(text) - 2))
    quoted = ['"' + trigram.replace('"', '""') + '"' for trigram in found if "\0" not in trigram]
    return quoted[:_MOST_TRIGRAMS]
