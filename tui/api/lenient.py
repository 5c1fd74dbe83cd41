"""Parses JSON objects into pydantic models leniently, and keeps what does not fit. Knows no document of the API."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from tui.core.transcript import MOST_UNIX_MS

Model = TypeVar("Model", bound=BaseModel)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")  # noqa: TRY004 - pydantic collects no TypeError
    return value


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_bool)]
"""An int, a float or a numeric string, finite; never a bool, which Python counts among the ints."""

UnixMs = Annotated[Number, Field(ge=0, le=MOST_UNIX_MS)]
"""Unix time in ms."""


Milliseconds = Annotated[Number, Field(ge=-(10**13), le=10**13)]
"""A length in ms, or a difference; beyond these it is none."""


def parse_leniently(model: type[Model], item: dict[str, Any]) -> tuple[Model, dict[str, Any]]:
    """Validate as much of an object as fits the model. All its fields have defaults.

    An invalid value is removed and the rest validated again, so that an alias may take its place.

    Returns:
        The model, and the removed keys and values.
    """
    try:
        return model.model_validate(item), {}
    except ValidationError as error:
        misfits = {fault["loc"][0] for fault in error.errors(include_url=False, include_input=False)}
    refused = {key: value for key, value in item.items() if key in misfits}
    rest = {key: value for key, value in item.items() if key not in misfits}
    read, more = parse_leniently(model, rest)
    return read, refused | more
