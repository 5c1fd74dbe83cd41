"""Where Trace and Recap speak of: only what is certain has a place."""

from __future__ import annotations

import pytest

from tui.api.recap import parse_recap
from tui.core.details.placing import place_recap, place_trace, quote_words
from tui.core.details.recap import Recap, RecapMoment, RecapQuote
from tui.core.details.trace import Barge, Trace, TraceEntry
from tui.core.moment_walk import MomentWalk, Reported
from tui.core.transcript import Turn

TURNS = (
    Turn(0, "assistant", "Hello, this is Mia.", 400, 2_000),
    Turn(1, "user", "Hi, I want my money back, please.", 9_900, 12_000),
    Turn(2, "assistant", "Of course.", 12_800, 13_500),
    Turn(3, "user", "ok", 15_000, 15_300),
    Turn(4, "assistant", "Of course.", 16_000, 17_000),
    Turn(5, "tool", "", None, None),
)


@pytest.mark.parametrize(
    ("entry", "turn"),
    [
        (TraceEntry("agent", "of course"), 2),
        (TraceEntry("caller", "HI – I want my money back please"), 1),
        (TraceEntry("user", "Of course."), None),
        (TraceEntry("assistant", "Of course, sir."), None),
        (TraceEntry("assistant", "", 12_800), 2),
        (TraceEntry("user", "", 12_800), None),
        (TraceEntry("assistant", "", 12_801), None),
        (TraceEntry(), None),
    ],
)
def test_an_entry_is_a_turn_of_its_role_with_its_words(entry: TraceEntry, turn: int | None) -> None:
    assert place_trace(Trace(entries=(entry,)), TURNS).turns == (turn,)


def test_entries_with_the_same_words_are_in_the_order_of_the_call() -> None:
    same = TraceEntry("assistant", "Of course.")
    assert place_trace(Trace(entries=(same, same, same)), TURNS).turns == (2, 4, None)


def test_a_barge_in_with_a_place_is_a_moment() -> None:
    barge = Barge(184.0, recovered=False)
    entries = (TraceEntry("user", "ok", barge=barge), TraceEntry("user", "nowhere", barge=barge))
    assert place_trace(Trace(entries=entries), TURNS).reported == (
        Reported(3, 15_000, "barge-in, noticed after 0.2 s, not recovered", "Trace"),
    )


@pytest.mark.parametrize(
    ("offset_s", "turn"),
    [
        (0, 0),
        (9, 1),
        (10, 1),
        (12, 2),
        (13, 2),
        (14, 3),
        (15, 3),
        (15.0, 3),
        (99_999, 4),
        (-5, 0),
        (1e300, 4),
        (None, None),
    ],
)
def test_a_moment_is_the_turn_of_its_second_else_the_nearest(offset_s: float | None, turn: int | None) -> None:
    assert place_recap(Recap(moments=(RecapMoment(offset_s=offset_s),)), TURNS).moments == (turn,)


def test_without_times_no_moment_has_a_place() -> None:
    placed = place_recap(Recap(moments=(RecapMoment("a", "b", 5),)), (Turn(0, "user", "x"),))
    assert placed.moments == (None,)
    assert placed.reported == ()


@pytest.mark.parametrize(("t_ms", "turn"), [(5_000, 2), (0, 0), (None, 0), (1_234, 0)])
def test_of_the_same_words_the_time_tells_the_turn(t_ms: int | None, turn: int) -> None:
    said = [("user", "yes", 0), ("assistant", "ok so", 1_000), ("user", "yes", 5_000)]
    turns = [Turn(place, role, text, start_ms, start_ms + 900) for place, (role, text, start_ms) in enumerate(said)]
    entries = (TraceEntry("user", "yes", t_ms, barge=Barge(200, True)),)
    placed = place_trace(Trace(entries=entries), turns)
    assert [moment.turn for moment in placed.reported] == [turn]


@pytest.mark.parametrize(
    ("quote", "turn"),
    [
        ("i want my money back", 1),
        ("I want my MONEY, back!", 1),
        ("money", None),
        ("of course", None),
        ("i want no money back", None),
        ("", None),
    ],
)
def test_a_quote_is_the_only_turn_with_its_words(quote: str, turn: int | None) -> None:
    placed = place_recap(Recap(quotes=(RecapQuote("risk signal", quote, {}),)), TURNS)
    assert placed.quotes == (turn,)
    assert [moment.words for moment in placed.reported] == (["risk signal"] if turn else [])


def test_what_is_said_of_a_moment_is_safe() -> None:
    placed = place_recap(Recap(moments=(RecapMoment("pricing_talk", "a\x1b[2J\nb", 0), RecapMoment("", "", 0))), TURNS)
    assert [moment.words for moment in placed.reported] == ["pricing talk: a␛ b", "a moment"]
    about = {"severity": "high\x07", "note": None, "n": 5, "more": {"a": 1}}
    assert quote_words(RecapQuote("gap", "", about)) == "severity high␇ · n 5 · more {'a': 1}"


def test_reported_moments_are_walked_beside_our_own() -> None:
    walk = MomentWalk()
    walk.report((Reported(4, None, "b", "Recap"), Reported(1, None, "a", "Recap")))
    assert [walk.step(turn, 1, lambda _: True) for turn in (0, 1, 4)] == [
        Reported(1, None, "a", "Recap"), Reported(4, None, "b", "Recap"), Reported(1, None, "a", "Recap"),
    ]  # fmt: skip
    walk.report((Reported(0, None, "c", "Recap"), Reported(1, None, "a", "Recap")))
    assert walk.visited_in(1) == 1
    walk.report(())
    assert walk.visited_in(1) is None
    assert walk.step(0, 1, lambda _: True) is None


@pytest.mark.parametrize("offset", ["1e308", "-1e308", "-1"])
def test_an_offset_that_is_no_time_has_no_place(offset: str) -> None:
    source = b'{"record": {"moments": [{"category": "objection", "description": "no", "offset_s": %s}]}}'
    recap = parse_recap(source % offset.encode(), "c1")
    assert place_recap(recap, [Turn(0, "user", "hi", start_ms=0, end_ms=900)]).reported == ()
