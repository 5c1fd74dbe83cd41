"""Removes the key from what the server sends about calls, in whichever field it comes back.

Transcripts are not changed: they are kept and exported exactly as they were sent.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.api.strict import strict_json
from tui.core.errors import BadAnswerError
from tui.core.json_values import representable
from tui.core.secret import without_secret

if TYPE_CHECKING:
    from tui.core.secret import SecretStr
    from tui.core.transcript import Transcript


def body_without_key(body: bytes, key: SecretStr | None) -> bytes:
    """A JSON document without the key in its texts and names; the same if it has none, or is no JSON."""
    try:
        document = strict_json(body)
    except BadAnswerError:
        return body
    clean = _clean(document, key)
    return body if clean is document else json.dumps(representable(clean)).encode()


def transcript_without_key(transcript: Transcript, key: SecretStr | None) -> Transcript:
    """A transcript without the key in the record within it; the same if that has none."""
    record = transcript.record
    if record is None or (fields := _clean(record.fields, key)) is record.fields:
        return transcript
    from tui.api.call_record import call_of  # slow to import, and the first request waits for this module

    return replace(transcript, record=replace(call_of(fields, record.call_id), call_id=record.call_id))


def _clean(value: Any, key: SecretStr | None) -> Any:
    """A value without the key; the same object if it has none."""
    if isinstance(value, str):
        return without_secret(value, key)
    if isinstance(value, list):
        items = [_clean(item, key) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        fields = [(without_secret(name, key), _clean(field, key)) for name, field in value.items()]
        pairs = zip(fields, value.items(), strict=True)
        is_changed = any(new[0] is not old[0] or new[1] is not old[1] for new, old in pairs)
        return dict(fields) if is_changed else value
    return value
