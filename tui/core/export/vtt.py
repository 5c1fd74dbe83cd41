"""WebVTT subtitles, with the speaker of each cue, and the number of the turn that begins there.

The speaker is in a voice tag, which players can style and readers can strip. ``cues`` decides times and lines.
Source: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from html import escape

from tui.core.call import CallDocument
from tui.core.export.cues import Cue, cues_of, spoken
from tui.core.export.model import Export, Options
from tui.core.times import vtt_timestamp

_NOT_IN_NAMES = str.maketrans("<>{}\\:", "‹›()∖.")


def render(document: CallDocument, options: Options) -> Export:
    """Render the turns as WebVTT.

    Raises:
        UsageError: A legacy transcript has no turns.
    """
    cues, notes = cues_of(spoken(document.transcript), options)
    return Export("\n".join(["WEBVTT\n", *map(_block, cues)]), notes)


def _block(cue: Cue) -> str:
    times = f"{vtt_timestamp(cue.start_ms)} --> {vtt_timestamp(cue.end_ms)}"
    text = escape("\n".join(cue.lines), quote=False)
    number = "" if cue.part else f"{cue.turn}\n"  # ids must be unique
    return f"{number}{times}\n<v {_voice(cue.speaker)}>{text}\n"


def _voice(speaker: str) -> str:
    """A speaker as the name in a voice tag, without an arrow ("-->") or a timestamp.

    The tag is on the first line of the text and cannot be broken; see ``cue_lines``. Not all readers support
    escapes in it, so most characters that need one are replaced by similar ones.
    """
    return escape(speaker.translate(_NOT_IN_NAMES).rstrip("-"), quote=False) or "unknown"
