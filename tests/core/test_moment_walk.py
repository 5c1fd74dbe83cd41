"""Going from moment to moment: in their order, from wherever the reader is."""

from __future__ import annotations

import pytest

from tui.core.moment_walk import MomentWalk
from tui.core.timing import Moment, MomentKind
from tui.core.transcript import Role


def walk_of(*turns: int) -> MomentWalk:
    return MomentWalk([Moment(MomentKind.ERROR, turn, None, None, Role.OTHER) for turn in turns])


def places(walk: MomentWalk, turn: int, direction: int, steps: int) -> list[int | None]:
    """The moments that steps lead to, each from the turn of the one before."""
    visited = []
    for _ in range(steps):
        moment = walk.step(turn, direction, lambda turn: True)
        assert moment is not None
        turn = moment.turn
        visited.append(walk.visited_in(turn))
    return visited


@pytest.mark.parametrize(("turn", "onward", "back"), [(0, 0, 2), (2, 1, 2), (3, 1, 0), (6, 2, 1), (9, 0, 1)])
def test_the_next_and_the_previous_are_those_beside_the_turn(turn: int, onward: int, back: int) -> None:
    assert places(walk_of(2, 5, 9), turn, 1, 1) == [onward]
    assert places(walk_of(2, 5, 9), turn, -1, 1) == [back]


def test_each_moment_is_gone_to_once_whatever_turns_they_share() -> None:
    assert places(walk_of(4, 4, 3, 7, 7), 0, 1, 6) == [0, 1, 2, 3, 4, 0]
    assert places(walk_of(4, 4, 3, 7, 7), 9, -1, 6) == [4, 3, 2, 1, 0, 4]


def test_moments_of_turns_that_are_not_shown_are_passed_over() -> None:
    walk = walk_of(1, 2, 3)
    assert walk.step(0, 1, lambda turn: turn == 3) == walk.moments[2]
    assert walk.step(0, 1, lambda turn: False) is None


def test_a_turn_without_a_moment_is_at_none() -> None:
    assert walk_of(1).visited_in(0) is None
    assert MomentWalk().step(0, 1, lambda turn: True) is None
