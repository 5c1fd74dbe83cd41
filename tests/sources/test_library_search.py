"""The index of the library only saves work: with it, without it and while it is made, the find's own hits are found."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.test_required import PARTS, SYNTAX
from tui.core.call import CallFacts
from tui.core.errors import UsageError
from tui.core.record import Call
from tui.core.remarks import CallRemarks
from tui.core.search import Corpus, Hit, Query, compile_query, parse_query
from tui.core.search.required import Required
from tui.core.shown import ShownTexts
from tui.core.timing import measure
from tui.core.transcript import Transcript
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.sources.library_search import LibrarySearch, SearchBounds, SearchProgress
from tui.store import passages, search_session, tallies
from tui.store.library import Library
from tui.store.passages import Passage
from tui.store.search_session import Candidates, SearchSession, match_expression

ACCESS = Connection("https://api.pyai.com", environ={"PYAI_API_KEY": "pyai_live_of_somebody"})
Found = list[tuple[str, list[Hit]]]

texts = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=3)), max_size=6).map("".join)
turns = st.lists(
    st.tuples(st.sampled_from(("user", "assistant", "tool")), texts, st.integers(0, 9_000)), min_size=1, max_size=5
)
calls = st.lists(st.tuples(turns, st.sampled_from((None, "support", "a test"))), min_size=1, max_size=4)
words = (
    "role:user",
    "-role:user",
    "is:slow",
    "is:silence",
    "label:test",
    "-label:a",
    "after:1970-01-01",
    "-",
    " ",
    " ",
    '"',
)
typed = st.lists(st.one_of(st.sampled_from((*PARTS, *words)), st.text(max_size=2)), max_size=6).map("".join)
patterns = st.lists(st.sampled_from(SYNTAX), min_size=1, max_size=6).map("".join)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passages and steps of a few bytes, so that a short call has several, and few are read at once."""
    for name, size in (("_PASSAGE_BYTES", 16), ("_STEP_BYTES", 24), ("FOLDED_AT_ONCE_BYTES", 100)):
        monkeypatch.setattr(passages, name, size)
    monkeypatch.setattr(search_session, "_LARGEST_CHUNK", 3)
    read_before_the_index(monkeypatch, -1)
    monkeypatch.setattr(tallies, "ENOUGH_BYTES", 20)
    monkeypatch.setattr(tallies, "_WAITING", 1)
    monkeypatch.setattr(tallies, "_SHARE", 0)


def read_before_the_index(monkeypatch: pytest.MonkeyPatch, passages: int) -> None:
    """Let so many passages be read before the index is asked; with -1 it is asked for all."""
    for name in ("_FEW_PASSAGES", "_FEW_PASSAGES_FOR_A_STRING"):
        monkeypatch.setattr(search_session, name, passages)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


def archive_of(
    path: Path, *said: tuple[Sequence[tuple[str, str, int]], str | None]
) -> tuple[Archive, list[tuple[Transcript, Call]]]:
    """An archive with some calls, and their transcripts and records, the newest first."""
    from tui.api.wire import parse_transcript

    kept: list[tuple[Transcript, Call]] = []
    archive = Archive(ACCESS, None, lambda: 1_000, Library(path))
    for at, (turns, label) in enumerate(said):
        listed = [{"role": role, "text": text, "start_ms": start} for role, text, start in turns]
        body = json.dumps({"call_id": f"c{at}", "transcript": {"turns": listed}}).encode()
        transcript = parse_transcript(body, call_id=f"c{at}")
        record = Call(f"c{at}", label, started_at_ms=10**12 + at)
        assert asyncio.run(archive.keep(transcript, record)) == ""
        kept.insert(0, (transcript, record))
    return archive, kept


def found_by_find(kept: Sequence[tuple[Transcript, Call]], query: Query) -> Found:
    """What the find in each call finds."""
    found: Found = []
    for transcript, record in kept:
        remarks = CallRemarks(())
        remarks.take(measure(transcript.turns).moments)
        holds = query.holds(transcript.turns, remarks.kinds_of)
        hits = sorted(chain.from_iterable(Corpus(ShownTexts(transcript.turns)).hits(query.matcher, 0, holds)))
        if hits and query.holds_for(CallFacts(record.label, record.started_at_ms)):
            found.append((transcript.call_id, hits))
    return found


