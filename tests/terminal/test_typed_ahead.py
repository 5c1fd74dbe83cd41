"""Keys that reach a terminal in one piece: from a script, a slow link, a hand that is faster than the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession
from tui.terminal.keyboard import PASTE_S

CALL = "call_demo_booking"
BEGIN = "\x1b[200~"
SIZE = (100, 30)
CLICK = "\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"


def opened(home: Path, *arguments: str, size: tuple[int, int] = SIZE, before: str = "") -> PtySession:
    return PtySession("--demo", *arguments, home=home, size=size, before=before)


def no_faults(home: Path) -> bool:
    return not list(home.rglob("faults/*"))


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (":layout\rj", r"\n.*0:06\.7 +user Hi Mia.*turn 2 of 38"),
        ("\x071:23\r", r"turn 14 of 38 +1:21\.4"),
        ("/the\rn", r" / the +2/\d+ .*turn \d+ of 38"),
        ("/friday\rn", r" / friday +2/9 "),
        ("\x07#20\rj", r"turn 21 of 38"),
        ("/pro\x1bj", r"\n(?!.*/ pro).*turn 2 of 38"),
        ("j\x1bj\x1b\x1b[Bk\x1bk\x1b[B", r"turn 3 of 38"),
        ("?\x1bG", r"turn 38 of 38"),
        ("e\x1b:next hit\x1bj", r"turn 2 of 38"),
        (f"/{BEGIN}friday\x1b[201~\rn", r" / friday +2/9 "),
    ],
)
def test_keys_in_one_read_act_like_single_keys(tmp_path: Path, keys: str, shown: str) -> None:
    with opened(tmp_path, CALL) as session:
        session.await_text("turn 1 of 38")
        session.send(keys)
        session.await_match(shown)
        session.send("\x03")
        assert session.await_end() == 0


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("/friday\rn", r" / friday +2/9 "),
        ("\x07#20\rj", r"turn 21 of 38"),
        (":layout\rj", r"\n.*0:06\.7 +user Hi Mia.*turn 2 of 38"),
        ("jjq", r"Sample calls"),
        ("q", r"Sample calls"),
        ("r/friday\rn", r" / friday +2/9 "),
        ("\x1b", r"ave up"),
    ],
)
@pytest.mark.parametrize("delay_s", [0.0, 0.7])
def test_keys_in_one_read_with_the_id_act_on_the_call(tmp_path: Path, keys: str, shown: str, delay_s: float) -> None:
    slow = f"import tui.demo.server as s; s.DemoServer.__init__.__kwdefaults__['delay_s'] = {delay_s}"
    with opened(tmp_path, before=slow) as session:
        session.await_text("Sample calls")
        session.send(f"{CALL}\r{keys}")
        is_held = delay_s and keys not in {"q", "\x1b"}  # which end the fetch, maybe before there is a picture of it
        session.await_text("Fetching" if is_held else "")
        session.await_match(shown)
        session.send("\x03")
        assert session.await_end() == 0
    assert no_faults(tmp_path)


@pytest.mark.parametrize("keys", ["q/", "q\x07", "q\x10", "q?", "qe", "qo", "\x03/", "\x03:", ":quit\r/", "?qq/the\rn"])
def test_keys_after_exit_are_dropped(tmp_path: Path, keys: str) -> None:
    with opened(tmp_path, CALL) as session:
        session.await_text("turn 1 of 38")
        session.send(keys)
        assert session.await_end() == 0
        assert session.is_as_before()
    assert no_faults(tmp_path)


@pytest.mark.parametrize("keys", ["\x10close\r", "\x10\r", "\x10help\r\r", "\x10zzz\r"])
@pytest.mark.parametrize("size", [SIZE, (20, 5)])
def test_the_palette_of_the_prompt_does_not_exit(tmp_path: Path, keys: str, size: tuple[int, int]) -> None:
    with opened(tmp_path, size=size) as session:
        session.await_text("too small" if size != SIZE else "paste it here")
        session.send(keys)
        session.send("\x1b\x1b\x1b\x03")
        assert session.await_end() == 0
    assert no_faults(tmp_path)


@pytest.mark.parametrize(("x", "y"), [(3, 3), (3, 28), (3, 1)])
def test_a_double_click_on_or_beside_the_palette_closes_it_once(tmp_path: Path, x: int, y: int) -> None:
    with opened(tmp_path, CALL, size=(100, 40)) as session:
        session.await_text("turn 1 of 38")
        session.send("\x10help" + CLICK.format(x=x, y=y) * 2)
        session.send("\x1b\x1b\x1bG")
        session.await_text("turn 38 of 38")
        session.send("q")
        assert session.await_end() == 0
    assert no_faults(tmp_path)


def test_an_unterminated_paste_blocks_keys_only_briefly(tmp_path: Path) -> None:
    with opened(tmp_path, CALL) as session:
        session.await_text("turn 1 of 38")
        session.send(f"/{BEGIN}friday")
        session.await_text("/ friday")  # the paste is over
        session.send("\rn")
        session.await_match(r" / friday +2/9 ")
        session.send(f"{BEGIN}jjj")
        session.read(PASTE_S / 10)
        session.send("\x03")
        assert session.await_end() == 0


HANGS = "from tui.screens.transcript import TranscriptScreen; import asyncio, time\n"


@pytest.mark.parametrize(
    ("hangs", "status"),
    [
        ("async def hang(self): await asyncio.Event().wait()\nTranscriptScreen.on_key = hang", 0),
        ("async def hang(self): await asyncio.Event().wait()\nTranscriptScreen.action_copy_turn = hang", 130),
        ("def hang(self): time.sleep(60)\nTranscriptScreen.action_copy_turn = hang", 130),
    ],
    ids=["a screen", "an action", "the loop"],
)
def test_ctrl_c_ends_a_hang_behind_a_thousand_keys(tmp_path: Path, hangs: str, status: int) -> None:
    with opened(tmp_path, CALL, before=HANGS + hangs) as session:
        session.await_text("turn 1 of 38")
        session.send("y")
        for _ in range(4):
            assert session.takes(b"j" * 700, 5.0)
        assert session.takes(b"\x03", 5.0)
        assert session.await_end() == status
        assert session.is_as_before()


def test_exit_after_a_large_picture_is_clean_on_slow_terminals(tmp_path: Path) -> None:
    with opened(tmp_path, CALL, size=(250, 70)) as session:
        session.await_text("turn 1 of 38")
        session.send("G" + "\x0c" * 9 + "q")
        assert session.await_end() == 0
        assert session.is_as_before()
    assert no_faults(tmp_path)
