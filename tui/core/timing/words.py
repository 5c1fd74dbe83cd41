"""Words of a turn: how many there are, whether they can be counted, and whether anybody speaks so fast."""

from __future__ import annotations

import re
from collections.abc import Sequence

MINUTE_MS = 60_000
FASTEST_WORD_MS = 150
"""A turn with less time for each word, which is more than 400 a minute, has doubtful times."""
FEWEST_WORDS = 3
"""A turn of fewer words is never doubtful."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, kana, Bopomofo and Han: scripts that put no spaces between words."""


def is_spaced(text: str) -> bool:
    """Whether white space separates the words of a text; false as soon as one of its letters is of another script."""
    return text.isascii() or _UNSPACED.search(text) is None


def is_doubtful(words: int, ms: int) -> bool:
    """Whether a turn is faster than anybody speaks: at least 3 words, more than 400 words a minute."""
    return words >= FEWEST_WORDS and words * FASTEST_WORD_MS > ms


def word_counts(texts: Sequence[str]) -> list[int]:
    """How many words each text has: what white space separates.

    Where single spaces are all the white space there is, which is seen at once for all texts, counting these does.
    """
    together = " ".join(texts)
    if together.isprintable() and "  " not in f" {together} ":
        return [text.count(" ") + 1 for text in texts]
    return [len(text.split()) for text in texts]
