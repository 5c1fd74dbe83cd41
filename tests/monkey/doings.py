"""What the monkey does: keys, text, clicks, pastes and resizes at random, as a terminal sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from tests.soak.visitor import typed
from tui.keys import ACTIONS

CALLS = ("c0", "c1", "c2", "call_large_100000", "call_demo_booking", "call_demo_failed", "call_unknown")
SIZES = ((1, 1), (2, 3), (20, 5), (20, 6), (40, 10), (80, 24), (100, 30), (132, 43), (250, 70))

_LEAVING = {"back", "copy_or_quit", "suspend_process"}
_ACTION_KEYS = tuple(typed(key) for action in ACTIONS if action.name not in _LEAVING for key in action.keys)
_LEAVING_KEYS = ("q", "\x03", "\x1a")
_PLAIN = ("\r", "\x1b", "\t", "\x7f", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[1;2H", "\x1b[3~", "\x17", "\x0b")
_LETTERS = "abehlnortu0123456789 :#%/.*+()é€😀漢"
_OPENERS = ("/", "\x07", ":", "\x10", "e", "o", "?")
_PASTED = ("the", "call_demo_booking", "#2\n", "\x1b[A\x1bq\x03", "(a+)+$", "x" * 3000, "two\r\nlines", "")
_GARBAGE = ("\x1b[99z", "\x1b[?62;22c", "\x1b[99999999u", "\x1bOj", "\x1b[1;1R", "\x1b[I", "\x1b[O", "\x1b[200", "\x00")


class Doing(NamedTuple):
    """Something to do to a terminal.

    Attributes:
        keys: What is sent.
        weight: How many keys it counts for.
        size: To what the terminal is resized before; None for not at all.
    """

    keys: str
    weight: int = 1
    size: tuple[int, int] | None = None


def doings(random: Random, keys: int) -> Iterator[Doing]:
    """What is done, until it counts for so many keys."""
    while keys > 0:
        (do,) = random.choices(tuple(_DOINGS), tuple(_DOINGS.values()))
        doing = do(random)
        keys -= doing.weight
        yield doing


def _act(random: Random) -> Doing:
    return Doing(random.choice(_ACTION_KEYS))


def _press(random: Random) -> Doing:
    return Doing(random.choice(_PLAIN))


def _type(random: Random) -> Doing:
    text = "".join(random.choices(_LETTERS, k=random.randint(1, 6)))
    return Doing(text, len(text))


def _open_and_enter(random: Random) -> Doing:
    text = random.choice(("the", "layout", "help", "1:23", "#2", "close", "quit", "x"))
    return Doing(random.choice(_OPENERS) + text + random.choice("\r\x1b"), len(text) + 2)


def _open_call(random: Random) -> Doing:
    call = random.choice(CALLS)
    return Doing(f"o{call}\r", len(call) + 2)


def _click(random: Random) -> Doing:
    x, y = random.randint(1, 120), random.randint(1, 40)
    one = f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"
    return Doing(random.choice((one, one * 2, one * 3, f"\x1b[<64;{x};{y}M", f"\x1b[<65;{x};{y}M" * 3)))


def _paste(random: Random) -> Doing:
    end = "" if random.random() < 0.1 else "\x1b[201~"
    return Doing(f"\x1b[200~{random.choice(_PASTED)}{end}")


def _resize(random: Random) -> Doing:
    return Doing("", 1, random.choice(SIZES))


def _spoil(random: Random) -> Doing:
    return Doing(random.choice(_GARBAGE))


def _leave(random: Random) -> Doing:
    return Doing(random.choice(_LEAVING_KEYS))


_DOINGS: dict[Callable[[Random], Doing], int] = {
    _act: 600, _press: 120, _type: 60, _open_and_enter: 60, _open_call: 25, _click: 60, _paste: 30, _resize: 25,
    _spoil: 20, _leave: 6,
}  # fmt: skip
