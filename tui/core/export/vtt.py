"""WebVTT, the subtitles of the web: a cue per turn that has text, with the turn's number and speaker.

The speaker stands in a voice tag, which players can style and readers take off the text. When turns are
shown is told in ``cues``. Source: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from tui.core.export.cues import Cue, cues_of, lines
from tui.core.export.model import Export, Options
from tui.core.times import vtt_timestamp
from tui.core.transcript import Call, Transcript

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as WebVTT.

    Raises:
        UsageError: It is a legacy transcript without turns.
    """
    cues, notes = cues_of(transcript, options)
    return Export("\n".join(["WEBVTT\n", *map(_block, cues)]), notes)


def _block(cue: Cue) -> str:
    times = f"{vtt_timestamp(cue.start_ms)} --> {vtt_timestamp(cue.end_ms)}"
    text = "\n".join(lines(cue.text)).translate(_ESCAPES)
    return f"{cue.turn}\n{times}\n<v {_voice(cue.speaker)}>{text}\n"


def _voice(speaker: str) -> str:
    """A speaker as the name in a voice tag: makes no arrow with the tag's end, and holds no timestamp.

    The tag stands on the first line of the text and cannot be broken; see ``cues.lines``.
    """
    return speaker.replace(":", ".").rstrip("-").translate(_ESCAPES) or "unknown"
