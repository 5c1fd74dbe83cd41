"""SubRip subtitles, the format that every player and editor reads: a cue per turn that has text.

SubRip knows neither speakers nor escapes. The speaker is therefore left out: a name before the text would
be read as part of what was said (WebVTT names the speaker). When turns are shown is told in ``cues``.
"""

from __future__ import annotations

import re

from tui.core.export.cues import cues_of, lines
from tui.core.export.model import Export, Options
from tui.core.times import srt_timestamp
from tui.core.transcript import Call, Transcript

_TAG_OPENS = re.compile(r"<\s*")


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as SubRip, numbered in the order of their starts.

    Raises:
        UsageError: It is a legacy transcript without turns.
    """
    cues, notes = cues_of(transcript, options)
    blocks, marked = [], 0
    for number, cue in enumerate(cues, start=1):
        text = _unmarked(cue.text)
        marked += text != cue.text
        times = f"{srt_timestamp(cue.start_ms)} --> {srt_timestamp(cue.end_ms)}"
        blocks.append("\n".join([str(number), times, *lines(text)]) + "\n")
    if marked:
        notes += (f"{marked:,} of {len(cues):,} cues hold what players take for markup: broken there, to be seen",)
    return Export("\n".join(blocks), notes)


def _unmarked(text: str) -> str:
    r"""The text with a line break after each "<" that a ">" follows, and in each "{\".

    Players drop "<b>" and obey "{\an8}", and there is no way to escape them; across a line break they are
    text.
    """
    before, bracket, after = text.rpartition(">")
    return (_TAG_OPENS.sub("<\n", before) + bracket + after).replace("{\\", "{\n\\")
