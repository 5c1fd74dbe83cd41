"""SubRip subtitles, the format that every player and editor reads.

SubRip has no place for speakers: a name before the text is read as part of what was said, and stands there only on
request (WebVTT names the speaker). It has no escapes either. What players would obey or hide is therefore shown with
other signs, as words. What is shown when, and on which lines, is told in ``cues``.
"""

from __future__ import annotations

import re

from tui.core.export.cues import Spoken, cues_of, spoken
from tui.core.export.model import Export, Options, speaker, wanted
from tui.core.times import srt_timestamp
from tui.core.transcript import Call, Transcript

_ANGLES = str.maketrans("<>", "‹›")
_BRACES = str.maketrans("{}", "()")
_BREAK = re.compile(r"\\(?=[Nnh])")
_NOT_A_BREAK = "∖"


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as SubRip, numbered in the order of their starts.

    Raises:
        UsageError: It is a legacy transcript without turns.
    """
    turns = [_named(turn) if options.speakers else turn for turn in spoken(transcript)]
    seen = [turn._replace(text=visible(turn.text)) for turn in turns]
    cues, notes = cues_of(seen, options)
    blocks = []
    for number, cue in enumerate(cues, start=1):
        times = f"{srt_timestamp(cue.start_ms)} --> {srt_timestamp(cue.end_ms)}"
        blocks.append("\n".join([str(number), times, *cue.lines]) + "\n")
    pairs = wanted(list(zip(turns, seen, strict=True)), options)
    if marked := sum(before.text != after.text for before, after in pairs):
        notes += (
            f"{marked:,} of {len(pairs):,} turns hold what players take for markup: shown with ‹ › ( ) ∖ instead",
        )
    return Export("\n".join(blocks), notes)


def visible(text: str) -> str:
    r"""The text with the signs exchanged that players obey or hide, each for one that looks like it.

    Players drop "<b>", obey "{\an8}", hide other words in braces, and break the line at "\N".
    """
    first, last = text.find("<"), text.rfind(">")
    if 0 <= first < last:
        text = text[:first] + text[first : last + 1].translate(_ANGLES) + text[last + 1 :]
    return _BREAK.sub(_NOT_A_BREAK, text.translate(_BRACES))


def _named(turn: Spoken) -> Spoken:
    """The turn with its speaker in front."""
    lead = f"{speaker(turn.turn)}: "
    return turn._replace(text=lead + turn.text, lead=len(lead) - 1) if turn.text else turn
