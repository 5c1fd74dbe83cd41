"""Cursor movement: always to the right cell, by the shortest way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.screens import Terminal
from tui.terminal.cursor import Position, move

WIDTH, HEIGHT = 130, 60
cells = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))


@given(st.one_of(st.none(), cells, st.tuples(st.just(WIDTH), st.integers(0, HEIGHT - 1))), cells)
def test_a_move_ends_where_it_should_and_is_no_longer_than_an_absolute_one(
    origin: Position | None, to: Position
) -> None:
    terminal = Terminal(WIDTH, HEIGHT)
    terminal.cursor.x, terminal.cursor.y = origin or (3, 3)
    sequence = move(origin, to, WIDTH)
    terminal.feed(sequence)
    assert (terminal.cursor.x, terminal.cursor.y) == to
    assert len(sequence) <= len(f"\x1b[{to[1] + 1};{to[0] + 1}H")


@pytest.mark.parametrize(
    ("origin", "to", "sequence"),
    [
        ((4, 4), (4, 4), ""),
        ((4, 4), (0, 0), "\x1b[H"),
        ((4, 4), (0, 4), "\r"),
        ((4, 4), (2, 4), "\b\b"),
        ((4, 4), (5, 4), "\x1b[C"),
        ((104, 4), (8, 4), "\x1b[9G"),
        ((4, 4), (4, 5), "\x1b[B"),
        ((4, 4), (0, 5), "\r\n"),
        ((4, 4), (0, 30), "\x1b[31H"),
        ((40, 40), (38, 41), "\x1b[B\b\b"),
        ((WIDTH, 4), (0, 5), "\r\n"),
        ((WIDTH, 4), (WIDTH - 1, 4), "\x1b[130G"),
        (None, (4, 0), "\x1b[1;5H"),
    ],
)
def test_the_shortest_way_is_taken(origin: Position | None, to: Position, sequence: str) -> None:
    assert move(origin, to, WIDTH) == sequence
