"""What must hold for every call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.timing.calls import renumbered, turns_at_random
from tests.core.timing.test_against_naive import told
from tui.core.timing import measure
from tui.core.transcript import Turn


def by_words(turns: list[Turn], facts: dict[str, Any]) -> dict[str, Any]:
    """The same facts with the words of a turn instead of its number."""

    def named(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: named(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [named(each) for each in value]
        return turns[value - 1].text if key in {"turn", "from_turn", "to_turn"} else value

    return {key: value if key == "turns" else named(value, key) for key, value in facts.items() if key != "unordered"}


def with_names(turns: list[Turn]) -> list[Turn]:
    return [replace(turn, text=f"t{place}") for place, turn in enumerate(turns)]


@given(turns_at_random(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_only_ties_depend_on_the_order_of_sending(turns: list[Turn], random: Any) -> None:
    starts = [turn.start_ms for turn in turns]
    assume(len(set(starts)) == len(starts))
    turns = with_names(turns)
    shuffled = renumbered(random.sample(turns, len(turns)))
    assert by_words(turns, told(turns)) == by_words(shuffled, told(shuffled))


@given(turns_at_random(sides_only=True), st.integers(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_shifting_all_times_shifts_times_alone(turns: list[Turn], by_ms: int) -> None:
    shifted = [replace(turn, start_ms=turn.start_ms + by_ms, end_ms=turn.end_ms + by_ms)  # type: ignore[operator] # all are timed
               for turn in turns]  # fmt: skip

    def moved(key: str, value: Any) -> Any:
        if key in {"first_start_ms", "last_end_ms", "first_word_ms", "start_ms"}:
            return None if value is None else value + by_ms
        if key == "share_of_call":
            return None
        if isinstance(value, dict):
            return {name: moved(name, each) for name, each in value.items()}
        return [moved("", each) for each in value] if isinstance(value, list) else value

    after = told(shifted)
    for side in ("assistant", "user"):
        after[side]["share_of_call"] = None
    assert after == moved("", told(turns))


@given(turns_at_random(sides_only=True), st.data())
@settings(max_examples=60, deadline=None)
def test_splitting_a_turn_changes_no_union(turns: list[Turn], data: st.DataObject) -> None:
    long = [turn for turn in turns if (turn.end_ms or 0) - (turn.start_ms or 0) > 1]
    assume(long)
    turn = data.draw(st.sampled_from(long))
    assert turn.start_ms is not None
    assert turn.end_ms is not None
    at_ms = data.draw(st.integers(turn.start_ms + 1, turn.end_ms - 1))
    halves = [replace(turn, end_ms=at_ms), replace(turn, start_ms=at_ms)]
    split = renumbered([*turns[: turn.index], *halves, *turns[turn.index + 1 :]])
    before, after = measure(turns), measure(split)
    for timing in (before, after):
        assert timing.timed == len(turns) + (timing is after)
    assert [side.talk_ms for side in (before.user, before.assistant)] == [
        side.talk_ms for side in (after.user, after.assistant)
    ]
    assert (before.overlap_ms, before.silence_ms) == (after.overlap_ms, after.silence_ms)


@given(turns_at_random(sides_only=True), st.data())
@settings(max_examples=60, deadline=None)
def test_a_nested_backchannel_changes_no_latency(turns: list[Turn], data: st.DataObject) -> None:
    assume(turns)
    host = data.draw(st.sampled_from(turns))
    assert host.start_ms is not None
    assert host.end_ms is not None
    start = data.draw(st.integers(host.start_ms, host.end_ms - 1))
    end = data.draw(st.integers(start + 1, min(host.end_ms, start + 500)))
    other = "user" if host.speaker == "assistant" else "assistant"
    more = renumbered([*turns, Turn(0, other, "mhm", start, end)])  # sent last: of equal starts it goes last
    before, after = measure(turns), measure(more)
    for side in ("user", "assistant"):
        assert getattr(after, side).response.answers == getattr(before, side).response.answers
    assert after.moments == before.moments


@given(turns_at_random(sides_only=True), st.integers(0, 5))
def test_the_slowest_answers_come_first_and_the_first_of_equals(turns: list[Turn], count: int) -> None:
    for side in ("user", "assistant"):
        response = getattr(measure(turns), side).response
        assert response.slowest(count) == sorted(response.answers, key=lambda one: -one.ms)[:count]