def searched(archive: Archive, query: Query) -> Found:
    progress = SearchProgress()
    found = [(one.call.call_id, list(one.hits), one.count) for one in archive.search(query, progress=progress) if one]
    assert progress.hits == sum(count for _, hits, count in found) == sum(len(hits) for _, hits, _ in found)
    assert (progress.calls, progress.searched, progress.is_done) == (len(found), progress.total, True)
    return [(call_id, hits) for call_id, hits, _ in found]


def scanned(archive: Archive, query: Query) -> Found:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SearchSession, "candidates", lambda *_: None)
        return searched(archive, query)


def queries(typed: str) -> Iterator[Query]:
    for make in (parse_query, lambda typed: Query(compile_query(typed, regex=True))):
        try:
            if typed:
                yield make(typed)
        except UsageError:
            pass


@pytest.mark.parametrize("few", [-1, 4], ids=["by the index", "the newest first"])
@given(calls, typed, patterns)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_index_scan_and_find_have_the_same_hits(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    calls: Any,
    typed: str,
    pattern: str,
) -> None:
    read_before_the_index(monkeypatch, few)
    archive, kept = archive_of(tmp_path_factory.mktemp("library") / "library.db", *calls)
    wanted = [*queries(typed), *queries(pattern), *queries(regex.escape(typed))]
    expected = [found_by_find(kept, query) for query in wanted]
    while archive.advance():
        assert [searched(archive, query) for query in wanted] == expected
    assert [searched(archive, query) for query in wanted] == expected
    assert [scanned(archive, query) for query in wanted] == expected


@pytest.mark.parametrize("few", [-1, 4], ids=["by the index", "the newest first"])
@given(calls, typed, patterns, st.integers(0, 3), st.integers(0, 2))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_only_counted_counts_as_what_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    calls: Any,
    typed: str,
    pattern: str,
    most_calls: int,
    most_hits: int,
) -> None:
    read_before_the_index(monkeypatch, few)
    archive, _ = archive_of(tmp_path_factory.mktemp("library") / "library.db", *calls)
    wanted = [*queries(typed), *queries(calls[0][0][0][1][:4]), *queries(pattern)]
    is_more = True
    while is_more:
        is_more = archive.advance()
        for query in wanted:
            found, progress = searched(archive, query), SearchProgress()
            some = [one for one in archive.search(query, SearchBounds(most_hits, most_calls), progress) if one]
            assert (progress.calls, progress.hits) == (len(found), sum(len(hits) for _, hits in found))
            assert (progress.searched, progress.is_cut) == (progress.total, False)
            cut = [(call_id, first_of(hits, most_hits)) for call_id, hits in found[:most_calls]]
            assert [(one.call.call_id, list(one.hits)) for one in some] == cut


