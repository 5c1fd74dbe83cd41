"""Validates base URLs, and builds the paths below them. Sends nothing."""

from __future__ import annotations

import ipaddress

import httpx

from tui.core.call_id import encode_call_id
from tui.core.errors import UsageError

_HINT = "give one such as https://api.pyai.com"
_LAST_PORT = 65_535
_LONGEST_LABEL = 63  # of a host name (RFC 1035, 2.3.4)


def base_url(text: str) -> str:
    """Normalise a base URL: without ``/v1``, which users may write or omit, and without a trailing slash.

    Raises:
        UsageError: It is no URL, neither https nor plain http to this machine, or has more than a path.
    """
    if len(text) > 2048:
        raise UsageError("the base URL is too long", _HINT)
    url = readable_url(text.strip())
    if url is None:
        raise UsageError("the base URL cannot be read", _HINT)
    if url.userinfo:
        raise UsageError("the base URL holds a name or a password", "the key is given by PYAI_API_KEY instead")
    if not url.host or url.scheme not in {"https", "http"}:
        raise UsageError("the base URL is no https address", _HINT)
    if not is_private(url):
        raise UsageError(f"plain http to {url.host} would send the key in the open", "use https")
    if url.query or url.fragment:
        raise UsageError("the base URL has a query or a fragment", _HINT)
    return str(url).rstrip("/").removesuffix("/v1").rstrip("/")


def is_private(url: httpx.URL) -> bool:
    """Whether requests to it cannot be intercepted: https, or plain http that stays on this machine."""
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def may_be_opened(text: str) -> bool:
    """Whether a URL from the server may be given to the user for a browser or player."""
    if not text.isascii() or not text.isprintable() or " " in text:  # RFC 3986 knows no other characters
        return False
    url = readable_url(text)
    return url is not None and bool(url.host) and is_private(url)


def call_path(call_id: str, *below: str) -> str:
    """The path of a call's record, or of a resource below it.

    Raises:
        UsageError: The call id is invalid.
    """
    return "/".join(("/v1/omni/calls", encode_call_id(call_id), *below))


def readable_url(text: str) -> httpx.URL | None:
    """Parse a URL completely; None if any part is invalid."""
    try:
        url = httpx.URL(text)
        labels = url.raw_host.decode().rstrip(".").split(".")
        _ = url.host  # raises for invalid names such as xn--a
    except (httpx.InvalidURL, UnicodeError):
        return None
    is_named = not url.host or ":" in url.host or all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    return url if is_named and (url.port is None or 0 < url.port <= _LAST_PORT) else None
