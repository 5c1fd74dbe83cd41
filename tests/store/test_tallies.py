"""A tally counts what the texts of its calls have, holds as long as all of them are there, and is never relied on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.fold import fold
from tui.core.search import compile_query
from tui.core.secret import SecretStr
from tui.store import passages, tallies
from tui.store.accounts import Account
from tui.store.library import CachedCall, Library
from tui.store.retention import Bounds, Retention

SAID = ["how", "may", "I", "help", "you", "with", "your", "refund", "today"]
texts = st.lists(
    st.sampled_from(
        [
            *SAID,
            "don't",
            "99",
            "naïve",
            "e\u0301",
            "は",
            "\N{FULLWIDTH LATIN SMALL LETTER H}",
            " ",
            "\n",
            "…",
            ", ",
            "-",
            "\x01",
        ]
    ),
    max_size=30,
)
"""Folding changes the length of some of them, but makes no character into several letters."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some 100 bytes make a tally, of words that may all be different."""
    monkeypatch.setattr(tallies, "ENOUGH_BYTES", 100)
    monkeypatch.setattr(tallies, "_WAITING", 1)
    monkeypatch.setattr(tallies, "_SHARE", 0)


class Kept:
    """A library in a file, and what its tallies say."""

    def __init__(self, path: Path, key: str = "a key") -> None:
        self.path, self.library = path, Library(path)
        self.account: Account = self.library.new_account("https://api.pyai.com", SecretStr(key))

    def keep(self, *said: str, since_ms: int = 0) -> None:
        """Store calls with these texts, one hour after the other."""
        for at, text in enumerate(said):
            call = CachedCall(f"c{since_ms + at}", 0, f"body {at}".encode(), None, None, since_ms + at)
            self.library.keep_all(self.account, [(call, text.encode())])

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a statement gives."""
        with closing(sqlite3.connect(self.path)) as database, database:
            return database.execute(statement, values).fetchall()

    def told(self, sought: str) -> list[tuple[Sequence[int], int, int]]:
        """For each tally of calls that are all there: these, the hits, and how many have one."""
        with self.library.searching(self.account) as session:
            assert session is not None
            return list(session.tallied(session.calls(), sought))

    def counted(self, sought: str) -> list[tuple[int, int, int]]:
        """The same with the number of the calls."""
        return [(len(calls), hits, having) for calls, hits, having in self.told(sought)]

    @property
    def waiting(self) -> int:
        """How many calls wait for a tally."""
        return len(self.sql("SELECT call FROM tallied WHERE tally IS NULL"))


@pytest.fixture
def kept(path: Path) -> Kept:
    return Kept(path)


def of_all(calls: Sequence[str], sought: str) -> tuple[int, int] | None:
    """What a tally of all these calls says; None if there is none."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE body (id INTEGER PRIMARY KEY, said BLOB)")
        database.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, base_url, account, kept_ms, started_at_ms)")
        passages.create(database)
        tallies.create(database)
        for number, call in enumerate(calls):
            database.execute("INSERT INTO body VALUES (?, ?)", (number, call.encode()))
            database.execute("INSERT INTO kept VALUES (?, '', '', 0, 0)", (number,))
        passages.store(database, [(number, len(call.encode())) for number, call in enumerate(calls)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tallies, "_MOST_CALLS", len(calls))
            tallies.add(database, [(number, 0) for number, _ in enumerate(calls)])
        made = [number for number, members in tallies.tallied_calls(database) if len(members) == len(calls)]
        counted = [tallies.occurrences(database, number, sought.encode()) for number in made]
    return counted[0] if counted else None


@given(st.lists(texts.map("".join), min_size=1, max_size=5), st.data())
def test_a_tally_counts_what_a_find_finds(calls: list[str], data: st.DataObject) -> None:
    turns = [call.split(passages.BETWEEN_TURNS) for call in calls]
    words = [word for call in turns for text in call for word in re.findall(r"[\w']{2,}", fold(text)[0])]
    word = data.draw(st.sampled_from([*words, "refund"]))
    start = data.draw(st.integers(0, len(word) - 2))
    sought = word[start : data.draw(st.integers(start + 2, len(word)))]
    found = [sum(len(compile_query(sought).spans(text)) for text in call) for call in turns]
    has_words = any(re.search(r"[\w']", fold(text)[0]) for call in turns for text in call)
    assert of_all(calls, sought) == ((sum(found), sum(map(bool, found))) if has_words else None)


def test_two_hits_may_share_a_ligature() -> None:
    assert compile_query("ff").spans("a fﬀf") == [(2, 4)]
    assert of_all(["a fﬀf"], "ff") is None


@pytest.mark.parametrize(
    ("sought", "is_possible"),
    [("refund", True), ("don't", True), ("は", False), ("はい", True), ("99", True), ("a", False), ("two words", False),
     ("e-mail", False), ("a.b", False), ("\x01\x01", False), ("", False)],
)  # fmt: skip
def test_only_parts_of_words_are_counted(sought: str, is_possible: bool) -> None:
    assert tallies.can_count(sought) is is_possible


def test_calls_wait_until_their_texts_are_enough(kept: Kept) -> None:
    kept.keep("a refund " * 4, "a refund " * 4)
    assert (kept.waiting, kept.counted("refund")) == (2, [])
    kept.keep("the refunds " * 4, since_ms=2)
    assert (kept.waiting, kept.counted("refund")) == (0, [(3, 12, 3)])
    assert kept.counted("refunds") == [(3, 4, 1)]
    assert kept.counted("nothing") == [(3, 0, 0)]


def test_a_tally_goes_with_a_call_of_it_and_the_others_get_a_new_one(kept: Kept) -> None:
    kept.keep(*["a refund " * 6] * 4)
    assert kept.counted("refund") == [(2, 12, 2)] * 2
    kept.library.trim(Bounds(Retention(max_days=1), 24 * 60 * 60 * 1000 + 1))
    assert (kept.waiting, kept.counted("refund")) == (1, [(2, 12, 2)])
    kept.keep("a refund " * 6, since_ms=9)
    assert (kept.waiting, kept.counted("refund")) == (0, [(2, 12, 2)] * 2)
    kept.keep("no " * 18, since_ms=9)  # the same call again, with another text
    assert (kept.waiting, kept.counted("refund"), kept.counted("no")) == (
        0,
        [(2, 12, 2), (2, 6, 1)],
        [(2, 0, 0), (2, 18, 1)],
    )


def test_a_tally_with_calls_of_others_is_left(kept: Kept) -> None:
    kept.keep(*["a refund " * 6] * 2)
    kept.sql("UPDATE kept SET account = 'another' WHERE call_id = 'c0'")
    assert kept.counted("refund") == []


def test_each_account_has_tallies_of_its_own(path: Path) -> None:
    both = Kept(path), Kept(path, "another key")
    for at in range(4):
        for kept in both:
            kept.keep("a refund " * 6, since_ms=at)
    assert [kept.counted("refund") for kept in both] == [[(2, 12, 2)] * 2] * 2


def test_in_a_full_library_no_tally_is_made_to_be_dropped(
    kept: Kept, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "_WAITING", 2)
    kept.keep(*["a refund " * 6] * 8)
    for at in range(8, 48):
        kept.library.trim(Bounds(Retention(max_days=1), 24 * 60 * 60 * 1000 + at - 7))
        kept.keep("a refund " * 6, since_ms=at)
    assert kept.sql("SELECT count(*) FROM kept") == [(8,)]
    ((made,),) = kept.sql("SELECT seq <= 24 FROM sqlite_sequence WHERE name = 'tally'")
    assert made  # of two calls each, and each call is in one


@pytest.mark.parametrize("sought", ["refund", "re"])
def test_a_tally_that_is_removed_meanwhile_tells_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, sought: str
) -> None:
    kept.keep(*["a refund, really " * 3] * 2)
    read = tallies._columns

    def removed_before(database: sqlite3.Connection, tally: int, names: str) -> Sequence[bytes]:
        if names == removed:
            kept.sql("DELETE FROM tally")
        return read(database, tally, names)

    monkeypatch.setattr(tallies, "_columns", removed_before)
    removed = "none"
    assert len(kept.counted(sought)) == 1
    removed = "words, figures" if sought == "refund" else "places"
    assert kept.counted(sought) == []


