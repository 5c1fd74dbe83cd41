"""Where a turn stands in a window, and how offsets in its text and lines of its block belong together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout.block import Block, Content, Line, LineKind, Piece, PieceKind, Remarks
from tui.core.layout.layouts import CHAT_CELLS, SCRIPT_CELLS, Chat, Outline, Script, StackedScript, TurnLayout, script
from tui.core.text import cell_len, safe
from tui.core.transcript import Role

CHAT = Chat(120)
SCRIPT = Script(80, time_cells=6)
TIME = "0:04.2"


def content(role: Role, body: str, *, speaker: str | None = None, continues: bool = False) -> Content:
    return Content(role, role.value if speaker is None else speaker, TIME, body, len(body), continues)


def kinds(block: Block) -> list[LineKind]:
    return [line.kind for line in block.lines]


def drawn(block: Block, line: Line) -> str:
    """What a line draws of the text."""
    body, parts = block.content.body, line.drawn()
    return "".join(body[part.start : part.end] if part.instead is None else part.instead for part in parts)


def rows(layout: TurnLayout, *contents: Content) -> list[str]:
    """The lines as they stand on the screen."""
    lines = []
    for block in map(layout.block, contents):
        for line in block.lines:
            cells = [" "] * layout.width
            pieces = [(piece.column, piece.text) for piece in line.pieces]
            if line.span is not None:
                pieces += [(block.left, drawn(block, line)), (block.bar, "│")]
            for column, text in pieces:
                cells[column : column + len(text)] = text
            lines.append("".join(cells).rstrip())
    return lines


def test_the_chat_has_two_lanes() -> None:
    assert rows(CHAT, content(Role.ASSISTANT, "Hello"), content(Role.USER, "Hi\nMia")) == [
        "",
        "   assistant  0:04.2",
        " │ Hello",
        "",
        " " * 40 + "user  0:04.2",
        f"{'Hi':>42}{'│':>77}",
        f"{'Mia':>43}{'│':>76}",
    ]


def test_a_run_names_its_role_once() -> None:
    run = content(Role.ASSISTANT, "Hello"), content(Role.ASSISTANT, "Are you there?", continues=True)
    assert rows(CHAT, *run)[2:] == [" │ Hello", f" │ {'Are you there?':<76}  {TIME}"]
    assert rows(CHAT, content(Role.USER, "Yes", continues=True)) == [f"{TIME:>38}  Yes{'│':>76}"]


def test_a_script_is_columns() -> None:
    assert rows(SCRIPT, content(Role.USER, "one\ntwo"), content(Role.USER, "three", continues=True)) == [
        "│ 0:04.2      user one",
        "│                  two",
        "│ 0:04.2           three",
    ]


def test_a_stacked_script_has_its_words_under_role_and_time() -> None:
    run = content(Role.USER, "one two three four"), content(Role.USER, "five", continues=True)
    assert rows(StackedScript(18), *run) == ["  user  0:04.2", "│   one two three", "│   four", "  0:04.2", "│   five"]


def test_a_stacked_script_without_times_names_a_run_once() -> None:
    run = [content(Role.USER, "one")._replace(time=""), content(Role.USER, "two", continues=True)._replace(time="")]
    assert rows(StackedScript(30), *run) == ["  user", "│   one", "│   two"]
    marked = run[1]._replace(remarks=Remarks(("cuts in",), "3.2 s silence", is_marked=True))
    assert [row.strip() for row in rows(StackedScript(30), marked)] == ["3.2 s silence", "marked  cuts in", "│   two"]


def test_a_stacked_script_names_a_turn_of_a_run_on_its_head_alone() -> None:
    block = StackedScript(30).block(content(Role.USER, "five", continues=True))
    head, text = block.lines
    assert [piece.text for piece in block.pieces(head, names=True)] == ["user", TIME]
    assert [piece.text for piece in block.pieces(head, names=False)] == [TIME]
    assert block.pieces(text, names=True) == ()


@pytest.mark.parametrize(
    ("width", "time_cells", "kind"),
    [
        (30, 6, StackedScript),
        (56, 6, StackedScript),
        (57, 6, Script),
        (36, 0, Script),
        (59, 12, StackedScript),
        (60, 12, Script),
    ],
)
def test_a_script_is_stacked_where_its_columns_take_more_than_a_third(width: int, time_cells: int, kind: type) -> None:
    assert type(script(width, time_cells, role_cells=9)) is kind


def test_an_outline_has_a_line_for_each_turn() -> None:
    outline = Outline(60, time_cells=6)
    remarked = content(Role.USER, "one\n\ntwo")._replace(remarks=Remarks(moments=("14.2 s silence", "cuts in")))
    assert rows(outline, remarked, content(Role.USER, "word " * 20, continues=True)) == [
        "│ 0:04.2      user one two             14.2 s silence · cu…",
        "│ 0:04.2      user word word word word word word word word…",
    ]


@pytest.mark.parametrize("text", ["x" * 100_000, "é" * 100_000, "\n" * 9 + "a\n" * 50_000, "日" * 50_000])
def test_a_line_of_the_outline_stands_for_the_whole_text(text: str) -> None:
    block = Outline(80, 6).block(content(Role.USER, text))
    assert (block.height, block.spans) == (1, [(0, len(text))])
    parts = block.lines[0].drawn()
    assert (parts[0].start, parts[-1].end) == (0, len(text))
    assert drawn(block, block.lines[0]).endswith("…")
    assert cell_len(drawn(block, block.lines[0])) <= 80 - 19


def test_a_wider_window_shows_the_turns_in_its_middle() -> None:
    narrow, wide = (rows(Chat(width), content(Role.ASSISTANT, "x"), content(Role.USER, "y")) for width in (120, 200))
    assert wide == [f"{' ' * 40}{row}".rstrip() for row in narrow]


def test_a_text_without_a_speaker_has_no_head() -> None:
    assert kinds(CHAT.block(content(Role.OTHER, "one", speaker=""))) == [LineKind.BLANK, LineKind.TEXT]


def test_the_columns_of_a_script_close_up_without_times() -> None:
    assert Script(80, time_cells=0, role_cells=4).text_column == 2 + 4 + 1


def test_no_line_is_longer_than_can_be_read() -> None:
    assert Chat(300).text_cells == CHAT_CELLS == 76
    assert Script(300).text_cells == SCRIPT_CELLS


def test_a_title_names_a_turn_beside_its_text() -> None:
    left, right = (CHAT.block(content(role, "x")).title for role in (Role.ASSISTANT, Role.USER))
    assert left == (Piece(81, "assistant", PieceKind.ROLE), Piece(92, TIME, PieceKind.TIME))
    assert right == (Piece(26, "user", PieceKind.ROLE), Piece(32, TIME, PieceKind.TIME))


def layouts(least: int) -> st.SearchStrategy[TurnLayout]:
    columns, widths = st.integers(0, 12), st.integers(least, 240)
    return st.one_of(
        st.builds(Chat, widths),
        st.builds(Script, widths, columns, columns),
        st.builds(StackedScript, widths),
        st.builds(Outline, widths, columns, columns),
    )


TEXT = st.text(max_size=60).map(safe)
CONTENTS = st.builds(content, st.sampled_from(Role), TEXT, continues=st.booleans())


@given(layouts(1), CONTENTS)
def test_every_line_is_found_by_its_offset_at_any_width(layout: TurnLayout, said: Content) -> None:
    block = layout.block(said)
    assert block.left >= 0
    assert block.bar >= 0
    for line in range(block.height):
        assert block.line_of(block.offset_at(line)) == line


@given(layouts(60), CONTENTS, st.booleans())
def test_nothing_on_a_line_overlaps(layout: TurnLayout, said: Content, names: bool) -> None:
    block = layout.block(said)
    for line in block.lines:
        pieces = block.pieces(line, names=names)
        taken = [(piece.column, piece.column + cell_len(piece.text)) for piece in pieces]
        if line.span is not None:
            taken.append((block.left, block.left + cell_len(drawn(block, line))))
            taken.append((block.bar, block.bar + 1))
        taken.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(taken))
        assert taken == [] or (taken[0][0] >= 0 and taken[-1][1] <= layout.width)


@pytest.mark.parametrize("role", Role)
def test_an_offset_outlives_a_change_of_width(role: Role) -> None:
    said = content(role, " ".join(f"word{number}" for number in range(200)))
    wide, narrow = CHAT.block(said), Chat(40).block(said)
    line = narrow.line_of(said.body.index("word150"))
    start, end = narrow.spans[line - narrow.first]
    assert "word150" in said.body[start:end]
    start, end = wide.spans[wide.line_of(narrow.offset_at(line)) - wide.first]
    assert start <= narrow.offset_at(line) < end


REMARKED = Content(
    Role.ASSISTANT, "assistant", "0:11.0", "Of course.", 10, remarks=Remarks(("took 3.2 s",), "·· 3.2 s silence ··")
)


def test_a_silence_replaces_the_blank_line_above_a_turn() -> None:
    block = Chat(120).block(REMARKED)
    assert [line.kind for line in block.lines] == [LineKind.SILENCE, LineKind.HEAD, LineKind.TEXT]
    assert [piece.text for piece in block.lines[1].pieces] == ["assistant", "0:11.0", "took 3.2 s"]


def test_notes_without_room_in_the_head_stand_below_it() -> None:
    notes = ("speaks over the user, 0.6 s", "cut off after 0.4 s")
    block = Chat(40).block(REMARKED._replace(remarks=Remarks(notes), continues=False))
    assert [line.kind for line in block.lines] == [LineKind.BLANK, LineKind.HEAD, LineKind.NOTE, LineKind.TEXT]
    assert cell_len(block.lines[2].pieces[0].text) <= Chat(40).text_cells


def test_notes_of_a_script_share_the_line_of_the_role() -> None:
    block = Script(80, 6).block(REMARKED)
    assert [line.kind for line in block.lines] == [LineKind.SILENCE, LineKind.NOTE, LineKind.TEXT]
    assert [piece.text for piece in block.lines[1].pieces] == ["0:11.0", "assistant", "took 3.2 s"]
    assert (block.lead, block.first, block.offset_at(1), block.line_of(-1)) == (1, 2, -1, 1)


@pytest.mark.parametrize("layout", [CHAT, SCRIPT])
@pytest.mark.parametrize("notes", [("took 3.2 s",), ()])
def test_what_others_report_has_quiet_lines_of_its_own(layout: Chat | Script, notes: tuple[str, ...]) -> None:
    remarks = Remarks(notes, reported=("recap: a promise", "recap: " + "far too much " * 20))
    block = layout.block(content(Role.USER, "Hello")._replace(remarks=remarks))
    quiet = [piece for line in block.lines for piece in line.pieces if piece.text.startswith("recap")]
    assert {piece.kind for piece in quiet} == {PieceKind.TIME}
    assert quiet[0].text == "recap: a promise"
    assert cell_len(quiet[1].text) <= layout.text_cells
    assert sum(piece.text == "user" for line in block.lines for piece in line.pieces) == 1
    if layout is SCRIPT:
        assert "user" in rows(layout, block.content)[0]


def test_the_outline_has_what_others_report_beside_our_moments() -> None:
    remarks = Remarks(moments=("took 3.2 s",), reported=("recap: a promise",))
    (row,) = rows(Outline(80, 6), content(Role.USER, "Hello there")._replace(remarks=remarks))
    assert "Hello there" in row
    assert row.endswith("recap: a promise  took 3.2 s")


def test_a_narrow_outline_has_words_rather_than_the_rest_of_a_note() -> None:
    remarks = Remarks(moments=("at the same time, 1.4 s",), reported=("recap: a refund",))
    (row,) = rows(Outline(40, 6), content(Role.USER, "no aisle please")._replace(remarks=remarks))
    assert "no ai" in row
    assert "at the" in row
    assert "re" not in row
