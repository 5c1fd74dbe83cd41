"""Parses the two shapes of error bodies leniently; ``errors`` interprets them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from tui.api.lenient import parse_leniently


class Gateway(BaseModel):
    """The gateway's ``error`` object."""

    message: str | None = None
    code: str | None = None
    request_id: str | None = None


class Problem(BaseModel):
    """An RFC 7807 problem, which may contain the gateway's ``error`` object."""

    type: str | None = None
    title: str | None = None
    detail: str | None = None
    request_id: str | None = None
    error: dict[str, Any] | str | None = None


def both_shapes(document: Any) -> tuple[Gateway, Problem]:
    """The value read as each of the two shapes; empty where it does not fit."""
    problem, _ = parse_leniently(Problem, document if isinstance(document, dict) else {})
    error = problem.error
    gateway, _ = parse_leniently(Gateway, error if isinstance(error, dict) else {"message": error})
    return gateway, problem
