"""The terminal is asked for its background, and the colours suit what it answers in time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.terminal.pty_session import SHOWN, PtySession
from tui.terminal.background_colour import QUESTION

CALL = "call_demo_booking"
WHITE, BLACK = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:00/00/00\x07"
ASSISTANT = {"any": "38;5;30", "light": "38;5;24", "dark": "38;5;80"}
"""The colour of the assistant on each background."""


@pytest.mark.parametrize(("answer", "background"), [(WHITE, "light"), (BLACK, "dark")])
@pytest.mark.parametrize("arguments", [(), (CALL,), ("--full-redraw", CALL)], ids=" ".join)
def test_the_colours_suit_the_background_that_the_terminal_tells(
    answer: str, background: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with PtySession("--demo", *arguments, home=tmp_path) as session:
        session.send(answer)  # already there when the program asks, however slow this test is
        session.await_text("turn 1 of 38" if CALL in arguments else SHOWN)
        session.await_written(ASSISTANT[background])
        assert session.written.count(QUESTION) == 1
        session.send("\x03")
        assert session.await_end() == 0
        assert session.is_as_before()


def test_an_answer_behind_the_first_picture_changes_and_types_nothing(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        while session.read(0.3):
            pass
        session.send(f"{WHITE}j")
        session.await_text("turn 2 of 38")
        session.send(f"{BLACK[:9]}")
        session.send(f"{BLACK[9:]}j")
        session.await_text("turn 3 of 38")
        assert ASSISTANT["any"] in session.written
        for background in ("light", "dark"):
            assert not re.search(rf"{ASSISTANT[background]}[;m]", session.written)


def test_a_setting_is_not_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('background = "dark"')
    with PtySession("--demo", "--config", str(file), CALL, home=tmp_path, answers={QUESTION: WHITE}) as session:
        session.await_text("turn 1 of 38")
        session.await_written(ASSISTANT["dark"])
        assert QUESTION not in session.written


@pytest.mark.parametrize(
    ("environ", "is_asked"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "/nowhere,1,0"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"STY": "1.pts-0.here"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "eterm-color"}, False),
        ({"TERM": "xterm"}, False),
        ({"NO_COLOR": "1"}, False),
        ({"COLORFGBG": "15;0"}, False),
    ],
    ids=str,
)
def test_only_terminals_that_understand_and_need_it_are_asked(
    environ: dict[str, str | None], is_asked: bool, tmp_path: Path
) -> None:
    with PtySession("--demo", CALL, home=tmp_path, environ=environ) as session:
        session.await_text("turn 1 of 38")
        assert (QUESTION in session.written) == is_asked
