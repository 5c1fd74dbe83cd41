"""Bytes to JSON, strictly; JSON to a model, tolerantly. Knows no document of the API."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import from_json

from tui.core.errors import BadAnswerError

_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")

Model = TypeVar("Model", bound=BaseModel)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")  # noqa: TRY004 - pydantic collects no TypeError
    return value


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_bool)]
"""An int, a float or a numeric string, finite; never a bool, which Python counts among the ints."""

UnixMs = Annotated[Number, Field(ge=0, le=10**13)]
"""A moment in ms since 1970, up to the year 2286, so that any calendar can hold it."""


def without_bom(body: bytes) -> bytes:
    """The body without the UTF-8 byte order mark that editors leave; RFC 8259 lets a reader ignore it."""
    return body.removeprefix(_BOM)


def strict_json(body: bytes) -> Any:
    """The value of a JSON document in UTF-8.

    NaN and Infinity, lone surrogates, trailing text and more than 200 levels of nesting are no JSON here.

    Raises:
        BadAnswerError: It is empty, ends early, or is no JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _no_json(body, str(error)) from error


def _no_json(body: bytes, why: str) -> BadAnswerError:
    """The fault by its cause. ``why`` is the parser's: it names a place and quotes nothing of the body."""
    if not body.strip():
        return BadAnswerError("the document is empty", "try again; a transcript is never zero bytes long")
    if why.startswith("EOF"):
        return BadAnswerError("the document is incomplete: its JSON ends in the middle", "try again")
    if body.startswith(_UTF_16_BOMS) or b"\0" in body[:4]:
        return BadAnswerError("the document is not in UTF-8", "save it as UTF-8")
    if why.startswith("recursion"):
        return BadAnswerError("the document is nested too deeply to be a transcript")
    return BadAnswerError(f"the document is not JSON ({why})", "check that it is what the API sent")


def understood(model: type[Model], item: dict[str, Any]) -> tuple[Model, dict[str, Any]]:
    """As much of an object as fits the model, whose fields all have defaults and whose extra keys are kept.

    A value that fits no field is taken out and the rest is read again, so that an alias may take its place.

    Returns:
        The model, and the keys and values that were taken out.
    """
    try:
        return model.model_validate(item), {}
    except ValidationError as error:
        misfits = {fault["loc"][0] for fault in error.errors(include_url=False, include_input=False)}
    refused = {key: value for key, value in item.items() if key in misfits}
    rest = {key: value for key, value in item.items() if key not in misfits}
    read, more = understood(model, rest)
    return read, refused | more


def as_json(value: Any) -> str:
    """A value that is not understood, as text to read."""
    return json.dumps(value, ensure_ascii=False)
