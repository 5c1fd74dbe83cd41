"""Calls for a large library: varied texts, the same in every run, as the library stores them and as files for rg."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

TURNS_A_CALL = 100
WORDS = {"rare": "marigold", "middle": "voucher", "frequent": "booking"}
"""Words that stand in few, some and many turns; no other word has them in it."""
PARTS = {"rare": "rigol", "middle": "ouche", "frequent": "ookin"}
"""A part of each of these."""
_EVERY = {"rare": 49_999, "middle": 97, "frequent": 3}
"""In one of so many turns, the rare one in none of the newest calls."""
_SEED, _KNOWN_WORDS, _PHRASES = 2026, 12_000, 30_000
_SYLLABLES = [first + second for first in "bdfghlmnprstvw" for second in ("a", "e", "i", "o", "u", "an", "er", "il")]


class Texts:
    """Makes calls one after the other: what is said follows the frequencies of words in a language."""

    def __init__(self) -> None:
        self._random = Random(_SEED)
        words = ["".join(self._random.choices(_SYLLABLES, k=1 + at % 4)) for at in range(_KNOWN_WORDS)]
        shares = list(accumulate(1 / (at + 3) for at in range(_KNOWN_WORDS)))
        self._phrases = [
            " ".join(self._random.choices(words, cum_weights=shares, k=self._random.randrange(2, 7)))
            for _ in range(_PHRASES)
        ]

    def calls(self, count: int, turns: int = TURNS_A_CALL) -> Iterator[list[str]]:
        """The texts of the turns of so many calls."""
        for call in range(count):
            yield [self._turn(call * turns + turn) for turn in range(turns)]

    def _turn(self, number: int) -> str:
        phrases = self._random.choices(self._phrases, k=3)
        phrases[1:1] = [word for name, word in WORDS.items() if number % _EVERY[name] == _EVERY[name] // 2]
        return f"{' '.join(phrases).capitalize()}."


def body(call_id: str, texts: Sequence[str]) -> bytes:
    """The answer of the transcript endpoint with these texts."""
    turns = [
        {"role": ("user", "assistant")[at % 2], "text": text, "start_ms": at * 4_000, "end_ms": at * 4_000 + 3_000}
        for at, text in enumerate(texts)
    ]
    return json.dumps({"call_id": call_id, "transcript": {"turns": turns}}).encode()
