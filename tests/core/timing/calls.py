"""Calls to measure: by hand, and at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tui.core.transcript import Turn

Spoken = tuple[str, int | None, int | None]
"""A speaker's letter, a start and an end."""
SPEAKERS = {"u": "user", "a": "assistant", "c": "caller", "A": "Agent", "t": "tool", "s": "system"}


def call(*spoken: Spoken, text: str = "one two", **extra: Any) -> list[Turn]:
    """Turns as sent: ``("u", 0, 900)`` is one of the user."""
    return [
        Turn(place, SPEAKERS[letter], text, start_ms, end_ms, extra)
        for place, (letter, start_ms, end_ms) in enumerate(spoken)
    ]


def renumbered(turns: Sequence[Turn]) -> list[Turn]:
    """The same turns, sent in this order."""
    return [replace(turn, index=place) for place, turn in enumerate(turns)]


@st.composite
def turns_at_random(draw: st.DrawFn, *, sides_only: bool = False, most: int = 14) -> list[Turn]:
    """A call in which turns follow, overlap, nest, stand in any order, or have times that are none."""
    made: list[Turn] = []
    cursor = draw(st.integers(0, 500))
    for place in range(draw(st.integers(0, most))):
        speaker = draw(st.sampled_from(("user", "assistant") if sides_only else tuple(SPEAKERS.values())))
        start = max(0, cursor + draw(st.sampled_from((0, 1, 300, 700, 1500, 1501, 3000, -1, -300, -301, -900))))
        end = start + draw(st.sampled_from((1, 200, 500, 501, 900, 2000, 6000)))
        times: tuple[int | None, int | None] = (start, end)
        if not sides_only:
            odd = st.sampled_from(((None, end), (start, None), (start, start), (end, start), (-5, end)))
            times = draw(st.one_of(st.just(times), st.just(times), st.just(times), odd))
        made.append(Turn(place, speaker, " ".join(["word"] * draw(st.integers(0, 9))), *times))
        cursor = draw(st.sampled_from((end, end, end, start)))
    return renumbered(draw(st.permutations(made))) if draw(st.booleans()) else made
