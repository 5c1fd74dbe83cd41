"""Where a turn stands in a window, and how offsets in its text and lines of its block belong together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout.block import CHAT_CELLS, SCRIPT_CELLS, Geometry, Layout, lay_out
from tui.core.text import cell_len, safe
from tui.core.transcript import Role

CHAT = Geometry(Layout.CHAT, 120)
SCRIPT = Geometry(Layout.SCRIPT, 80, time_cells=6)


def test_a_block_of_the_chat_has_a_blank_line_and_a_head() -> None:
    block = lay_out(CHAT, Role.ASSISTANT, "assistant  0:00", "one\ntwo\n▸ tool", words=7)
    assert (block.lead, block.head, block.first, block.height) == (1, 1, 2, 5)
    assert block.left == 3
    assert CHAT.bar(block) == 1


def test_a_text_without_a_speaker_has_no_head() -> None:
    block = lay_out(CHAT, Role.OTHER, "", "one")
    assert (block.head, block.first, block.height) == (0, 1, 2)


def test_a_block_of_the_script_is_its_text() -> None:
    block = lay_out(SCRIPT, Role.USER, "user  0:00", "one\ntwo")
    assert (block.lead, block.head, block.height) == (0, 0, 2)
    assert block.left == SCRIPT.text_column == 2 + 7 + 9 + 1
    assert SCRIPT.bar(block) == 0


def test_the_columns_of_a_script_close_up_without_times() -> None:
    assert Geometry(Layout.SCRIPT, 80, time_cells=0, role_cells=4).text_column == 2 + 4 + 1


def test_the_user_stands_at_the_right_as_narrow_as_the_text_allows() -> None:
    block = lay_out(CHAT, Role.USER, "user  0:04", "short\nthe longest line")
    assert block.left == 120 - 4 - len("the longest line")
    assert CHAT.bar(block) == 118
    assert lay_out(CHAT, Role.USER, "user with a long name", "short").left == 120 - 4 - len("user with a long name")


def test_other_roles_stand_in_the_middle() -> None:
    block = lay_out(CHAT, Role.OTHER, "tool", "x")
    assert block.left == (120 - CHAT_CELLS) // 2


def test_no_line_is_longer_than_can_be_read() -> None:
    assert Geometry(Layout.CHAT, 300).text_cells == CHAT_CELLS == 76
    assert Geometry(Layout.SCRIPT, 300).text_cells == SCRIPT_CELLS


COLUMNS = st.integers(min_value=0, max_value=12)
GEOMETRIES = st.builds(Geometry, st.sampled_from(Layout), st.integers(min_value=1, max_value=240), COLUMNS, COLUMNS)


@given(GEOMETRIES, st.sampled_from(Role), st.text(max_size=60).map(safe))
def test_whatever_the_width_every_line_is_found_again_by_its_offset(geometry: Geometry, role: Role, text: str) -> None:
    block = lay_out(geometry, role, "user  0:00.0", text)
    assert geometry.text_cells >= 1
    assert block.left >= 0
    assert block.height == block.lead + block.head + len(block.spans)
    for line in range(block.height):
        assert block.line_of(block.offset_at(line)) == line


@pytest.mark.parametrize("role", Role)
def test_what_is_wide_enough_fits(role: Role) -> None:
    for width in range(100, 200):
        geometry = Geometry(Layout.CHAT, width)
        block = lay_out(geometry, role, "user  0:04.2", "word " * 100)
        cells = max(cell_len(block.body[start:end]) for start, end in block.spans)
        assert block.left + cells <= width - 2
        assert 0 <= geometry.bar(block) < width


def test_an_offset_outlives_a_change_of_width() -> None:
    text = " ".join(f"word{number}" for number in range(200))
    wide, narrow = lay_out(CHAT, Role.USER, "u", text), lay_out(Geometry(Layout.CHAT, 40), Role.USER, "u", text)
    line = narrow.line_of(text.index("word150"))
    start, end = narrow.spans[line - narrow.first]
    assert "word150" in text[start:end]
    start, end = wide.spans[wide.line_of(narrow.offset_at(line)) - wide.first]
    assert start <= narrow.offset_at(line) < end
