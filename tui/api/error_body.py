"""The body of an error answer in its two shapes, read with all tolerance; what it means is for ``errors``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from tui.api.lenient import parse_leniently


class Gateway(BaseModel):
    """What the gateway says, in its ``error`` object."""

    message: str | None = None
    code: str | None = None
    request_id: str | None = None


class Problem(BaseModel):
    """RFC 7807, and around the gateway's ``error`` object."""

    type: str | None = None
    title: str | None = None
    detail: str | None = None
    request_id: str | None = None
    error: dict[str, Any] | str | None = None


def both_shapes(document: Any) -> tuple[Gateway, Problem]:
    """What a JSON value tells in each of the two shapes; whatever is neither tells nothing."""
    problem, _ = parse_leniently(Problem, document if isinstance(document, dict) else {})
    error = problem.error
    gateway, _ = parse_leniently(Gateway, error if isinstance(error, dict) else {"message": error})
    return gateway, problem
