"""Windows of all sizes: no crash, a word where there is no room, and the right picture and place afterwards."""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path
from shlex import join

import pytest

from tests.terminal.panes import Pane
from tests.terminal.pty_session import SHOWN, PtySession

CALL = "call_demo_booking"
TOO_SMALL = {(1, 1): "t", (2, 3): "to", (20, 5): "too small", (19, 24): "too small"}
BIG_ENOUGH = [(20, 6), (40, 10), (500, 200)]


@pytest.mark.parametrize("size", TOO_SMALL, ids=str)
def test_a_too_small_window_shows_a_message_and_quits(size: tuple[int, int], tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path, size=size) as session:
        session.await_text(TOO_SMALL[size])
        settle(session)
        assert "toosmall".startswith("".join(session.terminal.display).replace(" ", ""))
        session.send("\x03")
        assert session.await_end() == 0
        assert session.is_as_before()


class Far(PtySession):
    """A terminal that stops to answer: as over a slow link, what does not fit into the first picture comes late."""

    is_silent = False

    def answer(self, answers: str) -> None:
        if not self.is_silent:
            super().answer(answers)


def test_a_resize_is_drawn_whole_in_one_picture(tmp_path: Path) -> None:
    call = tmp_path / "call.json"
    turns = [
        {
            "role": ("user", "assistant")[at % 2],
            "text": "long words " * 300,
            "start_ms": at * 9_000,
            "end_ms": at * 9_000 + 8_000,
        }
        for at in range(40)
    ]
    call.write_text(json.dumps({"turns": turns}))
    with Far(str(call), home=tmp_path, size=(80, 36)) as session:
        session.await_match(r"assistant \S.*turn 1 of 40")
        session.is_silent, before = True, len(session.written)
        session.resize(200, 60)
        session.await_match(r"(long words ){7}.*turn 1 of 40")
        timeline = next(row for row in session.terminal.display if row.startswith(" user "))
        assert len(timeline.rstrip()) > 190, "the timeline has the old width"
        assert session.written[before:].count("\x1b[?2026h") == 1


def test_resizing_keeps_the_reading_position(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        session.send("jjjjj")
        session.await_text("turn 6 of 38")
        for size, said in TOO_SMALL.items():
            session.resize(*size)
            session.await_text(said)
        for size in BIG_ENOUGH:
            session.resize(*size)
            session.await_text("▌")
            assert not session.shows("too small")
        session.resize(80, 24)
        session.await_text("turn 6 of 38")
        session.send("j")
        session.await_text("turn 7 of 38")
        session.send("q")
        assert session.await_end() == 0


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
@pytest.mark.parametrize("exported", [("60", "20"), ("99999999", "9" * 30), ("0", "-5")])
def test_the_terminals_size_beats_the_environment(exported: tuple[str, str], option: str, tmp_path: Path) -> None:
    environ = dict(zip(("COLUMNS", "LINES"), exported, strict=True))
    with (
        PtySession("--demo", option, CALL, home=tmp_path, size=(120, 36), environ=environ) as told,
        PtySession("--demo", option, CALL, home=tmp_path, size=(120, 36)) as untold,
    ):
        for size in [(120, 36), (90, 30), (120, 36)]:
            for session in (told, untold):
                session.resize(*size)
                session.await_text("turn 1 of 38")
                settle(session)
                assert len(session.terminal.display[-1].rstrip()) == size[0] - 1
            assert picture(told) == picture(untold)


@pytest.mark.parametrize(
    ("columns", "lines", "size"), [("60", "20", (60, 20)), (None, None, (80, 24)), ("99999999", "x", (80, 24))]
)
def test_the_environment_counts_if_the_terminal_has_no_size(
    columns: str | None, lines: str | None, size: tuple[int, int], tmp_path: Path
) -> None:
    environ = {"COLUMNS": columns, "LINES": lines}
    with PtySession("--demo", CALL, home=tmp_path, size=(0, 0), environ=environ) as session:
        session.terminal.resize(size[1], size[0])
        session.await_text("turn 1 of 38")
        settle(session)
        assert len(session.terminal.display[-1].rstrip()) == size[0] - 1


def test_q_leaves_a_call_in_a_too_small_window(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, size=(20, 5)) as session:
        session.await_text("too small")
        session.send("q")
        assert session.await_end() == 0


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_many_resizes_end_in_a_correct_screen(option: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    with PtySession("--demo", option, CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        session.send("jjjjj")
        session.await_text("turn 6 of 38")
        for _ in range(200):
            session.resize(dice.randint(1, 200), dice.randint(1, 60))
            session.read(0)
        session.resize(80, 24)
        session.await_text("turn 6 of 38")
        settle(session)
        shown = picture(session)
        assert any(line.startswith("▌ 0:30.8") for line in shown)
        session.terminal.feed("\x1b[2J")
        session.send("\x0c")
        session.await_text("turn 6 of 38")
        settle(session)
        assert picture(session) == shown


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_the_foot_is_back_after_a_window_of_one_column(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        for number in range(100):
            session.resize(*((1, 24), (80, 24))[number % 2])
            session.read((0, 0.01, 0.03)[number % 3])
        session.await_text("turn 1 of 38")


def picture(session: PtySession) -> list[str]:
    return [line.rstrip() for line in session.terminal.display]


def settle(session: PtySession) -> None:
    while session.read(0.5):
        pass


def test_help_returns_after_a_too_small_window(tmp_path: Path) -> None:
    with PtySession("--demo", home=tmp_path) as session:
        session.await_text(SHOWN)
        session.send("\x1bOP")
        session.await_text("Everywhere")
        session.resize(20, 5)
        session.await_text("too small")
        session.resize(80, 24)
        session.await_text("Everywhere")


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_the_screen_is_cleared_on_exit(option: str, tmp_path: Path) -> None:
    with PtySession("--demo", option, CALL, home=tmp_path) as session:
        session.await_text("turn 1 of 38")
        session.send("q")
        assert session.await_end() == 0
        assert "\x1b[2J\x1b[?1049l" in session.written


if shutil.which("tmux"):

    @pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
    def test_a_grown_window_leaves_nothing_on_the_shells_screen(option: str, tmp_path: Path) -> None:
        call = tmp_path / "call.json"
        call.write_text(json.dumps({"transcript": [{"role": "user", "text": "at the right"} for _ in range(20)]}))
        program = join(["env", f"HOME={tmp_path}", sys.executable, "-m", "tui", option, str(call)])
        pane = Pane(f"echo before; {program}; echo after; exec cat")
        try:
            pane.await_text("turn 1 of 20")
            pane.resize(120, 36)
            pane.await_text("no times".rjust(119 - len(" call  20 turns")))
            pane.send("q")
            pane.await_line("after")
            assert [line for line in pane.lines() if line] == ["before", "after"]
        finally:
            pane.end()


def test_a_larger_window_is_drawn_once(tmp_path: Path) -> None:
    with PtySession("--demo", CALL, home=tmp_path, size=(100, 30)) as session:
        session.await_text("turn 1 of 38")
        settle(session)
        before = len(session.written)
        session.resize(120, 36)
        session.await_written("How can I help you today?", since=before)
        settle(session)
        assert session.written[before:].count("How can I help you today?") == 1
        assert session.shows("turn 1 of 38")
