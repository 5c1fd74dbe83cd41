"""What is copied reaches the terminal's clipboard whole, through every multiplexer, and nothing of it the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.emulators import XtermJs, no_xterm_js
from tests.terminal.multiplexers import Wrap, missing, wrapped
from tests.terminal.watched import Watched

pytestmark = pytest.mark.skipif(bool(no_xterm_js()), reason=no_xterm_js())

CALL = "call_demo_booking"
OPTIONS = ["--no-mouse", "--full-redraw"]
TAKES, PASSES = "set-clipboard=on allow-passthrough=off", "set-clipboard=off allow-passthrough=on"
BOTH, NEITHER = "set-clipboard=on allow-passthrough=on", "set-clipboard=external allow-passthrough=off"
LINK = f"\n{CALL}#turn=1"

WAYS: list[tuple[Wrap, ...]] = [
    (),
    ("screen",),
    (f"tmux {TAKES}",),
    (f"tmux {PASSES}",),
    (f"tmux {BOTH}",),
    (f"tmux {TAKES}", f"tmux {TAKES}"),
    (f"tmux {TAKES}", f"tmux {PASSES}"),
    (f"tmux {TAKES}", "screen"),
    (f"tmux {PASSES}", "screen"),
    ("screen", f"tmux {PASSES}"),
]
"""The multiplexers between the terminal and the program, the outermost first."""

FORGETS = ["env", "-u", "TMUX", "-u", "TMUX_PANE", "-u", "STY"]
"""What a shell on the other end of ssh knows of the multiplexer that ssh was started in: the name of its TERM."""

FAR_WAYS = [
    (f"tmux {TAKES} default-terminal=tmux-256color",),
    (f"tmux {PASSES} default-terminal=tmux-256color",),
    (f"tmux {TAKES} default-terminal=screen-256color",),
    (f"tmux {TAKES} default-terminal=screen",),
    ("screen",),
]


@contextmanager
def reading(wraps: Sequence[Wrap], option: str, home: Path, *before: str) -> Iterator[Watched[XtermJs]]:
    """The program in a call, within multiplexers."""
    if lacking := missing(wraps):
        pytest.skip(f"{lacking} not installed")
    command = [*before, sys.executable, "-m", "tui", "--demo", option, CALL]
    with wrapped(command, wraps, home) as made, Watched(made, XtermJs(80, 24), home) as watched:
        watched.await_text("turn 1 of 38")
        watched.settle()
        yield watched


def copied(watched: Watched[XtermJs], key: str, said: str) -> set[str]:
    """What the terminal has on its clipboard after a key; nothing but the foot may have changed on the screen."""
    before = watched.rows()
    watched.send(key)
    watched.await_text(said)
    watched.settle()
    assert watched.rows()[:-1] == before[:-1]
    return set(watched.emulator.clipboard())


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("wraps", WAYS, ids=" > ".join)
def test_a_copy_passes_through_nested_multiplexers(wraps: tuple[Wrap, ...], option: str, tmp_path: Path) -> None:
    with reading(wraps, option, tmp_path) as watched:
        (turn,) = copied(watched, "y", " turn 1 sent to the clipboard, ")
        assert turn.endswith(LINK)
        (transcript,) = copied(watched, "Y", " transcript sent to the clipboard, ")
        assert transcript.count("\n") > 38
        assert f"{len(transcript.encode()) / 1000:.1f} kB" in watched.rows()[-1]


@pytest.mark.parametrize("wraps", FAR_WAYS, ids=" > ".join)
def test_a_short_copy_needs_only_term_to_pass(wraps: tuple[Wrap, ...], tmp_path: Path) -> None:
    with reading(wraps, "--no-mouse", tmp_path, *FORGETS) as watched:
        (turn,) = copied(watched, "y", " turn 1 sent to the clipboard, ")
        assert turn.endswith(LINK)
        assert all(text.startswith("call_demo") for text in copied(watched, "Y", " transcript sent "))


@pytest.mark.parametrize("option", OPTIONS)
def test_tmux_without_passthrough_draws_no_part_of_the_sequence(option: str, tmp_path: Path) -> None:
    with reading([f"tmux {NEITHER}"], option, tmp_path) as watched:
        assert not copied(watched, "y", " turn 1 sent to the clipboard, ")
        assert not copied(watched, "Y", " transcript sent to the clipboard, ")
