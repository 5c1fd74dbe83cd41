"""Parses JSON strictly. Knows no document of the API, and imports little."""

from __future__ import annotations

from typing import Any

from jiter import from_json

from tui.core.errors import BadAnswerError

_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def without_bom(body: bytes) -> bytes:
    """The body without a UTF-8 byte order mark, which some editors write; RFC 8259 lets a reader ignore it."""
    return body.removeprefix(_BOM)


def strict_json(body: bytes, name: str = "") -> Any:
    """Parse a JSON document in UTF-8.

    Rejects NaN and Infinity, lone surrogates, trailing text and more than 200 levels of nesting.

    Args:
        body: The document.
        name: Its name in messages; empty for an answer of the API, which may be requested again.

    Raises:
        BadAnswerError: It is empty, ends early, or is no JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _no_json(body, str(error), name) from error


def _no_json(body: bytes, why: str, name: str) -> BadAnswerError:
    """The error by its cause. ``why`` is the parser's message, which quotes nothing of the body."""
    what, again = (name, "") if name else ("the answer", "try again")
    if not body.strip():
        return BadAnswerError(f"{what} is empty", "; ".join(filter(None, (again, "a transcript is never zero bytes"))))
    if why.startswith("EOF"):
        return BadAnswerError(f"{what} is incomplete: its JSON ends in the middle", again or "save it once more")
    if body.startswith(_UTF_16_BOMS) or b"\0" in body[:4]:
        return BadAnswerError(f"{what} is not in UTF-8", "save it as UTF-8" if name else "report it to PyAI")
    if why.startswith("recursion"):
        return BadAnswerError(f"{what} is nested too deeply to be a transcript")
    return BadAnswerError(f"{what} is not JSON ({why})", "check that it is what the API sent" if name else "")
