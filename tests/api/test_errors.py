"""Error answers in every shape become the fault that tells the user what to do."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import ErrorMapping, TransientError, asked_wait_s, named_host, parse_error, redirected, unreachable
from tui.api.proxies import Route
from tui.core.errors import NotFoundError, OmniError, RefusedError, UnreachableError, UsageError
from tui.core.secret import SecretStr

MISSING = ErrorMapping(NotFoundError, "it is not there", "look elsewhere")
KEY = SecretStr("pyai_live_verysecret")
FINAL = {httpx.ProxyError, httpx.UnsupportedProtocol, httpx.LocalProtocolError}
NOW = 1_700_000_000.0


def gateway(code: str | None, message: str | None = "server's words") -> bytes:
    return json.dumps({"error": {"message": message, "type": "t", "code": code, "param": None}}).encode()


def problem(code: str, **more: Any) -> bytes:
    return json.dumps({"type": f"https://errors.example/{code}", "title": "Title", **more}).encode()


def fault_of(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> OmniError:
    return parse_error(status, headers or {}, body, missing=MISSING, key=KEY)


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (401, "unauthorized", RefusedError, "check PYAI_API_KEY"),
        (402, "credit_exhausted", RefusedError, "credit"),
        (402, "key_budget_exceeded", RefusedError, "budget"),
        (402, "insufficient_quota", RefusedError, "quota"),
        (429, "insufficient_quota", RefusedError, "quota"),
        (403, "forbidden", RefusedError, "a console key with the scope omni:read"),
        (403, "insufficient_scope", RefusedError, "a console key with the scope omni:read"),
        (403, "org_suspended", RefusedError, "suspended"),
        (403, "origin_not_allowed", RefusedError, "from here"),
        (404, "not_found", NotFoundError, "it is not there"),
        (404, "unknown_route", UsageError, "PYAI_BASE_URL"),
        (429, "rate_limit_exceeded", TransientError, "too many"),
        (429, "concurrency_limit_exceeded", TransientError, "too many"),
        (429, "daily_cap_exceeded", UnreachableError, "00:00 UTC"),
        (500, "upstream_error", TransientError, "failed"),
    ],
)
@pytest.mark.parametrize("shape", [gateway, problem])
def test_the_code_decides_in_both_shapes(status: int, code: str, kind: type[OmniError], said: str, shape: Any) -> None:
    fault = fault_of(status, shape(code))
    assert type(fault) is kind
    assert said in fault.line()
    assert (fault.status, fault.code) == (status, code)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, UsageError),
        (401, RefusedError),
        (402, RefusedError),
        (403, RefusedError),
        (404, NotFoundError),
        (405, RefusedError),
        (408, TransientError),
        (409, RefusedError),
        (410, NotFoundError),
        (418, RefusedError),
        (422, UsageError),
        (429, TransientError),
        (500, TransientError),
        (502, TransientError),
        (503, TransientError),
        (504, TransientError),
        (599, TransientError),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>dump</html>",
        b"[]",
        b"5",
        b'"dump"',
        b"{}",
        b'{"error": null}',
        b'{"error": []}',
        b'{"type": "about:blank"}',
        b'{"error": {"code": 5, "message": []}}',
        b'{"type": "http://[", "status": {}}',
    ],
)
def test_without_a_code_the_status_decides(status: int, kind: type[OmniError], body: bytes) -> None:
    fault = fault_of(status, body)
    assert type(fault) is kind
    assert fault.hint
    assert str(status) in fault.line()
    assert "dump" not in fault.line()
    assert fault.code is None


def test_every_status_has_its_own_message() -> None:
    statuses = (400, 401, 402, 403, 404, 408, 409, 410, 418, 422, 429, 500)
    assert len({fault_of(status).what.partition(" (")[0] for status in statuses}) == len(statuses)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gateway("x"), "server's words"),
        (b'{"error": "plain words"}', "plain words"),
        (problem("x", detail="Detail"), "Detail"),
        (problem("x"), "Title"),
    ],
)
def test_the_servers_message_is_quoted(body: bytes, words: str) -> None:
    assert f"“{words}”" in fault_of(418, body).line()


def test_quoted_messages_are_short_and_on_one_line() -> None:
    line = fault_of(418, gateway("c" * 9999, "a\n\x1b[31m" + "b" * 9999), {"x-request-id": "r" * 9999}).line()
    assert len(line) < 900
    assert line.isprintable()


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (problem("x", request_id="of body"), "of body"),
        (b'{"error": {"request_id": "of error"}}', "of error"),
        (b"", "of header"),
    ],
)
def test_the_request_id_comes_from_the_body_first(body: bytes, request_id: str) -> None:
    fault = fault_of(500, body, {"x-request-id": "of header"})
    assert fault.request_id == request_id
    assert f"(request {request_id})" in fault.line()


def test_a_key_sent_back_is_not_shown() -> None:
    secret = KEY.get_secret_value()
    echo = gateway(f"bad {secret}", f"no such key {secret}")
    fault = fault_of(401, echo, {"x-request-id": secret})
    assert secret not in f"{fault.line()} {fault!r} {vars(fault)}"


def test_without_a_key_the_hint_is_to_set_one() -> None:
    fault = parse_error(401, {}, b"", missing=MISSING, key=None)
    assert "set PYAI_API_KEY" in fault.line()


@pytest.mark.parametrize(
    ("retry_after", "wait_s"),
    [
        ("2", 2),
        ("0", 0),
        ("60", 60),
        (" 1.5 ", 1.5),
        (formatdate(NOW + 7, usegmt=True), 7),
        (formatdate(NOW - 7, usegmt=True), 0),
        (format_datetime(datetime.fromtimestamp(NOW + 7, UTC)), 7),
        ("1e9", 1e9),
        ("-1", math.inf),
        ("NaN", math.inf),
        ("inf", math.inf),
        ("soon", math.inf),
        ("", math.inf),
    ],
)
def test_retry_after_is_parsed(retry_after: str, wait_s: float) -> None:
    assert asked_wait_s(retry_after, NOW) == wait_s


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ .{0,5}"))
def test_any_retry_after_is_a_pause_or_invalid(retry_after: str) -> None:
    assert asked_wait_s(retry_after, NOW) >= 0


@pytest.mark.parametrize(
    ("retry_after", "kind"),
    [
        ("2", TransientError),
        ("60", TransientError),
        ("61", UnreachableError),
        ("1e9", UnreachableError),
        ("-1", UnreachableError),
        ("NaN", UnreachableError),
        ("junk", UnreachableError),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_an_excessive_pause_ends_the_attempts(status: int, retry_after: str, kind: type[OmniError]) -> None:
    fault = fault_of(status, b"", {"retry-after": retry_after})
    assert type(fault) is kind
    assert fault.line().isprintable()


def test_a_long_pause_is_named() -> None:
    assert "wait 3,600 s" in fault_of(429, b"", {"retry-after": "3600"}).line()


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://evil.example/?sig=secret", "evil.example"),
        ("/x", "another place"),
        ("https://a\x00", "no place"),
        ("https://xn--a/", "no place"),
        ("javascript:x", "another place"),
    ],
)
def test_a_redirect_names_only_its_host(location: str, host: str) -> None:
    line = redirected(302, location).line()
    assert host in line
    assert "secret" not in line


def subclasses(kind: type[httpx.TransportError]) -> list[type[httpx.TransportError]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in subclasses(below))]


@pytest.mark.parametrize("kind", subclasses(httpx.TransportError))
def test_every_transport_error_names_the_host(kind: type[httpx.TransportError]) -> None:
    error = kind("raw words", request=httpx.Request("GET", "https://api.example/"))
    fault = unreachable(error, "api.example", Route())
    assert "api.example" in fault.line()
    assert fault.hint
    assert isinstance(fault, TransientError) is (kind not in FINAL)


@pytest.mark.parametrize(
    ("base_url", "named"),
    [
        ("https://api.example", "api.example"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://[2001:db8::7]", "[2001:db8::7]"),
    ],
)
def test_a_host_is_named_with_its_port(base_url: str, named: str) -> None:
    assert named_host(base_url) == named
