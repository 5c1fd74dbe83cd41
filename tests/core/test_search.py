"""One matcher: what it finds, where, and how long it may take; the corpus and its hits."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.errors import UsageError
from tui.core.search import Corpus, Hits, SearchTimeout, compile_query, fold
from tui.core.text import safe

FOREVER = "(a|aa)+$", "a" * 60 + "b"


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("refund", "Refund the REFUND", [(0, 6), (11, 17)]),
        ("Refund", "Refund the REFUND", [(0, 6)]),
        ("aa", "aaaaa", [(0, 2), (2, 4)]),
        ("[x]", "a [x] b", [(2, 5)]),
        ("my order", "My\norder, my\xa0order, my  order", [(0, 8), (10, 18)]),
        ("My order", "My\norder, my order", [(0, 8)]),
        ("istanbul", "İSTANBUL istanbul", [(0, 8), (9, 17)]),
        ("x", "İİx", [(2, 3)]),
        ("straße", "STRAẞE", [(0, 6)]),
        ("kelvin", "\u212aelvin", [(0, 6)]),
        ("loſs", "LOSS loss", [(0, 4), (5, 9)]),
        ("οδος", "ΟΔΟΣ οδοσ", [(0, 4), (5, 9)]),
        ("a\tb", "a    b", [(0, 6)]),
        ("", "text", []),
        ("text", "", []),
    ],
)
def test_plain_words(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    matcher = compile_query(pattern)
    assert matcher.spans(text) == spans
    assert matcher.spans(text, fold(text)) == spans


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        (r"re\w+", "Refund, return", [(0, 6), (8, 14)]),
        (r"\W+", "a, b", [(1, 3)]),
        (r"\bB", "b B", [(2, 3)]),
        (r"(?P<Name>b)\D", "B.", [(0, 2)]),
        (r"\p{Lu}b", "aB Ab", [(0, 2), (3, 5)]),
        (r"a*", "baab", [(1, 3)]),
        (r"^b$", "a\nb\nc", [(2, 3)]),
        ("", "text", []),
    ],
)
def test_regular_expressions(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert compile_query(pattern, regex=True).spans(text) == spans


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "*", "a{2,1}", "\\", "(" * 900, r"\p{Nope}", "((a{999}){999}){999}", "a" * 1001]
)
def test_a_wrong_expression_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(UsageError) as refusal:
        compile_query(pattern, regex=True)
    assert refusal.value.hint


def test_the_reason_names_the_position() -> None:
    with pytest.raises(UsageError, match="at position 3"):
        compile_query("ab(", regex=True)


def test_an_expression_that_backtracks_for_ever_is_stopped() -> None:
    pattern, text = FOREVER
    matcher = compile_query(pattern, regex=True)
    start = time.perf_counter()
    with pytest.raises(SearchTimeout):
        matcher.spans(text)
    assert time.perf_counter() - start < 2


@given(st.text().map(safe))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert all(fold(one) == two for one, two in zip(text, folded, strict=True))


@given(st.text("aAbB İſß\n"), st.text("aAbB İſß\n", max_size=3), st.booleans())
def test_spans_are_ordered_apart_and_not_empty(text: str, pattern: str, regex: bool) -> None:
    edges = list(chain.from_iterable(compile_query(pattern, regex=regex).spans(text)))
    assert edges == sorted(edges)
    assert all(start < end for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(0 <= edge <= len(text) for edge in edges)


# --- Over all turns ---

TEXTS = ["a refund", "nothing", "Refund and refund", "", "naïve Refund", "end"]


def found(texts: list[str], pattern: str, first_turn: int = 0, *, regex: bool = False) -> list[tuple[int, int, int]]:
    return list(chain.from_iterable(Corpus(texts).hits(compile_query(pattern, regex=regex), first_turn)))


@pytest.mark.parametrize("regex", [False, True])
def test_a_corpus_is_searched_from_the_turn_round_to_it(regex: bool) -> None:
    assert found(TEXTS, "refund", regex=regex) == [(0, 2, 8), (2, 0, 6), (2, 11, 17), (4, 6, 12)]
    assert found(TEXTS, "refund", 3, regex=regex) == [(4, 6, 12), (0, 2, 8), (2, 0, 6), (2, 11, 17)]
    assert found(TEXTS, "Refund", regex=regex) == [(2, 0, 6), (4, 6, 12)]
    assert found([], "refund", regex=regex) == found(TEXTS, "", regex=regex) == []


@given(st.lists(st.text("ab \nİ", max_size=6)), st.text("abAİ ", max_size=2), st.integers(0, 9))
def test_a_corpus_finds_what_its_matcher_finds(texts: list[str], pattern: str, first_turn: int) -> None:
    matcher = compile_query(pattern)
    expected = [(turn, *span) for turn, text in enumerate(texts) for span in matcher.spans(text)]
    corpus = Corpus(texts)
    for _ in range(2):
        hits = Hits()
        for batch in corpus.hits(matcher, first_turn):
            hits.add(batch)
        assert hits.count == len(expected)
        assert [hit for turn in hits.turns() for hit in ((turn, *span) for span in hits.in_turn(turn))] == expected


def test_the_first_hit_comes_before_the_rest_is_searched() -> None:
    asked: list[int] = []

    class Recorded(list[str]):
        def __getitem__(self, turn):  # type: ignore[no-untyped-def]
            asked.append(turn)
            return super().__getitem__(turn)

    batches = Corpus(Recorded(["word " * 30] * 100_000)).hits(compile_query("word"), 50_000)
    assert next(batches)[0] == (50_000, 0, 4)
    assert len(asked) < 50_000


def test_a_search_as_a_whole_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.core.search._Expression.limit_s", 0.0)
    with pytest.raises(SearchTimeout):
        found(TEXTS, "refund", regex=True)


def test_plain_words_do_not_load_regex() -> None:
    code = "import sys, tui.core.search as s; s.compile_query('a').spans('a'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "regex" not in done.stdout.split()


# --- Hits ---


def test_hits_are_stepped_through() -> None:
    hits = Hits([(4, 6, 12), (0, 2, 8), (2, 11, 17), (2, 0, 6)])
    assert hits.count == 4
    assert hits.turns() == [0, 2, 4]
    assert hits.in_turn(2) == [(0, 6), (11, 17)]
    assert hits.in_turn(3) == []
    assert hits.next_after(0, -1) == (0, 2, 8)
    assert hits.next_after(2, 0) == (2, 11, 17)
    assert hits.next_after(4, 6) is None
    assert hits.previous_before(2, 11) == (2, 0, 6)
    assert hits.previous_before(2, 0) == (0, 2, 8)
    assert hits.previous_before(0, 2) is None
    assert [hits.index_of(hit) for hit in [(0, 2, 8), (2, 0, 6), (2, 11, 17), (4, 6, 12)]] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="is no hit"):
        hits.index_of((2, 1, 7))
