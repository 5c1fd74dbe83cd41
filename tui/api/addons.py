"""Trace and Recap: the paths, and what their refusals mean. Both are paid, and off by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from tui.api.errors import ErrorMapping
from tui.api.recap import parse_recap
from tui.api.trace import parse_trace
from tui.core.call_id import encode_call_id
from tui.core.details.unavailable import Unavailable
from tui.core.errors import NotFoundError, OmniError
from tui.core.text import clip, safe_line

_OWN_WORDS = frozenset(("credit_exhausted", "key_budget_exceeded", "org_suspended", "origin_not_allowed"))
"""Codes whose usual words say more than that something is not part of the plan, or that a scope is missing."""
_CODE_CELLS = 60


T = TypeVar("T")


class Addon(NamedTuple, Generic[T]):
    """A paid part of the platform.

    Attributes:
        name: Its name.
        path: The path of its calls.
        scope: The scope that a key needs.
        none: What there is none of.
        parse: Turns the body of an answer into the result.
    """

    name: str
    path: str
    scope: str
    none: str
    parse: Callable[[bytes, str], T]

    @property
    def missing(self) -> ErrorMapping:
        """What a 404 means."""
        return ErrorMapping(NotFoundError, self.none)

    def path_of(self, call_id: str) -> str:
        """The path of a call.

        Raises:
            UsageError: The call id is invalid.
        """
        return f"{self.path}/{encode_call_id(call_id)}"

    def unavailable(self, fault: OmniError) -> Unavailable | None:
        """What a refusal means in words; None if it is an error like any other."""
        code = clip(safe_line(fault.code or ""), _CODE_CELLS)
        if fault.status in {402, 403} and code in _OWN_WORDS:
            return Unavailable(safe_line(fault.what))
        if fault.status == 402:
            return Unavailable(f"not part of the account's plan ({' '.join(filter(None, ('402', code)))})")
        if fault.status == 403:
            return Unavailable(f"the key lacks the scope {self.scope}")
        if fault.status == 404:
            return Unavailable(f"this server has no {self.name}" if code == "unknown_route" else self.none)
        return None


TRACE = Addon("Trace", "/v1/trace/interactions", "trace:read", "there is no trace of this call", parse_trace)
RECAP = Addon("Recap", "/v1/recap/calls", "recap:read", "there is no recap of this call", parse_recap)
