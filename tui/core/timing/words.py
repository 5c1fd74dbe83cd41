"""Counts words: to find turns with doubtful times, and for the speaking rate of a side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.core.times import MINUTE_MS
from tui.core.transcript import Turn

_FASTEST_WORD_MS = 150
"""A turn with less time for each word, which is more than 400 a minute, has doubtful times."""
_FEWEST_WORDS = 3
"""A turn of fewer words is never doubtful."""
_LEAST_SPOKEN_MS = 15_000
"""The least speech that has a speaking rate."""

_OTHER_ASCII_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f"
_OTHER_SPACES = (
    _OTHER_ASCII_SPACES + "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
)
"""All white space but the space."""
_UNSPACED = (
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, kana, Bopomofo and Han: scripts that put no spaces between words."""


def doubtful(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Those of some timed turns whose times are doubtful: of 3 words or more, with more than 400 a minute."""
    together = "".join([turn.text for turn in turns])
    if not any(space in together for space in (_OTHER_ASCII_SPACES if together.isascii() else _OTHER_SPACES)):
        # a text has at most one word more than spaces: words are counted only if that is too many
        turns = [
            turn
            for turn in turns
            if (turn.text.count(" ") + 1) * _FASTEST_WORD_MS > turn.end_ms - turn.start_ms  # type: ignore[operator]
        ]
    return [turn for turn in turns if _is_doubtful(len(turn.text.split()), _length_ms(turn))]


def _is_doubtful(words: int, ms: int) -> bool:
    return words >= _FEWEST_WORDS and words * _FASTEST_WORD_MS > ms


def words_per_minute(turns: Sequence[Turn]) -> int | None:
    """Words / minutes of some timed turns.

    None below 15 s of them, and where a script puts no spaces between words.
    """
    spoken_ms = sum(map(_length_ms, turns))
    if spoken_ms < _LEAST_SPOKEN_MS or not all(_is_spaced(turn.text) for turn in turns):
        return None
    return round(sum(len(turn.text.split()) for turn in turns) * MINUTE_MS / spoken_ms)


def _length_ms(turn: Turn) -> int:
    return (turn.end_ms or 0) - (turn.start_ms or 0)


def _is_spaced(text: str) -> bool:
    """Whether white space separates the words of a text; false as soon as one of its letters is of another script."""
    return text.isascii() or re.search(_UNSPACED, text) is None  # compiled when needed, which takes some ms
