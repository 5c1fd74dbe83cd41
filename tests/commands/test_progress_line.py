"""A line that says how far a search is: on a terminal only, not for what is quick, and removed in the end."""

from __future__ import annotations

import sys

import pytest

from tui.commands.progress_line import ProgressLine


class Clock:
    """A clock that is set by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def drawn(capsys: pytest.CaptureFixture[str], clock: Clock, *moments_s: float) -> str:
    line = ProgressLine(clock)
    for moment_s in moments_s:
        clock.now_s = moment_s
        line.show(lambda: f"at {clock.now_s}")
    line.remove()
    line.remove()
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("moments_s", "expected"),
    [
        ((0.1, 0.4), ""),
        ((0.6,), "\r\x1b[Kat 0.6\r\x1b[K"),
        ((0.6, 0.65, 0.8), "\r\x1b[Kat 0.6\r\x1b[Kat 0.8\r\x1b[K"),
    ],
)
def test_what_takes_long_draws_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], moments_s: tuple[float, ...], expected: str
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert drawn(capsys, Clock(), *moments_s) == expected


def test_a_line_asked_for_is_drawn_at_once_and_clipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "21")
    line = ProgressLine(Clock(), begin_s=0)
    line.show(lambda: "first")
    line.show(lambda: "too soon")
    line.show(lambda: "a" * 30, at_once=True)
    assert capsys.readouterr().err == f"\r\x1b[Kfirst\r\x1b[K{'a' * 19}…"


def test_without_a_terminal_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys, Clock(), 0.6, 2.0) == ""
