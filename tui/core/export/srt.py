"""SubRip subtitles, which every player and editor reads.

SubRip has no field for speakers: a name before the text counts as text, so it is added only on
request (WebVTT names the speaker). It has no escapes either, so characters that players interpret or hide are
replaced by similar ones. ``cues`` decides times and lines.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tui.core.call import CallDocument
from tui.core.export.cue_times import Showing
from tui.core.export.cues import cues_of, spoken
from tui.core.export.model import Export, Options, speaker, wanted
from tui.core.times import srt_timestamp

_ANGLES = str.maketrans("<>", "‹›")
_BRACES = str.maketrans("{}", "()")
_BREAK = re.compile(r"\\(?=[Nnh])")
_NOT_A_BREAK = "∖"


def render(document: CallDocument, options: Options) -> Export:
    """Render the turns as SubRip, numbered by start.

    Raises:
        UsageError: A legacy transcript has no turns.
    """
    turns = [_named(turn) if options.speakers else turn for turn in spoken(document.transcript)]
    seen = [replace(turn, text=visible(turn.text)) for turn in turns]
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
    r"""Replace characters that players interpret or hide by similar ones.

    Players drop "<b>", apply "{\an8}", hide other words in braces, and break the line at "\N".
    """
    first, last = text.find("<"), text.rfind(">")
    if 0 <= first < last:
        text = text[:first] + text[first : last + 1].translate(_ANGLES) + text[last + 1 :]
    return _BREAK.sub(_NOT_A_BREAK, text.translate(_BRACES))


def _named(turn: Showing) -> Showing:
    """The turn with its speaker before the text."""
    lead = f"{speaker(turn.turn)}: "
    return replace(turn, text=lead + turn.text, lead=len(lead) - 1) if turn.text else turn
