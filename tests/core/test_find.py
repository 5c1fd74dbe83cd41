"""The course of a find: what is under way, what was found, why there is nothing."""

from __future__ import annotations

from tui.core.find import Find
from tui.core.search import Hit
from tui.core.timing import MomentKind
from tui.core.transcript import Turn

TEXTS = ["a Refund", "no", "refund, refund"]
TURNS = [Turn(number, "user", text) for number, text in enumerate(TEXTS)]


def find_of(pattern: str, *, regex: bool = False) -> Find:
    find = Find(TEXTS, TURNS)
    for _ in find.search(pattern, regex=regex, first_turn=0):
        assert find.is_under_way
    return find


def test_without_a_query_nothing_is_counted() -> None:
    find = Find(TEXTS, TURNS)
    assert (find.hits, find.count(None)) == (None, "")
    assert find.why_none() == "nothing to find yet: type / and some words"
    assert find_of("").hits is None


def test_hits_are_counted_and_the_current_one_has_a_place() -> None:
    find = find_of("refund")
    assert find.count(None) == "3"
    assert find.count((2, 0, 6)) == "2/3"
    assert not find.is_under_way


def test_the_turns_before_the_first_come_last() -> None:
    batches = list[list[Hit]](Find(TEXTS, TURNS).search("refund", regex=False, first_turn=1))
    assert [hit[0] for batch in batches for hit in batch] == [2, 2, 0]


def test_hits_without_the_capital_are_counted() -> None:
    assert find_of("REFUND").count(None) == "0 – 3 without the capital"
    assert find_of("REFUND").why_none() == "no hits – 3 without the capital"
    assert find_of("nowhere").count(None) == "0"


def test_a_phrase_with_a_dash_says_how_to_exclude_a_word() -> None:
    assert find_of("refund -nowhere").why_none() == 'no hits – to exclude: "refund" -nowhere'
    assert find_of('"nowhere" -refund').why_none() == "no hits"


def test_an_invalid_query_is_reported_until_the_next() -> None:
    find = find_of("(", regex=True)
    assert find.trouble
    assert find.hits is None
    list(find.search("no", regex=True, first_turn=0))
    assert (find.trouble, find.count(None)) == ("", "1")


def test_a_condition_on_moments_waits_for_them() -> None:
    find = find_of("is:error")
    assert find.is_under_way
    assert find.why_none() == "still looking"
    assert find.take_moments(lambda turn: frozenset({MomentKind.ERROR}) if turn == 1 else frozenset())
    list(find.search("is:error", regex=False, first_turn=0))
    assert (find.count(None), find.is_under_way) == ("1", False)
    assert not find_of("no").take_moments(lambda _: frozenset())
