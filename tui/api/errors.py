"""Translates exceptions of httpx and error answers of the API into our errors. Decides no retries.

No message contains the API key, even if a server sends it back, and no error leads to a request with it.
"""

from __future__ import annotations

import email.utils
import math
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from tui.api.proxies import Route
from tui.api.strict import strict_json
from tui.api.target import readable_url
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, RefusedError, UnreachableError, UsageError
from tui.core.secret import SecretStr, redacted
from tui.core.text import clip, safe_line

LONGEST_WAIT_S = 60.0
"""The longest ``Retry-After`` that is honoured."""

_QUOTED = 200  # characters of a server's message
_BASE_HINT = "check --base-url or PYAI_BASE_URL"
_BILLING_HINT = "see the billing page of the PyAI console"
_SCOPE_HINT = "use a console key with the scope omni:read; sandbox keys do not carry it"
_NETWORK_HINT = "check the network, the base URL, and HTTPS_PROXY if it takes a proxy to get out"
_LATER = "try again later"


class TransientError(UnreachableError):
    """A temporary failure, worth another attempt."""


class ErrorMapping(NamedTuple):
    """The error for an answer of the server.

    Attributes:
        fault: The exception class.
        what: What happened.
        hint: What to do about it.
    """

    fault: type[OmniError]
    what: str
    hint: str = ""


_BILLING = "the account cannot pay for this request"
_TOO_MANY = ErrorMapping(TransientError, "too many requests at once", "try again in a moment")
_SERVER = ErrorMapping(TransientError, "the server failed", "try again; if it stays, report the request id to PyAI")
_NO_KEY = ErrorMapping(
    RefusedError, "the server wants a key", "set PYAI_API_KEY, or name a private file with --api-key-file"
)

_BY_CODE = {
    "unauthorized": ErrorMapping(RefusedError, "the key was not accepted", "check PYAI_API_KEY"),
    "credit_exhausted": ErrorMapping(RefusedError, "the account's credit is used up", _BILLING_HINT),
    "key_budget_exceeded": ErrorMapping(
        RefusedError, "the budget of this key is used up", "raise it in the PyAI console"
    ),
    "insufficient_quota": ErrorMapping(RefusedError, "the account's quota is used up", _BILLING_HINT),
    "forbidden": ErrorMapping(RefusedError, "the key may not read calls", _SCOPE_HINT),
    "insufficient_scope": ErrorMapping(RefusedError, "the key may not read calls", _SCOPE_HINT),
    "org_suspended": ErrorMapping(RefusedError, "the organisation is suspended", "ask its owner, or PyAI"),
    "origin_not_allowed": ErrorMapping(
        RefusedError, "the key may not be used from here", "see the allowed origins of the key in the PyAI console"
    ),
    "unknown_route": ErrorMapping(UsageError, "the server does not know this address", _BASE_HINT),
    "rate_limit_exceeded": _TOO_MANY,
    "concurrency_limit_exceeded": _TOO_MANY,
    "daily_cap_exceeded": ErrorMapping(
        UnreachableError, "the key has used up its requests for today", "they are renewed at 00:00 UTC"
    ),
    "upstream_error": _SERVER,
}

_BY_STATUS = {
    400: ErrorMapping(UsageError, "the server could not use the request", "check the call id"),
    401: _BY_CODE["unauthorized"],
    402: ErrorMapping(RefusedError, _BILLING, _BILLING_HINT),
    403: _BY_CODE["forbidden"],
    408: ErrorMapping(TransientError, "the server waited too long for the request", "try again"),
    409: ErrorMapping(RefusedError, "the state of the call does not allow this", "try again in a moment"),
    410: ErrorMapping(NotFoundError, "the call is gone for good", "it was there once; nothing here can bring it back"),
    422: ErrorMapping(UsageError, "the server could not make sense of the request", "check the call id"),
    429: _TOO_MANY,
}


