"""What is said of a call as a whole, whatever the portions in which it is taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.core.anomalies import Anomalies
from tui.core.transcript import Turn

TIMES = st.none() | st.integers(min_value=-3, max_value=3)
TURNS = st.lists(
    st.builds(Turn, st.just(0), st.just("user"), st.just(""), TIMES, TIMES, odd=st.sampled_from([(), ("no text",)]))
)


def surveyed(*turns: Turn) -> Anomalies:
    anomalies = Anomalies()
    anomalies.take(turns)
    return anomalies


def test_nothing_taken_is_nothing_to_say() -> None:
    assert surveyed() == Anomalies()
    assert surveyed().counts() == ()
    assert surveyed().last_ms is None


def test_the_last_time_is_the_latest_of_all() -> None:
    anomalies = surveyed(Turn(0, "user", "", 0, 9_000), Turn(1, "user", "", 5_000), Turn(2, "user", ""))
    assert (anomalies.turns, anomalies.timed, anomalies.last_ms) == (3, 2, 9_000)


def test_a_time_before_zero_is_a_time() -> None:
    anomalies = surveyed(Turn(0, "user", "", -5), Turn(1, "user", "", -3, -2))
    assert anomalies.last_ms == -2
    assert surveyed(Turn(0, "user", "", 0), Turn(1, "user", "", -3), Turn(2, "user", "", -1)).last_ms == 0
    assert anomalies.counts() == ()


def test_what_is_odd_is_counted_by_turns_most_often_first() -> None:
    turns = [Turn(0, "user", "", 10, odd=("no text",)), Turn(1, "user", "", 5, odd=("no text",)), Turn(2, "u", "", 7)]
    assert surveyed(*turns[:2]).counts() == ("2 turns: no text", "1 turn: begins before the turn above it")
    assert surveyed(*turns).odd["begins before the turn above it"] == 2


def test_thousands_are_told_apart() -> None:
    assert surveyed(*[Turn(0, "user", "", odd=("no text",))] * 1_234).counts() == ("1,234 turns: no text",)


@given(TURNS, st.integers(min_value=0, max_value=20))
def test_the_portions_do_not_matter(turns: list[Turn], cut: int) -> None:
    at_once, by_parts = surveyed(*turns), Anomalies()
    by_parts.take(turns[:cut])
    by_parts.take(turns[cut:])
    assert at_once == by_parts


@given(TURNS)
def test_the_sums_are_those_of_the_turns(turns: list[Turn]) -> None:
    anomalies = surveyed(*turns)
    times = [time for turn in turns for time in (turn.start_ms, turn.end_ms) if time is not None]
    assert anomalies.last_ms == max(times, default=None)
    assert anomalies.timed == sum(turn.start_ms is not None for turn in turns)


@given(TURNS)
def test_a_turn_is_out_of_order_when_an_earlier_one_starts_later(turns: list[Turn]) -> None:
    starts = [turn.start_ms for turn in turns if turn.start_ms is not None]
    counted = sum(any(earlier > start for earlier in starts[:place]) for place, start in enumerate(starts))
    assert surveyed(*turns).odd["begins before the turn above it"] == counted
    assert surveyed(*turns).odd["no text"] == sum("no text" in turn.odd for turn in turns)
