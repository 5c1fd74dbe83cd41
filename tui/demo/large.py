"""Generates a deterministic call of any length for performance tests."""

from __future__ import annotations

import json
from itertools import product
from random import Random

from tui.demo.calls import ServedCall

_SEED = 2026
_ENDED_AT_MS = 1_794_495_600_000
_SPEECH_MS_PER_CHARACTER = 62
_GAPS_MS, _GAP_WEIGHTS = (-650, 260, 410, 640, 980, 4200), (3, 30, 30, 25, 10, 2)

_USER = (
    ("okay", "right so", "um", "no wait", "yeah", "let me see", "sorry", "and"),
    (
        "the order that i placed on monday still says that it is being packed",
        "my daughter moved out so there are only two of us on the plan now",
        "the second reader in the hall blinks three times and then goes dark",
        "i was told that somebody would call me back before the weekend",
        "the refund has not arrived and the letter says that it was sent in may",
        "we changed the address twice and the bill still goes to the old one",
    ),
    ("can you check that", "what do i do now", "is that normal", "that's all i know", "it's been a week"),
)
_ASSISTANT = (
    ("Of course.", "Thank you.", "I understand.", "Let me look.", "One moment.", "Good, I have it here."),
    (
        "The parcel left our depot this morning and should reach you tomorrow before noon.",
        "Your contract runs until the end of March, and you can change the plan on any day before.",
        "The technician has a free hour on Thursday, either at eight or at half past two.",
        "I can send the confirmation to the address that we have on file, if you agree.",
        "The amount was returned to your card on the fourth, under the reference nine two seven.",
        "Please hold the small button for ten seconds, until the light turns from red to white.",
    ),
    ("Is that all right?", "Shall I do that?", "Anything else?", "Does that help?"),
)


def large_id(turns: int) -> str:
    """The id of the large call with ``turns`` turns."""
    return f"call_large_{turns}"


def large_call(turns: int) -> ServedCall:
    """A call with ``turns`` turns of about 180 bytes each, with alternating speakers, the assistant first."""
    call_id = large_id(turns)
    lines, length_ms = _turns(turns)
    head = f'{{"object": "omni.call.transcript", "call_id": "{call_id}", "transcript": {{"turns": [\n'
    record = {
        "session_label": "load-test",
        "status": "completed",
        "duration_s": length_ms / 1000,
        "has_recording": False,
        "has_summary": False,
        "started_at": _ENDED_AT_MS - length_ms,
        "created_at": _ENDED_AT_MS,
    }
    return ServedCall(call_id, record, body=(head + ",\n".join(lines) + "\n]}}").encode())


def _turns(count: int) -> tuple[list[str], int]:
    """The turns as JSON, and the end of the last one in ms.

    They are built as text, as objects for 100,000 turns take several times as long.
    """
    random = Random(_SEED)
    sides = [_spoken("assistant", _ASSISTANT), _spoken("user", _USER)]
    choices = [random.choices(side, k=count) for side in sides]
    gaps = random.choices(_GAPS_MS, _GAP_WEIGHTS, k=count)
    lines, end = [], 0
    for index, gap in enumerate(gaps):
        head, length = choices[index % 2][index]
        start = max(0, end + gap)
        end = start + length
        lines.append(f'{head}, "start_ms": {start}, "end_ms": {end}}}')
    return lines, end


def _spoken(role: str, parts: tuple[tuple[str, ...], ...]) -> list[tuple[str, int]]:
    """All combinations of the parts: the beginning of each turn's JSON, and its duration in ms."""
    texts = [" ".join(words) for words in product(*parts)]
    heads = [json.dumps({"role": role, "text": text}).removesuffix("}") for text in texts]
    return [(head, _SPEECH_MS_PER_CHARACTER * len(text)) for head, text in zip(heads, texts, strict=True)]
