"""Names for the files of exports that have none yet."""

from __future__ import annotations

import re

from tui.core.export.registry import Format
from tui.core.transcript import Transcript

_MAX_NAME_BYTES = 120
_NOT_PORTABLE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin_|conout_)(?:\.|$)", re.IGNORECASE)


def default_name(transcript: Transcript, wanted: Format) -> str:
    """A portable file name for the call: only ASCII letters, digits, ``.``, ``_`` and ``-``.

    It begins with none of ``.`` and ``-``, is no device of Windows (which reserves them with any ending)
    and has at most 120 bytes, the format's ending included.
    """
    suffix = wanted.suffixes[0]
    stem = _NOT_PORTABLE.sub("_", transcript.call_id).lstrip(".-")[: _MAX_NAME_BYTES - len(suffix)].rstrip("._-")
    if _DEVICE.match(stem):
        stem = f"call_{stem}"[: _MAX_NAME_BYTES - len(suffix)].rstrip("._-")
    return (stem or "transcript") + suffix
