"""JSON to a model, tolerantly: as much of it as fits, the rest kept. Knows no document of the API."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")  # noqa: TRY004 - pydantic collects no TypeError
    return value


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_bool)]
"""An int, a float or a numeric string, finite; never a bool, which Python counts among the ints."""

UnixMs = Annotated[Number, Field(ge=0, le=10**13)]
"""A moment in ms since 1970, up to the year 2286, so that any calendar can hold it."""


def parse_leniently(model: type[Model], item: dict[str, Any]) -> tuple[Model, dict[str, Any]]:
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
    read, more = parse_leniently(model, rest)
    return read, refused | more
