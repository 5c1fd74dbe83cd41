"""A short visit of the monkey finds nothing; what it complains of is complained of."""

from __future__ import annotations

import re
import sys

import pytest

from tests.monkey.__main__ import main
from tests.monkey.doings import Doing
from tests.monkey.episodes import Episode, was_signal

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform != "linux", reason="it plays with a pseudo-terminal of Linux"),
]


def test_the_monkey_finds_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["--keys", "10000", "--seed", "7"])
    said = capfd.readouterr().out
    if "TROUBLE" in said or status:
        pytest.fail(said, pytrace=False)  # all of it: an assertion would cut what the program shows, and its stacks


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("from tui.app import OmniApp; OmniApp.action_redraw = lambda app: 1 / 0", "it ended with 1"),
        (
            "import time; from tui.app import OmniApp; OmniApp.action_redraw = lambda app: time.sleep(99)",
            "it does not draw",
        ),
        (
            "from tui.app import OmniApp; OmniApp.action_copy_or_quit = lambda app: None",
            r"it does not hear ctrl\+c.*no recent calls.*most recent call first",
        ),
    ],
)
def test_what_the_monkey_complains_of(monkeypatch: pytest.MonkeyPatch, fault: str, complaint: str) -> None:
    monkeypatch.setattr("tests.monkey.episodes.BEFORE", fault)
    monkeypatch.setattr("tests.monkey.episodes.ANSWER_S", 2.0)
    monkeypatch.setattr("tests.monkey.episodes.doings", lambda random, keys: [Doing("\x0c")])
    troubles = Episode("a fault", "http://127.0.0.1:9").run()
    assert any(re.search(complaint, trouble.what, re.DOTALL) for trouble in troubles)


@pytest.mark.parametrize(
    ("written", "is_signal"),
    [
        ("\x1b[?1049h…\x1b[?2004l\x1b[?1049l^C", True),
        ("\x1b[?1049h…\x1b[?2004l^C\x1b[?1049l", False),
        ("\x1b[?1049h…\x1b[?2004l^C\x1b[?1049l\x1b[?1049h…\x1b[?2004l\x1b[?1049l", True),
        ("\x1b[?1049h^C\x1b[?2004l\x1b[?1049l", False),
        ("\x1b[?1049h^C", False),
    ],
    ids=["given back", "still leaving", "suspended", "shown", "no end"],
)
def test_which_ctrl_c_was_a_signal(written: str, is_signal: bool) -> None:
    assert was_signal(written) == is_signal
