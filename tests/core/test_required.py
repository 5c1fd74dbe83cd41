"""What a query requires of a text never excludes one that it has a hit in."""

from __future__ import annotations

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.core.errors import UsageError
from tui.core.fold import fold
from tui.core.search import Matcher, compile_query, parse_query
from tui.core.search.required import required_by_expression
from tui.core.text import safe

PARTS = (
    "refund", "abcd", "k", "s", "ſ", "K", "e\u0301", "\u0301", "’", "“", '"', " ", "  ", "-", "ﬁ", "ｆ", "İ", "ß",
    "\n", "\ufe0f", "日本語", "x" * 20,
)  # fmt: skip
SYNTAX = (
    *PARTS,
    "(",
    ")",
    "(?:",
    "(?i)",
    "(?=",
    "|",
    "?",
    "*",
    "+",
    "{2}",
    "{0,1}",
    "[ab]",
    "[^]x]",
    "\\d",
    "\\.",
    ".",
    "^",
    "$",
)
texts = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=3)), max_size=8).map("".join).map(safe)


def may_be_in(matcher: Matcher, text: str) -> bool:
    folded = fold(text)[0]
    return not matcher.required or any(all(one in folded for one in strings) for strings in matcher.required)


@given(texts, st.lists(st.sampled_from((*PARTS, "-", "is:slow", " ", " ", '"')), max_size=6).map("".join))
def test_a_text_with_a_hit_has_what_is_required(text: str, typed: str) -> None:
    try:
        matcher = parse_query(typed).matcher
    except UsageError:  # no known condition, as in is:slowabcd
        assume(False)
    assert may_be_in(matcher, text) or not matcher.spans(text)
    relaxed = matcher.without_case()
    assert relaxed is None or may_be_in(relaxed, text) or not relaxed.spans(text)


@given(texts, texts, texts)
def test_any_part_of_a_text_has_what_is_required(before: str, part: str, after: str) -> None:
    matcher = compile_query(part)
    text = before + part + after
    assert may_be_in(matcher, text) or not matcher.spans(text)


@given(texts, st.lists(st.sampled_from(SYNTAX), min_size=1, max_size=8).map("".join))
def test_a_text_that_an_expression_matches_has_what_is_required(text: str, pattern: str) -> None:
    try:
        matcher = compile_query(pattern, regex=True)
    except UsageError:
        assume(False)
    assert may_be_in(matcher, text) or not matcher.spans(text)


@given(texts, texts, texts)
def test_a_match_of_escaped_text_has_what_is_required(before: str, part: str, after: str) -> None:
    matcher = compile_query(regex.escape(part), regex=True)
    assert may_be_in(matcher, before + part + after) or not matcher.spans(before + part + after)


@pytest.mark.parametrize(
    ("pattern", "required"),
    [
        ("refund", [{"refun"}]),
        ("Refunds?", [{"refun"}]),
        ("refund(ed)? policy", [{"refun", "polic"}]),
        ("refund|charge(back)?", [{"refun"}, {"charg"}]),
        ("refund|x", []),
        (r"order \d+ lost", [{"orde", "los"}]),
        (r"or\.der", []),
        ("a{2}bcde", [{"bcd"}]),
        ("abcd{e<=1}", []),
        ("[a-z]+tion(?:s|al)", [{"tio"}]),
        ("(?i)refund", []),
        ("(?x)re fund", []),
        (r"\L<name>", []),
        (r"\p{Lu}refund", []),
        ("[[:alpha:]]refund", []),
        ("^refund$", [{"refun"}]),
        ("(refund|paid)", []),
        ("...", []),
    ],
)
def test_literals_of_an_expression_are_required(pattern: str, required: list[set[str]]) -> None:
    assert [set(strings) for strings in required_by_expression(pattern)] == required


@pytest.mark.parametrize(
    ("typed", "required"),
    [
        ("a Refund", [{"a refund"}]),
        ('"refund" "monday" -"friday"', [{"refund", "monday"}]),
        ('"refund" monday', [{'"refund" monday'}, {"refund", "monday"}]),
        ("role:user refund", [{"refund"}]),
        ("is:slow", []),
        ("", []),
    ],
)
def test_phrases_of_a_query_are_required(typed: str, required: list[set[str]]) -> None:
    assert [set(strings) for strings in parse_query(typed).matcher.required] == required
