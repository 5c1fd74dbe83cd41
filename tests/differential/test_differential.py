"""A short walk through each kind of terminal; a long one is a command of its own."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from tests.differential.walk import KINDS, walk

pytestmark = pytest.mark.exhaustive
STEPS = 60
LIMIT_S = 9.0


@pytest.mark.parametrize("name", KINDS)
def test_both_ways_of_drawing_come_to_show_the_same(name: str, tmp_path: Path) -> None:
    if reason := KINDS[name].missing():
        pytest.skip(reason)
    assert walk(KINDS[name], 7, STEPS, tmp_path, monotonic() + LIMIT_S)
