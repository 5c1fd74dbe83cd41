"""The shapes of the API's answers: a success, and two shapes of errors. Knows no endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_GATEWAY_TYPES = {401: "authentication_error", 402: "billing_error", 403: "permission_error"}
_PROBLEM_TYPES = "https://api.pyai.com/problems/"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer, before compression.

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


def json_answer(content: object, status: int = 200, content_type: str = "application/json") -> HttpAnswer:
    """An answer with a JSON body."""
    return HttpAnswer(status, json.dumps(content, ensure_ascii=False).encode(), content_type)


class _RefusalError(Exception):
    """Raised for a request that is answered with an error.

    Args:
        status: The HTTP status.
        code: The stable error code for clients.
        message: A readable sentence.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class GatewayError(_RefusalError):
    """Refused before any resource is accessed: key, scope, route, method."""

    def shape(self, request_id: str) -> HttpAnswer:
        """``{"error": {...}}``; the request id is in the header only."""
        kind = _GATEWAY_TYPES.get(self.status, "invalid_request_error")
        error = {"message": self.message, "type": kind, "code": self.code, "param": None}
        return json_answer({"error": error}, self.status)


class ProblemError(_RefusalError):
    """Refused by the control plane with an RFC 7807 problem: bad values, missing resources."""

    def shape(self, request_id: str) -> HttpAnswer:
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