def parse_error(
    status: int, headers: Mapping[str, str], body: bytes, *, missing: ErrorMapping, key: SecretStr | None = None
) -> OmniError:
    """The error for an answer, chosen by its code, else its status, never its message.

    Args:
        status: The HTTP status, 400 or above.
        headers: The answer's headers, with lower-case names.
        body: The answer's body in any shape; the caller limits its size.
        missing: The meaning of a 404 for this request.
        key: The key, to be removed from quoted text.
    """
    details = _details_of(headers, body, key)
    meaning = _BY_CODE.get(details.code or "") or _mapping_of(status, missing)
    if meaning is _BY_CODE["unauthorized"] and key is None:
        meaning = _NO_KEY
    what = f"{meaning.what} ({' '.join(filter(None, (str(status), details.code)))})"
    if details.message:
        what += f": “{details.message}”"
    facts: dict[str, Any] = {"status": status, "code": details.code, "request_id": details.request_id}
    if meaning.fault is TransientError:
        return _transient(what, meaning.hint, headers.get("retry-after"), facts)
    return meaning.fault(what, meaning.hint, **facts)


def _mapping_of(status: int, missing: ErrorMapping) -> ErrorMapping:
    if status == 404:
        return missing
    if status >= 500:
        return _SERVER
    return _BY_STATUS.get(status) or ErrorMapping(RefusedError, "the server refused the request", _BASE_HINT)


def _transient(what: str, hint: str, retry_after: str | None, facts: dict[str, Any]) -> UnreachableError:
    """A temporary failure, or a final one if the server asks for a pause that is too long or invalid."""
    if retry_after is None:
        return TransientError(what, hint, **facts)
    wait_s = asked_wait_s(retry_after, time.time())
    if wait_s <= LONGEST_WAIT_S:
        return TransientError(what, hint, retry_after_s=wait_s, **facts)
    if math.isinf(wait_s):
        return UnreachableError(what, _LATER, **facts)
    return UnreachableError(what, f"the server asks to wait {wait_s:,.0f} s", retry_after_s=wait_s, **facts)


def asked_wait_s(retry_after: str, now_s: float) -> float:
    """The pause in seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3); infinite if it is invalid.

    Args:
        retry_after: The header: seconds, or an HTTP date. A date that has passed asks for no pause.
        now_s: The current Unix time in seconds.
    """
    try:
        seconds = float(retry_after)
    except ValueError:
        return _until_s(retry_after, now_s)
    return seconds if seconds >= 0 else math.inf  # false for NaN as well


def _until_s(date: str, now_s: float) -> float:
    try:
        return max(0.0, email.utils.parsedate_to_datetime(date).timestamp() - now_s)
    except (ValueError, TypeError, OverflowError, IndexError):
        return math.inf


class _ErrorDetails(NamedTuple):
    """Code, message and request id of an error answer: untrusted text, bounded."""

    code: str | None
    message: str | None
    request_id: str | None


def _details_of(headers: Mapping[str, str], body: bytes, key: SecretStr | None) -> _ErrorDetails:
    """Read an error body in either shape; fields are None where it fits neither."""
    try:
        document = strict_json(body)
    except BadAnswerError:
        document = None
    from tui.api.error_body import both_shapes  # slow to import, and needed for errors only

    gateway, problem = both_shapes(document)
    return _ErrorDetails(
        code=quotable(gateway.code or _last_segment(problem.type), key),
        message=quotable(gateway.message or problem.detail or problem.title, key),
        request_id=quotable(gateway.request_id or problem.request_id or headers.get("x-request-id"), key),
    )


def _last_segment(problem_type: str | None) -> str | None:
    """The code at the end of a problem's ``type``; ``about:blank`` means none (RFC 7807, 4.2)."""
    if problem_type is None or problem_type == "about:blank":
        return None
    try:
        return urlsplit(problem_type).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return None