@pytest.mark.parametrize("word", ["refund", "efun", "fu", "don't"])
def test_words_of_tallied_calls_are_counted_without_their_texts(
    path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    said = [("user", "A refund, and refunds! Don't", 0), ("assistant", "refunded", 0)], None
    archive, kept = archive_of(path, *[said] * 12)
    expected = sum(len(hits) for _, hits in found_by_find(kept, parse_query(word)))
    read = list[int]()

    def batches(
        _: SearchSession, calls: Sequence[int], __: Candidates | None
    ) -> Iterator[tuple[int, Iterator[Passage]]]:
        read.extend(calls)
        yield from ()

    monkeypatch.setattr(SearchSession, "batches", batches)
    progress = SearchProgress()
    assert list(filter(None, archive.search(parse_query(word), SearchBounds(calls=0), progress))) == []
    assert (progress.hits, progress.calls, progress.searched, read) == (expected, 12, 12, [])


@pytest.mark.parametrize("most", [0, 3, 5])
def test_tallies_count_what_is_not_listed_whatever_the_order_of_the_calls(
    path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    said = [("user", "a refund, and refunds", 0), ("assistant", "refunded", 0)], None
    archive, _ = archive_of(path, *[said] * 12)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE kept SET started_at_ms = started_at_ms + 20 * (id % 3)")
    read = list[Sequence[int]]()
    texts = LibrarySearch._count_texts

    def count_texts(search: LibrarySearch, calls: Sequence[int], candidates: Candidates | None) -> Iterator[None]:
        read.append(calls)
        return texts(search, calls, candidates)

    monkeypatch.setattr(LibrarySearch, "_count_texts", count_texts)
    progress = SearchProgress()
    found = list(filter(None, archive.search(parse_query("fund"), SearchBounds(calls=most), progress)))
    assert (len(found), progress.hits, progress.calls, progress.searched) == (most, 36, 12, 12)
    assert read == [[]]


@pytest.mark.parametrize("typed", ["no such phrase", "Refund", "refund no-such"])
def test_the_index_is_asked_before_rare_words_are_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    read_before_the_index(monkeypatch, 20)
    archive, _ = archive_of(path, *[([("user", "a refund of nothing", 0)], None)] * 40)
    asked, ask = list[Required](), SearchSession.candidates

    def candidates(session: SearchSession, required: Required) -> Candidates | None:
        asked.append(required)
        return ask(session, required)

    monkeypatch.setattr(SearchSession, "candidates", candidates)
    assert list(filter(None, archive.search(parse_query(typed), SearchBounds(calls=0), SearchProgress()))) == []
    assert asked


def first_of(hits: list[Hit], most: int) -> list[Hit]:
    """The first hits, and those beside them in the turn of the last."""
    turns = {turn for turn, _, _ in hits[:most]}
    return [hit for hit in hits if hit[0] in turns]


def test_of_a_turn_as_many_hits_come_as_a_line_shows(path: Path) -> None:
    archive, _ = archive_of(path, ([("user", "a" * 9, 0), ("user", "a" * 9_999, 0), ("user", "aa", 0)], None))
    for typed in ("a", "role:user a"):
        (found,) = filter(None, archive.search(parse_query(typed), SearchBounds(hits=10)))
        assert (found.count, len(found.hits)) == (10_010, 130)
        assert (list(found.texts), found.hits[-1]) == ([0, 1], (1, 120, 121))


@given(st.lists(st.text(min_size=3, max_size=9), min_size=1, max_size=3), st.lists(st.text(), max_size=4))
def test_a_query_of_the_index_is_nothing_but_quoted_trigrams(strings: list[str], others: list[str]) -> None:
    expression = match_expression((frozenset(strings), frozenset((*strings, *others))))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE VIRTUAL TABLE words USING fts5(x, y, detail=none, tokenize='trigram case_sensitive 1')"
        )
        database.execute("INSERT INTO words VALUES (?, '')", ("\0".join(strings),))
        if expression is not None and expression.isprintable():
            database.execute("SELECT rowid FROM words WHERE words MATCH ?", (expression,)).fetchall()


@pytest.mark.parametrize(
    "typed", ['x" OR "y', "words : abc", "abc*", "^abc", "NEAR(abc def)", "abc NOT def", "'; DROP"]
)
def test_operators_of_the_index_are_words(path: Path, typed: str) -> None:
    archive, _ = archive_of(path, ([("user", f"so {typed} then", 0)], None), ([("user", "abc def y", 0)], None))
    assert [call_id for call_id, _ in searched(archive, parse_query(typed))] == ["c0"]


GREEDY = bytes.fromhex("00ea33773f3800368ac589b59a127987cde2aa64bfd8075e487c9c558ccf7a2ee5979e1fa03fc91571")
"""A damaged block of an index: it has SQLite ask for more memory than there is."""
SAID = ([("user", "a refund, please", 0), ("assistant", "of course", 900)], "support")


def asked_before_first(archive: Archive, monkeypatch: pytest.MonkeyPatch, word: str) -> tuple[str, int]:
    """The call of the first hit, and how often the index was asked until then."""
    asked, ask = [], SearchSession.candidates

    def candidates(session: SearchSession, required: Required) -> Candidates | None:
        asked.append(required)
        return ask(session, required)

    monkeypatch.setattr(SearchSession, "candidates", candidates)
    found = next(one for one in archive.search(parse_query(word), progress=SearchProgress()) if one)
    return found.call.call_id, len(asked)


def test_the_newest_calls_are_searched_before_the_index_is_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_before_the_index(monkeypatch, 20)
    archive, _ = archive_of(path, *[([("user", "a refund", 0)], None)] * 12)
    assert asked_before_first(archive, monkeypatch, "refund") == ("c11", 0)


def test_an_account_without_calls_has_no_hits(path: Path) -> None:
    archive, _ = archive_of(path, ([("user", "a refund", 0)], None))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM kept")
    progress = SearchProgress()
    assert [one for one in archive.search(parse_query("refund"), progress=progress) if one] == []
    assert (progress.total, progress.searched, progress.hits, progress.is_done) == (0, 0, 0, True)


@pytest.mark.parametrize("few", [-1, 4], ids=["by the index", "the newest first"])
def test_a_call_that_is_stored_anew_meanwhile_is_found_once(
    path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    read_before_the_index(monkeypatch, few)
    archive, kept = archive_of(path, *[([("user", "a refund", 0)], None)] * 12)
    found = []
    for one in archive.search(parse_query("refund"), progress=SearchProgress()):
        if one is not None:
            found.append(one.call.call_id)
        if found == ["c11", "c10"]:
            transcript, record = kept[1]
            assert asyncio.run(archive.keep(replace(transcript, source=transcript.source + b" "), record)) == ""
    assert found == [f"c{number}" for number in reversed(range(12))]


def test_a_long_call_among_the_newest_is_left_to_the_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_before_the_index(monkeypatch, 2)
    short, long = [("user", "a refund", 0)], [("user", "a refund and much more", 0)] * 3
    archive, _ = archive_of(path, (short, None), (long, None), (short, None))
    assert searched(archive, parse_query("and much")) == [("c1", [(turn, 9, 17) for turn in range(3)])]
    assert asked_before_first(archive, monkeypatch, "and much") == ("c1", 1)


def without_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE words")
    monkeypatch.setattr(passages, "_CREATE_INDEX", "CREATE VIRTUAL TABLE words USING no_such_module(x)")


def without_module(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an SQLite without FTS5 makes of a library of one that has it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA writable_schema = ON").close()
        database.execute("UPDATE sqlite_master SET sql = replace(sql, 'fts5', 'no_such') WHERE name = 'words'").close()


def with_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE words_data SET block = x'00' || randomblob(40) WHERE id > 1")


def with_damage_that_asks_for_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE words_data SET block = ? WHERE id > 1", (GREEDY,))
    with closing(sqlite3.connect(path)) as database, pytest.raises(MemoryError):
        database.execute("SELECT rowid FROM words WHERE words MATCH 'ref'").fetchall()


def with_damaged_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE words_data SET block = x'00ff' WHERE id > 10")


def with_great_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM words_data")
        database.execute("DELETE FROM words_idx")


@pytest.mark.parametrize(
    "harm",
    [
        without_words, without_module, with_damage, with_great_damage, with_damaged_words,
        with_damage_that_asks_for_memory,
    ],
)  # fmt: skip
def test_without_a_sound_index_the_same_is_found(
    path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    archive, _ = archive_of(path, SAID)
    harm(path, monkeypatch)
    for typed, hits in (("refund", [(0, 2, 8)]), ("Refund", []), ("r.*course", []), ("of", [(1, 0, 2)])):
        assert searched(archive, parse_query(typed)) == ([("c0", hits)] if hits else [])
    again = archive_of(path, SAID, ([("user", "another refund", 0)], None))[0]
    assert [call_id for call_id, _ in searched(again, parse_query("refund"))] == ["c1", "c0"]
    while again.advance():
        pass
    assert [call_id for call_id, _ in searched(again, parse_query("refund"))] == ["c1", "c0"]
    assert again.advance() is False
    assert asyncio.run(again.cached("c0")) is not None
    assert [entry.name for entry in path.parent.iterdir()] == ["library.db"]


@pytest.mark.parametrize("harm", [with_damage, with_great_damage, with_damaged_words])
def test_a_damaged_index_is_made_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    archive, _ = archive_of(path, SAID)
    harm(path, monkeypatch)
    assert searched(archive, parse_query("refund"))
    assert archive.advance()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM words WHERE words MATCH '\"ref\"'").fetchone() == (1,)


def test_what_is_not_wanted_is_counted(path: Path) -> None:
    said = [([("user", "one one", 0), ("user", "one", 0)], None)] * 4
    archive, _ = archive_of(path, *said)
    progress = SearchProgress()
    found = [one for one in archive.search(parse_query("one"), SearchBounds(hits=2, calls=3), progress) if one]
    assert [(one.call.call_id, one.count, len(one.hits), list(one.texts)) for one in found] == [
        (f"c{at}", 3, 2, [0]) for at in (3, 2, 1)
    ]
    assert (progress.calls, progress.hits) == (4, 12)


def test_a_removed_call_leaves_nothing(path: Path) -> None:
    archive, _ = archive_of(path, SAID)
    archive_of(path, ([("user", "something else", 0)], None))
    assert searched(archive, parse_query("refund")) == []
    assert b"refund" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM words WHERE words MATCH '\"ref\"'").fetchone() == (0,)
