"""One matcher: what it finds, where, and how long it may take; the corpus and its hits."""

from __future__ import annotations

import subprocess
import sys
import time
import weakref
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.errors import UsageError
from tui.core.fold import fold
from tui.core.search import Corpus, Hits, SearchTimeout, compile_query
from tui.core.text import safe

FOREVER = "(a|aa)+$", "a" * 60 + "b"


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("refund", "Refund the REFUND", [(0, 6), (11, 17)]),
        ("Refund", "Refund the REFUND", [(0, 6)]),
        ("aa", "aaaaa", [(0, 2), (2, 4)]),
        ("[x]", "a [x] b", [(2, 5)]),
        ("my order", "My\norder, my\xa0order, my \n order", [(0, 8), (10, 18), (20, 30)]),
        ("My order", "My\norder, my order", [(0, 8)]),
        ("istanbul", "İSTANBUL istanbul", [(0, 8), (9, 17)]),
        ("x", "İİx", [(2, 3)]),
        ("straße", "STRAẞE", [(0, 6)]),
        ("kelvin", "\u212aelvin", [(0, 6)]),
        ("loſs", "LOSS loss", [(0, 4), (5, 9)]),
        ("οδος", "ΟΔΟΣ οδοσ", [(0, 4), (5, 9)]),
        ("a\tb", "a    b", [(0, 6)]),
        ("don't", "I don’t, I don´t", [(2, 7), (11, 16)]),
        ("don’t", "I don't", [(2, 7)]),
        ('"fine"', "“fine” «fine» „fine“", [(0, 6), (7, 13), (14, 20)]),
        ("co-operate", "co‑operate co–operate", [(0, 10), (11, 21)]),
        ("a — b", "a - b", [(0, 5)]),
        ("café", "cafe\u0301 café", [(0, 5), (6, 10)]),
        ("cafe\u0301", "café", [(0, 4)]),
        ("cafe", "café cafe\u0301", []),
        ("MÜNCHEN", "mu\u0308nchen MU\u0308NCHEN", [(9, 17)]),
        ("full-width 123", "Ｆｕｌｌ－ｗｉｄｔｈ １２３", [(0, 14)]),
        ("ｆｕｌｌ", "full", [(0, 4)]),
        ("find", "ﬁnd", [(0, 3)]),
        ("office", "the oﬃce", [(4, 8)]),
        ("in", "ﬁnd", [(0, 2)]),
        ("f", "oﬃce", [(1, 2)]),
        ("Office", "the oﬃce, Oﬃce", [(10, 14)]),
        ("strasse", "die Straße", [(4, 10)]),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", [(0, 6)]),
        ("ガス", "ｶﾞｽ", [(0, 3)]),
        ("❤ x", "❤\ufe0f x", [(0, 4)]),
        ("wait...", "wait…", [(0, 5)]),
        ("two here", "line\n  two\n\nhere", [(7, 16)]),
        ("Two here", "line\n  two\n\nhere Two  here", [(17, 26)]),
        ("", "text", []),
        ("text", "", []),
    ],
)
def test_plain_text_queries(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    matcher = compile_query(pattern)
    assert matcher.spans(text) == spans
    assert matcher.spans(text, fold(text)) == list(chain(*matcher.slices(text))) == spans


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


@pytest.mark.parametrize("pattern", ["Refund", "REFUND", "Ref.nd"])
@pytest.mark.parametrize("regex", [False, True])
def test_ignoring_case_finds_more(pattern: str, regex: bool) -> None:
    matcher = compile_query(pattern, regex=regex)
    relaxed = matcher.without_case()
    assert relaxed is not None
    assert relaxed.without_case() is None
    assert matcher.spans("a refund") == []
    assert (
        relaxed.spans("a refund, a ref.nd")[:1]
        == compile_query(pattern.lower(), regex=regex).spans("a refund, a ref.nd")[:1]
    )


@pytest.mark.parametrize(("pattern", "regex"), [("refund", False), ("refund", True), (r"\Wx", True), ("ｆ", False)])
def test_ignoring_case_twice_is_impossible(pattern: str, regex: bool) -> None:
    assert compile_query(pattern, regex=regex).without_case() is None


LOOK_ALIKES = "aAbB İſßé’'“\"–-  \n\u0301ﬁﬀiＡ\ufe0f"


@given(st.text(LOOK_ALIKES).map(safe), st.text(LOOK_ALIKES, max_size=3), st.booleans())
def test_spans_are_ordered_disjoint_and_not_empty(text: str, pattern: str, regex: bool) -> None:
    edges = list(chain.from_iterable(compile_query(pattern, regex=regex).spans(text)))
    assert edges == sorted(edges)
    assert all(start < end for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(0 <= edge <= len(text) for edge in edges)


# --- Over all turns ---

TEXTS = ["a refund", "nothing", "Refund and refund", "", "naïve Refund", "end"]


def found(texts: list[str], pattern: str, first_turn: int = 0, *, regex: bool = False) -> list[tuple[int, int, int]]:
    return list(chain.from_iterable(Corpus(texts).hits(compile_query(pattern, regex=regex), first_turn)))


@pytest.mark.parametrize("regex", [False, True])
def test_a_corpus_is_searched_from_a_turn_and_wraps_around(regex: bool) -> None:
    assert found(TEXTS, "refund", regex=regex) == [(0, 2, 8), (2, 0, 6), (2, 11, 17), (4, 6, 12)]
    assert found(TEXTS, "refund", 3, regex=regex) == [(4, 6, 12), (0, 2, 8), (2, 0, 6), (2, 11, 17)]
    assert found(TEXTS, "Refund", regex=regex) == [(2, 0, 6), (4, 6, 12)]
    assert found([], "refund", regex=regex) == found(TEXTS, "", regex=regex) == []


@given(st.lists(st.text(LOOK_ALIKES, max_size=6).map(safe)), st.text(LOOK_ALIKES, max_size=2), st.integers(0, 9))
def test_a_corpus_finds_what_its_matcher_finds(texts: list[str], pattern: str, first_turn: int) -> None:
    matcher = compile_query(pattern)
    expected = [(turn, *span) for turn, text in enumerate(texts) for span in matcher.spans(text)]
    corpus = Corpus(texts)
    for _ in range(2):
        hits = Hits()
        for batch in corpus.hits(matcher, first_turn):
            hits.add(batch)
        assert hits.count == len(expected)
        assert [
            hit for turn in hits.turns() for hit in ((turn, *span) for span in hits.in_part(turn, 0, 10**9))
        ] == expected


def test_the_first_hit_comes_before_the_rest_is_searched() -> None:
    asked: list[int] = []

    class Recorded(list[str]):
        def __getitem__(self, turn):  # type: ignore[no-untyped-def]  # for each of its overloads
            asked.append(turn)
            return super().__getitem__(turn)

    batches = Corpus(Recorded(["word " * 30] * 100_000)).hits(compile_query("word"), 50_000)
    assert next(batches)[0] == (50_000, 0, 4)
    assert len(asked) < 50_000


# --- Long texts ---

WIDE_CLASS = f"[{''.join(chr(0x4E00 + 3 * number) for number in range(990))}]"
NO_STEP_S = 1.0  # with much patience: a machine that does other things, too


def steps(texts: list[str], pattern: str, *, regex: bool) -> tuple[int, float]:
    """How many hits there are, and how long the longest step took."""
    count, longest_s = 0, 0.0
    batches = Corpus(texts).hits(compile_query(pattern, regex=regex))
    while True:
        started_s = time.process_time()
        batch = next(batches, None)
        longest_s = max(longest_s, time.process_time() - started_s)
        if batch is None:
            return count, longest_s
        count += len(batch)


def test_a_long_text_is_searched_in_steps() -> None:
    text = "it’s “fine”, ok.  " * 12_000
    assert steps([text], "ok. it's", regex=False)[0] == 11_999
    assert steps([text], r"(?<=  )\bit", regex=True)[0] == 11_999
    assert steps([text], "s", regex=False)[1] < NO_STEP_S
    assert steps([text], ".", regex=True)[1] < NO_STEP_S


def test_a_wide_class_over_a_long_text_is_bounded() -> None:
    started_s = time.process_time()
    with pytest.raises(SearchTimeout):
        steps(["x " * 30_000_000], WIDE_CLASS, regex=True)
    assert time.process_time() - started_s < 15
    matcher = compile_query(WIDE_CLASS, regex=True)
    batches = Corpus(["x" * 1_000_000]).hits(matcher)
    for _ in range(20):
        started_s = time.process_time()
        next(batches)
        assert time.process_time() - started_s < NO_STEP_S


@pytest.mark.parametrize("pattern", ["a+", "(?s)a.{0,50}", r"\ba", "^a", "a$"])
def test_a_long_text_has_the_hits_that_its_parts_have(pattern: str) -> None:
    line = "aaa b a\n"
    one = compile_query(pattern, regex=True).spans(line * 2)
    many = compile_query(pattern, regex=True).spans(line * 4_000)
    assert many[: len(one) // 2] == one[: len(one) // 2]
    if "50" not in pattern:
        assert len(many) == 2_000 * len(one)


@pytest.mark.parametrize("pattern", [".", r"\bban", "n(?=a )", "x"])
def test_steps_that_run_out_of_time_lose_no_hit(monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    text = "banana " * 20_000
    whole = compile_query(pattern, regex=True).spans(text)
    monkeypatch.setattr("tui.core.search.matchers.STEP_LIMIT_S", 1e-5)
    monkeypatch.setattr(time, "thread_time", lambda: 0.0)  # as if others had the processor
    assert compile_query(pattern, regex=True).spans(text) == whole


def test_a_whole_search_is_limited_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.core.search.matchers._Expression.limit_s", 0.0)
    with pytest.raises(SearchTimeout):
        found(TEXTS, "refund", regex=True)


def test_plain_queries_do_not_import_regex() -> None:
    code = "import sys, tui.core.search as s; s.compile_query('a').spans('a'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "regex" not in done.stdout.split()


# --- Hits ---


def test_stepping_visits_the_hits_in_order() -> None:
    hits = Hits([(4, 6, 12), (0, 2, 8), (2, 11, 17), (2, 0, 6)])
    assert hits.count == 4
    assert hits.turns() == [0, 2, 4]
    assert hits.turns_around(0, 9) == [0, 2, 4]
    assert hits.turns_around(1, 5) == [0, 1, 2, 3, 4]
    assert Hits([(1, 0, 1), (6, 0, 1)]).turns_around(2, 8) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert Hits([(1, 0, 1), (6, 0, 0)]).turns_around(1, 7) == [0, 1, 2, 5, 6]
    assert hits.in_part(2, 0, 99) == [(0, 6), (11, 17)]
    assert hits.in_part(2, 5, 11) == [(0, 6)]
    assert hits.in_part(2, 6, 12) == [(11, 17)]
    assert hits.in_part(2, 6, 11) == hits.in_part(3, 0, 99) == []
    assert hits.next_after(0, -1) == (0, 2, 8)
    assert hits.next_after(2, 0) == (2, 11, 17)
    assert hits.next_after(4, 6) is None
    assert hits.previous_before(2, 11) == (2, 0, 6)
    assert hits.previous_before(2, 0) == (0, 2, 8)
    assert hits.previous_before(0, 2) is None
    assert [hits.index_of(hit) for hit in [(0, 2, 8), (2, 0, 6), (2, 11, 17), (4, 6, 12)]] == [0, 1, 2, 3]
    assert hits.index_of((2, 1, 7)) is hits.index_of((9, 0, 1)) is None


def test_an_expression_that_is_no_longer_sought_goes_from_memory() -> None:
    compiled = []
    for count in range(5):
        matcher: Any = compile_query(f"refun{'d' * count}", regex=True)
        compiled.append(weakref.ref(matcher._compiled))
    del matcher
    assert [each() for each in compiled] == [None] * 5
