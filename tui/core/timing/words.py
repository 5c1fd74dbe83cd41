"""Counts words: to find turns with doubtful times, and for the speaking rate of a side."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import compress, repeat
from operator import floordiv, ge

from tui.core.transcript import Role, Turn

_MINUTE_MS = 60_000
_FASTEST_WORD_MS = 150
"""A turn with less time for each word, which is more than 400 a minute, has doubtful times."""
_FEWEST_WORDS = 3
"""A turn of fewer words is never doubtful."""
_LEAST_SPOKEN_MS = 15_000
"""The least speech that has a speaking rate."""

_OTHER_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""All white space but the space."""
_UNSPACED = (
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, kana, Bopomofo and Han: scripts that put no spaces between words."""


def doubtful_places(texts: Sequence[str], lengths_ms: Sequence[int]) -> list[int]:
    """The turns with doubtful times: of 3 words or more, with more than 400 a minute.

    Args:
        texts: Their texts.
        lengths_ms: How long each is.
    """
    suspects: Sequence[int] = range(len(texts))
    together = "".join(texts)
    if not any(space in together for space in _OTHER_SPACES):
        # a text has at most one word more than spaces: words are counted only if that is too many
        spaces, enough = map(str.count, texts, repeat(" ")), map(floordiv, lengths_ms, repeat(_FASTEST_WORD_MS))
        suspects = list(compress(suspects, map(ge, spaces, enough)))
    return [place for place in suspects if _is_doubtful(len(texts[place].split()), lengths_ms[place])]


def _is_doubtful(words: int, ms: int) -> bool:
    return words >= _FEWEST_WORDS and words * _FASTEST_WORD_MS > ms


class Speech:
    """The speech of a side; its words are counted on demand.

    Args:
        role: The side.
        timed: The timed turns of the call.
        doubtful: The places as sent of those whose times are doubtful.
    """

    def __init__(self, role: Role, timed: Sequence[Turn], doubtful: Collection[int]) -> None:
        self._role = role
        self._timed = timed
        self._doubtful = doubtful

    @cached_property
    def words_per_minute(self) -> int | None:
        """Words / minutes of the turns that are not doubtful.

        None below 15 s of them, and where a script puts no spaces between words.
        """
        turns = [turn for turn in self._timed if turn.role is self._role and turn.index not in self._doubtful]
        spoken_ms = sum((turn.end_ms or 0) - (turn.start_ms or 0) for turn in turns)
        together = " ".join([turn.text for turn in turns])
        if spoken_ms < _LEAST_SPOKEN_MS or not _is_spaced(together):
            return None
        return round(len(together.split()) * _MINUTE_MS / spoken_ms)


def _is_spaced(text: str) -> bool:
    """Whether white space separates the words of a text; false as soon as one of its letters is of another script."""
    return text.isascii() or re.search(_UNSPACED, text) is None  # compiled when needed, which takes some ms