def test_no_number_of_a_tally_is_used_again(kept: Kept) -> None:
    kept.keep(*["a refund " * 6] * 2)
    kept.library.trim(Bounds(Retention(max_days=1), 24 * 60 * 60 * 1000 + 1))
    kept.keep("a refund " * 6, since_ms=9)
    assert kept.sql("SELECT id FROM tally") == [(2,)]


def test_the_oldest_calls_wait(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "ENOUGH_BYTES", 10**6)
    kept.keep(*["a refund " * 6] * 3)
    monkeypatch.setattr(tallies, "ENOUGH_BYTES", 100)
    assert kept.library.advance()
    assert not kept.library.advance()
    assert kept.sql("SELECT call_id FROM kept JOIN tallied ON call = id WHERE tally IS NULL") == [("c0",)]


@pytest.mark.parametrize("odd", ["the office ﬁle " * 9, "a longer text " * 100])
def test_calls_that_are_read_anyway_have_no_tally(kept: Kept, monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    monkeypatch.setattr(tallies, "FOLDED_AT_ONCE_BYTES", 1_000)
    kept.keep(odd)
    assert (kept.waiting, kept.counted("le")) == (0, [])
    assert not kept.library.advance()


def test_words_that_hardly_repeat_are_not_tallied(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "_SHARE", 2)
    kept.keep(" ".join(f"word{number}" for number in range(40)))
    assert (kept.waiting, kept.counted("word")) == (0, [])
    kept.keep("word1 word2 " * 20, since_ms=1)
    assert (kept.waiting, kept.counted("word")) == (0, [(1, 40, 1)])


def damaged() -> Iterator[tuple[str, Sequence[object]]]:
    """Statements that damage a tally as a broken disk may."""
    for column in ("members", "words", "figures", "places"):
        for value in (b"", b"\xff", b"\xff" * 1_000, "text", 7, 1.5):
            yield f"UPDATE tally SET {column} = ?", (value,)
    yield "UPDATE tally SET figures = substr(figures, 1, length(figures) - 8)", ()
    yield "UPDATE tally SET figures = zeroblob(length(figures))", ()
    yield "UPDATE tally SET figures = replace(hex(zeroblob(length(figures))), '00', 'z')", ()
    yield "UPDATE folded SET text = 'text'", ()
    yield "DELETE FROM tally", ()
    yield "UPDATE tallied SET tally = 'x', size = 'x'", ()
    yield "UPDATE tallied SET tally = NULL, size = x'00'", ()


@pytest.mark.parametrize(("statement", "values"), damaged())
def test_a_damaged_tally_ends_no_search(kept: Kept, statement: str, values: Sequence[object]) -> None:
    kept.keep(*["a refund " * 6] * 2)
    kept.sql(statement, *values)
    for sought in ("refund", "today", "re"):
        assert all(hits < 20 and having <= len(calls) <= 2 for calls, hits, having in kept.told(sought))
    kept.keep("a refund " * 6, since_ms=0)
    assert kept.library.quarantined is None


def test_a_call_whose_passages_are_still_to_be_made_waits(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "FOLDED_AT_ONCE_BYTES", 60)
    kept.keep("a refund " * 20)
    assert kept.counted("refund") == []
    while kept.library.advance():
        pass
    assert (kept.waiting, kept.counted("refund")) == (0, [(1, 20, 1)])
