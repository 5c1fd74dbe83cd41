"""What a random reader does, and the calls that are read; all of it from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

KEYS = (
    "j", "j", "j", "k", "k", "\x1b[B", "\x1b[A", " ", " ", "b", "\x1b[6~", "\x1b[5~",
    "\x04", "\x15", "\x05", "\x05", "\x19", "\x19",
    "g", "G", "{", "}", "n", "n", "N", "&", "t", "L", "y", "\x1bOQ", "\x0c", "\x1b",
)  # fmt: skip
WORDS = ["refund", "appointment", "Tuesday", "the", "of", "a", "and", "banana", "bandana", "yes,", "no.", "–", "3,200"]
OTHERS = ["日本語のテキスト", "予約", "한글", "Ａ１", "“quoted”", "café", "שלום", "مرحبا", "привет", "│▁▂█"]
EMOJI = ["😀", "🤩", "🥲🥲", "🪿", "🫠", "🫩", "☰", "◽", "👍🏽", "👨‍👩‍👧", "❤️"]
SOUGHT = ["an", "refund", "the", "予約", "caf", "e", "xyzzy", "."]
PLACES = ["#14", "50%", "1:23", "#999", "99%", "#1"]


@dataclass(frozen=True)
class Resize:
    """The window gets another size."""

    columns: int
    lines: int


Step = str | Resize
"""Keys, clicks and turns of the wheel as a terminal sends them in one piece; or another size."""


def steps(dice: random.Random) -> Step:
    """The next thing that the reader does."""
    kind = dice.random()
    if kind < 0.05:
        return Resize(dice.randint(30, 140), dice.randint(8, 45))
    if kind < 0.10:
        return "/" + dice.choice(SOUGHT) + dice.choice("\r\r\x1b")
    if kind < 0.14:
        return f"\x07{dice.choice(PLACES)}\r"
    if kind < 0.16:
        return dice.choice(["?", "?j", "e", ":lay"]) + "\x1b"
    if kind < 0.22:
        return _mouse(dice)
    return "".join(dice.choice(KEYS) for _ in range(dice.choice([1, 1, 1, 2, 5])))


def _mouse(dice: random.Random) -> str:
    at = f"{dice.randint(1, 30)};{dice.randint(1, 8)}"
    return dice.choice([f"\x1b[<64;{at}M", f"\x1b[<65;{at}M", f"\x1b[<0;{at}M\x1b[<0;{at}m"])


def turns(dice: random.Random, words: list[str], count: int = 150) -> list[dict[str, object]]:
    """The turns of a call, with times."""
    said, now_ms = [], 0
    for number in range(count):
        text = " ".join(dice.choice(words) for _ in range(dice.choice([1, 4, 12, 40, 150])))
        now_ms += dice.randint(300, 9000)
        said.append({"role": dice.choice(["user", "assistant"]), "text": f"{number} {text}", "start_ms": now_ms})
    return said
