"""Generates the recording of all demo calls: one small WAV."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache

_RATE_HZ = 8000
_NOTES_HZ = (523.25, 659.25, 783.99)
_NOTE_S = 0.25


@cache
def chime() -> bytes:
    """Three rising notes that fade: a mono WAV of 16 bits, about 12 kB."""
    samples = [sample for pitch in _NOTES_HZ for sample in _note(pitch)]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE_HZ)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _note(pitch_hz: float) -> list[int]:
    """One fading note, as 16-bit samples."""
    length = int(_NOTE_S * _RATE_HZ)
    return [int(12_000 * (1 - i / length) * math.sin(2 * math.pi * pitch_hz * i / _RATE_HZ)) for i in range(length)]
