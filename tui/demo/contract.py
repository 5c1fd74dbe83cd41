"""Answers requests like the API; sockets and compression are in ``listener``.

The rules are those of the published description of the Omni post-call records.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from tui.demo.answers import GatewayError, HttpAnswer, ProblemError, Refusal, json_answer
from tui.demo.calls import ServedCall
from tui.demo.recording import chime
from tui.demo.signing import LIFETIME_S, Signer
from tui.demo.trace import interaction

DEMO_KEY = "pyai_test_demo_key"
SCOPELESS_KEY = "pyai_test_demo_key_without_omni_read"
PLANLESS_KEY = "pyai_test_demo_key_of_a_plan_without_addons"

_ALL_SCOPES = ("omni:read", "trace:read", "recap:read")
_SCOPES = {DEMO_KEY: _ALL_SCOPES, PLANLESS_KEY: _ALL_SCOPES, SCOPELESS_KEY: ("hear:transcribe",)}


class Contract:
    """The endpoints over one set of calls.

    Args:
        calls: The calls by id, newest first.
        base_url: The server's address for URLs in answers, without path and trailing slash.
        late_s: Seconds from the first request for a late call until it has a transcript.
        clock: Returns the Unix time in seconds.

    Attributes:
        requests: How many requests were answered.
    """

    def __init__(
        self,
        calls: Mapping[str, ServedCall],
        base_url: str,
        *,
        late_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._calls = calls
        self._base_url = base_url
        self._late_s = late_s
        self._clock = clock
        self._signer = Signer(clock)
        self._numbers = count(1)
        self._late_asked_at_s: float | None = None
        self.requests = 0

    def answer(self, target: str, headers: Mapping[str, str]) -> HttpAnswer:
        """The answer to ``GET target``, with its request id; the headers' names are lower case."""
        self.requests += 1
        try:
            answer = self._endpoint(target, headers)
        except (GatewayError, ProblemError) as refusal:
            return self.refusal(refusal)
        return _named(answer, self._next_id())

    def refusal(self, refusal: Refusal) -> HttpAnswer:
        """A refusal as an answer, with its request id."""
        request_id = self._next_id()
        return _named(refusal.shape(request_id), request_id)

    def _next_id(self) -> str:
        return f"req_demo_{next(self._numbers):06d}"

    def _endpoint(self, target: str, headers: Mapping[str, str]) -> HttpAnswer:
        path, _, query_string = target.partition("?")
        query = dict(parse_qsl(query_string, keep_blank_values=True))
        match [unquote(segment) for segment in path.split("/")[1:]]:
            case ["signed", call_id, file]:
                return self._signed_file(path, query, call_id, file)
            case segments:
                return self._keyed(segments, query, _key_of(headers))

    def _keyed(self, segments: list[str], query: Mapping[str, str], key: str) -> HttpAnswer:
        match segments:
            case ["v1", "me"]:
                return json_answer(_me(key))
            case ["v1", "omni", "calls", *rest]:
                _require_scope(key, "omni:read")
                return self._omni_calls(rest, query)
            case ["v1", "trace", "interactions", call_id]:
                _require_addon(key, "trace")
                return json_answer(self._trace(call_id))
            case ["v1", "recap", "calls", call_id]:
                _require_addon(key, "recap")
                return json_answer(self._recap(call_id))
        raise _unknown_route()

    def _omni_calls(self, segments: list[str], query: Mapping[str, str]) -> HttpAnswer:
        match segments:
            case []:
                return json_answer(self._page(query))
            case [call_id]:
                return json_answer(self._detail(self._call(call_id)))
            case [call_id, "transcript"]:
                return HttpAnswer(200, self._transcript(self._call(call_id)))
            case [call_id, "recording"]:
                return self._recording(self._call(call_id), query)
        raise _unknown_route()

    def _call(self, call_id: str) -> ServedCall:
        if call_id not in self._calls:
            raise ProblemError(404, "not_found", "There is no such call.")
        return self._calls[call_id]

    def _trace(self, call_id: str) -> dict[str, Any]:
        call = self._call(call_id)
        if call.trace is None or not isinstance(call.inline, Mapping):
            raise ProblemError(404, "not_found", "The call has not been scored.")
        return interaction(call_id, call.inline["turns"], call.trace)

    def _recap(self, call_id: str) -> dict[str, Any]:
        recap = self._call(call_id).recap
        if recap is None:
            raise ProblemError(404, "not_found", "There is no recap of this call.")
        return {"object": "recap.call", "call_id": call_id, **recap}

    def _page(self, query: Mapping[str, str]) -> dict[str, Any]:
        limit = _limit(query.get("limit", "20"))
        label = query.get("session_label")
        calls = [call for call in self._calls.values() if label in (None, call.record["session_label"])]
        start = _position(query["cursor"], calls) if "cursor" in query else 0
        page, has_more = calls[start : start + limit], start + limit < len(calls)
        return {
            "object": "list",
            "data": [self._record(call) for call in page],
            "has_more": has_more,
            "next_cursor": _cursor(page[-1]) if has_more else None,
        }

    def _record(self, call: ServedCall) -> dict[str, Any]:
        record = {"object": "omni.call", "call_id": call.call_id, **call.record}
        if call.comes_late:
            # its age starts with the first request: clients may assume that an old call gets no transcript any more
            asked_at_s = self._late_asked_at_s
            record["created_at"] = int((self._clock() if asked_at_s is None else asked_at_s) * 1000)
        return record

    def _detail(self, call: ServedCall) -> dict[str, Any]:
        detail = self._record(call) | dict(call.detail)
        if call.inline is not None and self._is_pushed(call):
            detail["transcript"] = call.inline
        elif call.inline is None and call.body is not None:
            detail["transcript_url"], _ = self._signed(call, "transcript.json")
        if call.record["has_recording"]:
            detail["recording_url"], _ = self._signed(call, "recording.wav")
        return detail

    def _transcript(self, call: ServedCall) -> bytes:
        if call.comes_late and self._late_asked_at_s is None:
            self._late_asked_at_s = self._clock()
        if call.body is None or not self._is_pushed(call):
            raise ProblemError(404, "not_found", "The call has no transcript.")
        return call.body

    def _is_pushed(self, call: ServedCall) -> bool:
        if not call.comes_late:
            return True
        asked_at_s = self._late_asked_at_s
        return asked_at_s is not None and self._clock() - asked_at_s >= self._late_s

    def _recording(self, call: ServedCall, query: Mapping[str, str]) -> HttpAnswer:
        if not call.record["has_recording"]:
            raise ProblemError(404, "not_found", "The call has no recording.")
        url, expires_at_ms = self._signed(call, "recording.wav")
        if query.get("response") != "url":
            return HttpAnswer(302, b"", headers={"Location": url})
        recording = {"object": "omni.call.recording", "call_id": call.call_id, "url": url}
        return json_answer({**recording, "expires_at": expires_at_ms, "expires_in": LIFETIME_S})

    def _signed(self, call: ServedCall, file: str) -> tuple[str, int]:
        path, expires_at_ms = self._signer.sign(f"/signed/{quote(call.call_id, safe='')}/{file}")
        return self._base_url + path, expires_at_ms

    def _signed_file(self, path: str, query: Mapping[str, str], call_id: str, file: str) -> HttpAnswer:
        if not self._signer.holds(path, query):
            raise GatewayError(403, "forbidden", "The URL has expired, or was not signed here.")
        if file == "recording.wav":
            return HttpAnswer(200, chime(), "audio/wav")
        return HttpAnswer(200, self._transcript(self._call(call_id)))


