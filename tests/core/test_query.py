"""The query language: which queries have conditions, and which turns and words they find."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, timedelta, timezone
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.call import CallFacts
from tui.core.clock import Clock
from tui.core.errors import UsageError
from tui.core.fold import fold
from tui.core.remarks import CallRemarks
from tui.core.search import Corpus, Hits, compile_query, parse_query
from tui.core.search.query import _KINDS, QUERY_HELP, ROLES, role_condition
from tui.core.text import safe_line
from tui.core.times import parse_when
from tui.core.timing import Moment, MomentKind
from tui.core.transcript import Role, Turn
from tui.options import options_of

SAID = (
    ("user", "I want a refund please"),
    ("assistant", "A refund? Please wait for Monday"),
    ("tool", "refund: denied"),
    ("System", "please refund is:slow"),
    ("caller", "Please, a refund, my refund"),
    ("narrator", ""),
)
TURNS = [Turn(index, speaker, text) for index, (speaker, text) in enumerate(SAID)]
KINDS = {1: {MomentKind.SLOW_ANSWER}, 2: {MomentKind.ERROR}, 4: {MomentKind.SLOW_ANSWER, MomentKind.SILENCE}}


BOTH = [(4, "please"), (4, "refund")]
TWICE = [(5, "refund"), (5, "refund")]


def kinds_of(turn: int) -> Collection[MomentKind]:
    return KINDS.get(turn, ())


def hits(typed: str) -> Hits:
    query = parse_query(typed)
    corpus = Corpus([turn.text for turn in TURNS])
    return Hits(chain.from_iterable(corpus.hits(query.matcher, 0, query.holds(TURNS, kinds_of))))


def marked(typed: str) -> list[tuple[int, str]]:
    """The turns from 1, and the words that are highlighted in them."""
    found = hits(typed)
    return [(turn + 1, TURNS[turn].text[slice(*span)]) for turn in range(6) for span in found.in_part(turn, 0, 99)]


@pytest.mark.parametrize(
    ("typed", "turns"),
    [
        ("is:slow", [2, 5]),
        ("is:Slow is:silence", [5]),
        ("is:error", [3]),
        ("is:cut", []),
        ("-is:slow", [1, 3, 4, 6]),
        ("role:user", [1, 5]),
        ("role:assistant", [2]),
        ("role:tool", [3]),
        ("role:system", [4]),
        ("role:user role:assistant", []),
        ("-role:user -role:tool", [2, 4, 6]),
        ("role:user is:slow", [5]),
        ("is:slow -wait", [5]),
        ('-"refund please" role:user', [5]),
        ('-"refund"', [6]),
    ],
)
def test_queries_without_words_find_whole_turns(typed: str, turns: list[int]) -> None:
    found = hits(typed)
    assert [turn + 1 for turn in found.turns()] == turns
    assert found.count == len(turns)
    assert marked(typed) == []
    assert parse_query(typed).finds_turns


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("role:user refund", [(1, "refund"), (5, "refund"), (5, "refund")]),
        ("refund role:user please", [(1, "refund please")]),
        ('"refund" role:user please', [(1, "refund"), (1, "please"), (5, "Please"), (5, "refund"), (5, "refund")]),
        ('"refund" "Please"', [(2, "refund"), (2, "Please"), (5, "Please"), (5, "refund"), (5, "refund")]),
        ('"refund please" "a refund"', [(1, "a refund")]),
        ("is:slow Please", [(2, "Please"), (5, "Please")]),
        ("is:slow please -Monday", [(5, "Please")]),
        ("role:user Monday", []),
        ('"refund" please', [(1, "refund"), (1, "please"), (2, "refund"), (2, "Please"), *BOTH, (5, "Please"), *TWICE]),
        ('"refund" please -Monday -system', [(1, "refund"), (1, "please"), *BOTH, (5, "Please"), *TWICE]),
        ('"is:slow"', [(4, "is:slow")]),
        ('"is:slow" role:system', [(4, "is:slow")]),
        ("refund please", [(1, "refund please")]),
    ],
)
def test_words_are_found_where_all_conditions_hold(typed: str, words: list[tuple[int, str]]) -> None:
    assert marked(typed) == words
    assert not parse_query(typed).finds_turns


@pytest.mark.parametrize(
    "typed",
    [
        "", "refund please", "16:30", "http://x", "note: this", "it is: x", "a role: b", "this:is:slow", "-5 degrees",
        "-word", "a -b", '{"dob": "1984"}', '"unclosed', '""', "Is:slow", "x" * 1_000,
    ],
)  # fmt: skip
def test_plain_text_is_one_phrase_as_typed(typed: str) -> None:
    query = parse_query(typed)
    assert query.conditions == ()
    assert query.matcher.needle == compile_query(typed).needle == fold(typed)[0]
    assert type(query.matcher) is type(compile_query(typed))


PARTS = st.lists(st.sampled_from(['"', "-", "is:", "role:", "slow", "user", " ", "word", "x y", "\x00", "é"]))


@given(st.one_of(st.text(), PARTS.map("".join)))
def test_any_text_is_understood_or_refused_in_one_line(typed: str) -> None:
    try:
        parse_query(typed).matcher.spans(typed)
    except UsageError as error:
        line = error.line()
    else:
        line = "unknown"
    assert line.startswith(("unknown", "no label", "no date", "there are only blanks to find"))
    assert "\n" not in line


def is_plain(text: str) -> bool:
    has_condition = any(f"{prefix}:" in text for prefix in ("is", "role", "label", "after", "before"))
    return '"' not in text and not has_condition and bool(safe_line(text) or not text)


@given(st.text().filter(is_plain))
def test_a_text_without_quotes_and_conditions_keeps_its_meaning(typed: str) -> None:
    assert parse_query(typed).matcher.needle == compile_query(typed).needle


@given(st.text(min_size=1, max_size=900).filter(lambda text: '"' not in text and safe_line(text)))
def test_a_quoted_text_is_found_as_typed(typed: str) -> None:
    assert parse_query(f'"{typed}"').matcher.needle == compile_query(typed).needle


@pytest.mark.parametrize("typed", [" ", "   ", "\n", "\t ", "\u200b", '" "', 'role:user " "', '-" " refund'])
def test_blanks_alone_are_refused(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_query(typed)
    assert refused.value.line() == "there are only blanks to find – type some words"
    assert compile_query(typed, regex=True).spans(f"a{typed}b")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("is:sl", "unknown is:sl – slow, silence, cut or error"),
        ("refund -role:\x1b[2Jx", "unknown role:␛x – user, assistant, tool or system"),
        ("is:", "unknown is: – slow, silence, cut or error"),
        ("role: user", "unknown role: – user, assistant, tool or system"),
        ("refund -role:", "unknown role: – user, assistant, tool or system"),
        ("the total is: 40 role:user", "unknown is: – slow, silence, cut or error"),
        ('is:""', "unknown is: – slow, silence, cut or error"),
        ("label:", 'no label: label: – as in label:test or label:"front desk"'),
        ('label:" " refund', 'no label: label: – as in label:test or label:"front desk"'),
        ("role:" + "x" * 100, f"unknown role:{'x' * 15}… – user, assistant, tool or system"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(typed: str, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_query(typed)
    assert refused.value.line() == line


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ('"maybe" - ever', "say “maybe” – ever", ["“maybe” – ever"]),
        ('"maybe" ever', "ever, maybe", ["ever", "maybe"]),
        ('"status": "failed"', 'x "status": "failed"', ['"status": "failed"']),
        ('"status": "failed"', 'failed, "status": 1', ["failed", '"status":']),
        ('say "Maybe"', "say maybe", []),
        ('say "Maybe"', 'say "Maybe", and Maybe', ['say "Maybe"']),
    ],
)
def test_a_text_with_the_typed_quotes_is_found(typed: str, text: str, words: list[str]) -> None:
    query = parse_query(typed)
    assert [text[slice(*span)] for span in query.matcher.spans(text)] == words
    assert [text[slice(*span)] for some in query.matcher.slices(text) for span in some] == words
    relaxed = query.without_case()
    assert (relaxed is not None) == ("M" in typed)
    assert relaxed is None or relaxed.matcher.spans(text)


def test_a_query_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="1004 characters"):
        parse_query("is:slow" + " x" * 498 + "y")


def test_the_help_names_every_kind_and_role() -> None:
    told = " ".join(map(" ".join, QUERY_HELP))
    assert all(name in told for name in (*_KINDS, *ROLES))
    assert set(_KINDS.values()) <= {kind.value for kind in MomentKind}
    (option,) = (option for option in options_of("search") if option.name == "role")
    assert [role_condition(role).name for role in ROLES] == list(ROLES) == list(option.kind.choices)


def test_a_capital_matters_for_its_own_phrase() -> None:
    query = parse_query('is:slow "MONDAY" "Refund"')
    relaxed = query.without_case()
    assert relaxed is not None
    assert relaxed.conditions == query.conditions
    assert query.matcher.spans(SAID[1][1]) == []
    assert relaxed.matcher.spans(SAID[1][1]) == [(2, 8), (26, 32)]
    assert relaxed.without_case() is None
    assert parse_query("is:slow -Monday").without_case() is None


@pytest.mark.parametrize(("typed", "count"), [('"aa" "b"', 20_001), ('"aa" -"c"', 20_000), ('"aa" -"b"', 0)])
def test_phrases_are_found_in_a_long_text(typed: str, count: int) -> None:
    query, corpus = parse_query(typed), Corpus(["aa " * 20_000 + "b"])
    assert sum(map(len, corpus.hits(query.matcher))) == count
    assert sum(map(len, corpus.hits(query.matcher))) == count


def test_an_interruption_is_one_of_both_turns() -> None:
    remarks = CallRemarks(())
    remarks.take([Moment(MomentKind.INTERRUPTION, 3, 10, 400, Role.USER, cut_turn=2)])
    remarks.take([Moment(MomentKind.ERROR, 2, 20, None, Role.ASSISTANT)])
    assert remarks.kinds_of(3) == {MomentKind.INTERRUPTION}
    assert remarks.kinds_of(2) == {MomentKind.INTERRUPTION, MomentKind.ERROR}
    assert remarks.kinds_of(1) == set()


NOW = Clock(UTC, lambda: parse_when("2026-11-14T22:40", 0, UTC))
AT_2 = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("typed", "label", "at", "holds"),
    [
        ("label:support", "Support-line", None, True),
        ("label:support", "sales", None, False),
        ("label:support", None, None, False),
        ("-label:support", None, None, True),
        ('label:"a line"', "not A  LINE", None, True),
        ('-label:"a line"', "not A  LINE", None, False),
        ('after:"2026-11-14 12:30Z"', None, "2026-11-14T12:30Z", True),
        ('after:"2026-11-14 12:30Z"', None, "2026-11-14T12:29Z", False),
        ("after:2026-11-14", None, "2026-11-14T00:00Z", True),
        ("after:2026-11-14", None, "2026-11-13T23:59Z", False),
        ("after:2026-11-14", None, None, False),
        ("before:2026-11-14", None, "2026-11-13T23:59Z", True),
        ("before:2026-11-14", None, "2026-11-14T00:00Z", False),
        ("before:2026-11-14", None, None, False),
        ("after:today", None, "2026-11-14T00:00Z", True),
        ("after:yesterday before:today", None, "2026-11-13T12:00Z", True),
        ("after:Yesterday before:today", None, "2026-11-14T12:00Z", False),
        ("after:2026-11-14T12:30+02:00", None, "2026-11-14T10:30Z", True),
        ("after:2026-11-14T12:30:01Z", None, "2026-11-14T12:30Z", False),
        ("-after:2026-11-14 label:a", "a", "2026-11-01", True),
    ],
)
def test_conditions_on_calls_hold(typed: str, label: str | None, at: str | None, holds: bool) -> None:
    start_ms = None if at is None else parse_when(at, 0, UTC)
    query = parse_query(typed, NOW)
    assert query.holds_for(CallFacts(label, start_ms)) is holds
    assert query.finds_turns


def test_dates_are_those_of_the_zone() -> None:
    there = Clock(AT_2, NOW.now_ms)
    assert parse_query("after:2026-11-14", there).holds_for(CallFacts(None, parse_when("2026-11-13T22:00Z", 0, UTC)))
    assert parse_query("after:today", there).holds_for(CallFacts(None, parse_when("2026-11-14T22:00Z", 0, UTC)))
    assert not parse_query("after:today", there).holds_for(CallFacts(None, parse_when("2026-11-14T21:59Z", 0, UTC)))


@pytest.mark.parametrize("date", ["", "monday", "2026-13-01", "2026-1-1", "2026-11-01T25:00", "٢٠٢٦-11-01"])
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(UsageError, match="no date: after:") as refused:
        parse_query(f"refund after:{date}")
    assert "a time looks like 2026-11-01, 2026-11-01T14:30" in refused.value.line()


def test_words_stay_one_phrase_beside_conditions_on_calls() -> None:
    query = parse_query("label:test refund please -monday")
    assert query.matcher.spans("a refund please") == [(2, 15)]
    assert query.matcher.spans("a refund please on Monday") == []
    assert parse_query("a label: x").call_conditions == ()
    assert parse_query('label:"front desk" refund').matcher.spans("a refund") == [(2, 8)]


@pytest.mark.parametrize(("curly", "straight"), [("“a b” “c”", '"a b" "c"'), ("„a b“ -“c d”", '"a b" -"c d"')])
def test_curly_quotes_are_quotes(curly: str, straight: str) -> None:
    for text in ("a b and c", "a b", "c d a b", "b a c"):
        assert parse_query(curly).matcher.spans(text) == parse_query(straight).matcher.spans(text)
