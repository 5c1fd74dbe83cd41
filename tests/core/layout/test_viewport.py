from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout import Block, Line, LineKind, LinePosition, Viewport
from tui.core.layout.block import BLANK, Content
from tui.core.transcript import Role


def block(height: int) -> Block:
    """A block of a number of lines: the first is a blank one, where there is room for it."""
    lead = int(height > 1)
    text = [Line(LineKind.TEXT, span=(at, at + 1)) for at in range(height - lead)]
    content = Content(Role.USER, "", "", "x" * len(text), len(text))
    return Block(content, (*[BLANK] * lead, *text), lead=lead, left=0, bar=0)


def viewport(heights: list[int], rows: int) -> Viewport:
    return Viewport(lambda item: block(heights[item]), len(heights), rows)


def flat(heights: list[int]) -> list[LinePosition]:
    return [LinePosition(item, line) for item, height in enumerate(heights) for line in range(height)]


HEIGHTS = st.lists(st.integers(1, 12), min_size=1, max_size=30)
MOVES = st.lists(st.integers(-30, 30), max_size=20)


@given(HEIGHTS, st.integers(1, 10), MOVES)
def test_scrolling_shows_what_a_plain_list_of_lines_would(heights: list[int], rows: int, moves: list[int]) -> None:
    window, lines, top = viewport(heights, rows), flat(heights), 0
    for move in moves:
        window.scroll(move)
        top = max(0, min(top + move, max(0, len(lines) - rows)))
        assert list(window.rows()) == lines[top : top + rows]


@given(HEIGHTS, st.integers(1, 10), st.data())
def test_show_moves_no_more_than_needed(heights: list[int], rows: int, data: st.DataObject) -> None:
    window, lines = viewport(heights, rows), flat(heights)
    for _ in range(5):
        place = data.draw(st.sampled_from(lines))
        before = list(window.rows())
        window.show(place, place)
        after = list(window.rows())
        assert place in after
        assert after == before or place in (after[0], after[-1])


def test_the_end_stands_in_the_last_row() -> None:
    window = viewport([3, 3, 3], 4)
    window.go_to_end()
    assert list(window.rows()) == [LinePosition(1, 2), LinePosition(2, 0), LinePosition(2, 1), LinePosition(2, 2)]


def test_a_short_text_leaves_rows_empty() -> None:
    window = viewport([2], 5)
    window.scroll(3)
    assert list(window.rows()) == [LinePosition(0, 0), LinePosition(0, 1)]


def test_without_items_there_are_no_rows() -> None:
    window = viewport([], 5)
    window.scroll(1)
    window.go_to_end()
    assert list(window.rows()) == []


def test_the_place_outlives_a_change_of_width_and_back() -> None:
    heights = [5, 20, 5]
    window = Viewport(lambda item: block(heights[item]), 3, 4)
    window.go(LinePosition(1, 9))
    heights[:] = [9, 40, 9]
    window.relayout()
    assert window.top == LinePosition(1, 9)
    heights[:] = [5, 20, 5]
    window.relayout()
    assert window.top == LinePosition(1, 9)


def test_a_far_line_has_earlier_lines_above_it() -> None:
    window = viewport([1] * 100, 9)
    window.scroll_into_view(LinePosition(50, 0), LinePosition(50, 0))
    assert window.top == LinePosition(47, 0)
    window.scroll_into_view(LinePosition(48, 0), LinePosition(48, 0))
    assert window.top == LinePosition(47, 0)