def _named(answer: HttpAnswer, request_id: str) -> HttpAnswer:
    return replace(answer, headers={**answer.headers, "X-Request-Id": request_id})


def _key_of(headers: Mapping[str, str]) -> str:
    """The key of a request.

    Raises:
        GatewayError: The key is missing or unknown. A key in the query is ignored.
    """
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    key = credential.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
    if key not in _SCOPES:
        raise GatewayError(401, "unauthorized", "The API key is missing or not valid.")
    return key


def _require_scope(key: str, scope: str) -> None:
    if scope not in _SCOPES[key]:
        raise GatewayError(403, "insufficient_scope", f"The key lacks the scope {scope}.")


def _require_addon(key: str, addon: str) -> None:
    """Refuse a key without the scope of an addon, or an account whose plan is without it."""
    _require_scope(key, f"{addon}:read")
    if key == PLANLESS_KEY:
        raise GatewayError(402, f"{addon}_not_enabled", f"{addon.title()} is not part of your plan.")


def _unknown_route() -> GatewayError:
    return GatewayError(404, "unknown_route", "There is no such endpoint.")


def _me(key: str) -> dict[str, Any]:
    return {
        "object": "identity",
        "key_id": f"key_{list(_SCOPES).index(key) + 1:04d}",
        "org_id": "org_demo",
        "project_id": "proj_demo",
        "env": "test",
        "status": "active",
        "org_status": "active",
        "scopes": list(_SCOPES[key]),
        "expires_at": None,
        "plan": "demo",
        "limits": {"rps": 20, "burst": 40, "concurrency": 4},
        "credit": {"gated": False, "available_cents": 0},
        "key_budget_cents": None,
    }


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 100):
        raise ProblemError(400, "invalid_request", "limit must be a whole number from 1 to 100.")
    return int(value)


def _cursor(call: ServedCall) -> str:
    """The end of a page. Opaque, and needs percent-encoding, as the real one may."""
    return base64.b64encode(call.call_id.encode()).decode()


def _position(cursor: str, calls: list[ServedCall]) -> int:
    """The index after the call of a cursor."""
    for index, call in enumerate(calls):
        if _cursor(call) == cursor:
            return index + 1
    raise ProblemError(400, "invalid_request", "cursor is none that this list has given out.")