def quotable(text: str | None, key: SecretStr | None) -> str | None:
    """Untrusted text prepared for a message: without the key, and shortened; None if empty."""
    text = redacted(text or "", key)
    if len(text) > _QUOTED:
        text = text[:_QUOTED] + "…"
    return text or None


def redact(fault: OmniError, key: SecretStr | None) -> None:
    """Remove the key from everything that an error quotes."""
    fault.what = redacted(fault.what, key)
    fault.args = (fault.what,)
    fault.code = quotable(fault.code, key)
    fault.request_id = quotable(fault.request_id, key)


def redirected(status: int, location: str) -> UnreachableError:
    """The error for an unexpected redirect. Names only the host, as the rest of a URL may be signed."""
    url = readable_url(location)
    host = "no place that can be read" if url is None else url.host or "another place"
    return UnreachableError(f"the server redirects to {host}, which was not followed", _BASE_HINT, status=status)


def unreachable(error: httpx.HTTPError, host: str, route: Route) -> OmniError:
    """Translate an exception of httpx by its innermost cause.

    Raise the result outside of the ``except`` block, so that its context does not lead to the request.
    """
    if isinstance(error, httpx.TimeoutException):
        return timed_out(host, route)
    if isinstance(error, httpx.ProxyError):
        said = quotable(str(error), None) or type(error).__name__
        return UnreachableError(f"the proxy would not connect to {host} ({said})", _way_hint("check", route))
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return UsageError(f"the request to {host} could not be made ({type(error).__name__})", _BASE_HINT)
    return _broken(error, host, route)


def _broken(error: httpx.HTTPError, host: str, route: Route) -> OmniError:
    """The error for a connection that failed or broke."""
    hint = _way_hint("check the network and", route) if route.variable else _NETWORK_HINT
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _insecure(cause, host)
        if isinstance(cause, OSError) and (why := _os_reason(cause)):
            peer = f"the proxy for {host}" if route.variable else host
            return TransientError(f"{peer} cannot be reached: {why}", hint)
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return TransientError(f"{host} closed the connection without a full answer", "try again")
    return TransientError(f"{host} cannot be reached ({type(error).__name__})", hint)


def named_host(base_url: str) -> str:
    """The host of an address in messages, with its port, if it names one."""
    url = httpx.URL(base_url)
    host = f"[{url.host}]" if ":" in url.host else url.host
    return host if url.port is None else f"{host}:{url.port}"


def timed_out(host: str, route: Route) -> TransientError:
    """The error for a missed deadline."""
    hint = _way_hint("try again, or check", route) if route.variable else "try again"
    return TransientError(f"{host} did not answer in time", hint)


def _way_hint(advice: str, route: Route) -> str:
    """Advice that names the proxy variable, and unusable entries of NO_PROXY."""
    hint = f"{advice} {route.variable}"
    return f"{hint} ({clip(safe_line(route.left_out), _QUOTED)})" if route.left_out else f"{hint} and NO_PROXY"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, including members of groups."""
    yield error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (*inner, error.__cause__ or error.__context__):
        if cause is not None:
            yield from _causes(cause)


def _os_reason(error: OSError) -> str | None:
    """The cause in words; None for a mere wrapper."""
    if isinstance(error, socket.gaierror):
        return "its name could not be looked up (DNS)"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the connection was reset"
    return os.strerror(error.errno) if error.errno is not None else None


# OpenSSL's X509_V_ERR_… numbers, see openssl-verification-options(1)
_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an authority that is not trusted",
    20: "comes from an authority that is not trusted",
    62: "is for another host",
    64: "is for another address",
}


def _insecure(error: ssl.SSLError, host: str) -> UnreachableError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, f"was not accepted ({error.verify_message})")
        hint = "check the clock, the base URL, and SSL_CERT_FILE if your network has an authority of its own"
        return UnreachableError(f"the certificate of {host} {why}", hint)
    reason = (error.reason or "TLS").replace("_", " ").lower()
    return UnreachableError(f"no secure connection to {host} ({reason})", "check that the base URL speaks https")
