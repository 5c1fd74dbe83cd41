"""The shapes of the API's answers: a success, and the two shapes of its errors. No endpoint is known here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_GATEWAY_TYPES = {401: "authentication_error", 403: "permission_error"}
_PROBLEM_TYPES = "https://api.pyai.com/problems/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, before any compression.

    Attributes:
        status: The HTTP status.
        body: The body; may be empty.
        content_type: Its media type.
        headers: Further headers.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(content: object, status: int = 200, content_type: str = "application/json") -> Answer:
    """An answer with JSON in it."""
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), content_type)


class _RefusalError(Exception):
    """A request that gets an error for an answer.

    Args:
        status: The HTTP status.
        code: The stable code that clients branch on.
        message: A sentence for people.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class GatewayError(_RefusalError):
    """Refused before any resource is looked at: key, scope, route, method."""

    def shape(self, request_id: str) -> Answer:
        """``{"error": {...}}``; the request id travels in the header alone."""
        kind = _GATEWAY_TYPES.get(self.status, "invalid_request_error")
        error = {"message": self.message, "type": kind, "code": self.code, "param": None}
        return json_answer({"error": error}, self.status)


class ProblemError(_RefusalError):
    """Refused by the control plane, as RFC 7807 has it: bad values, resources that are not there."""

    def shape(self, request_id: str) -> Answer:
        """A problem document, whose ``type`` ends with the code."""
        problem = {
            "type": _PROBLEM_TYPES + self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.message,
            "request_id": request_id,
        }
        return json_answer(problem, self.status, "application/problem+json")


Refusal = GatewayError | ProblemError
