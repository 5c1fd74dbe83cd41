"""WebVTT, the subtitles of the web: with the speaker of each cue, and the number of the turn that begins there.

The speaker stands in a voice tag, which players can style and readers take off the text. What is shown when, and on
which lines, is told in ``cues``. Source: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from tui.core.export.cues import Cue, cues_of, spoken
from tui.core.export.model import Export, Options
from tui.core.times import vtt_timestamp
from tui.core.transcript import Call, Transcript

_NOT_IN_NAMES = str.maketrans("<>{}\\:", "‹›()∖.")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render(transcript: Transcript, call: Call | None, options: Options) -> Export:
    """The turns as WebVTT.

    Raises:
        UsageError: It is a legacy transcript without turns.
    """
    cues, notes = cues_of(spoken(transcript), options)
    return Export("\n".join(["WEBVTT\n", *map(_block, cues)]), notes)


def _block(cue: Cue) -> str:
    times = f"{vtt_timestamp(cue.start_ms)} --> {vtt_timestamp(cue.end_ms)}"
    text = "\n".join(cue.lines).translate(_ESCAPES)
    number = "" if cue.part else f"{cue.turn}\n"  # no two cues may have the same
    return f"{number}{times}\n<v {_voice(cue.speaker)}>{text}\n"


def _voice(speaker: str) -> str:
    """A speaker as the name in a voice tag: makes no arrow with the tag's end, and holds no timestamp.

    The tag stands on the first line of the text and cannot be broken; see ``cue_lines``. Not all readers know
    escapes in it, so signs that look alike stand for most that need one.
    """
    return speaker.translate(_NOT_IN_NAMES).rstrip("-").translate(_ESCAPES) or "unknown"
