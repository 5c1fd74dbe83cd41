"""Selects the proxy for a request from the environment, by curl's rules.

httpx reads the same variables, but fails on entries of ``NO_PROXY`` that other programs accept. Opens no connection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from tui.api.certificates import trusting_context
from tui.api.target import readable_url
from tui.core.errors import UsageError

_NAMES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_EXEMPT = ("no_proxy", "NO_PROXY")
_SOCKS = {"socks": "socks5h", "socks5": "socks5", "socks5h": "socks5h"}
_CURLS_PORT = 1080
"""The default port of a proxy, unless it is https."""
_HINT = "give an address such as http://proxy.example:8080, or socks5h://…"


class Route(NamedTuple):
    """The route of a request.

    Attributes:
        proxy: The proxy, with its password; None for a direct connection.
        variable: The variable that names it; empty without one.
        left_out: Unusable entries of NO_PROXY, in words, not yet safe to show; empty if there are none.
    """

    proxy: httpx.Proxy | None = None
    variable: str = ""
    left_out: str = ""


def route_to(url: httpx.URL, environ: Mapping[str, str]) -> Route:
    """The route to an address. Plain http never leaves this machine, and uses no proxy.

    Raises:
        UsageError: The proxy is unusable. Names the variable, but not its value, which may hold a password.
    """
    variable = _first(_NAMES, environ)
    if not variable or url.scheme != "https":
        return Route()
    exempting = _first(_EXEMPT, environ)
    entries = environ[exempting].replace(",", " ").split() if exempting else []
    is_exempt, unread = _look_up(entries, url.raw_host.decode(), url.port or 443)
    left_out = f"{exempting}: left out {', '.join(unread)}" if unread else ""
    if is_exempt:
        return Route(left_out=left_out)
    return Route(_proxy(environ[variable].strip(), variable, environ), variable, left_out)


def _first(names: Iterable[str], environ: Mapping[str, str]) -> str:
    """The name of the first variable that is set and not empty; empty if there is none."""
    return next((name for name in names if environ.get(name, "").strip()), "")


def _look_up(entries: Iterable[str], host: str, port: int) -> tuple[bool, list[str]]:
    """Whether any entry covers the host, and the invalid entries."""
    is_exempt, unread = False, []
    for entry in entries:
        try:
            is_exempt = _covers(entry, host, port) or is_exempt
        except ValueError:
            unread.append(f"“{entry}”")
    return is_exempt, unread


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry is the host, a parent domain, a network with it, or ``*``.

    Raises:
        ValueError: The entry is invalid.
    """
    if entry == "*":
        return True
    if "/" in entry:
        network, address = ipaddress.ip_network(entry.translate(_BRACKETS), strict=False), _address(host)
        return address is not None and address in network
    if (address := _address(entry)) is not None:
        return address == _address(host)
    parts = urlsplit(f"//{entry.lstrip('*.')}")
    if parts.port not in (None, port):
        return False
    if (address := _address(parts.hostname or "")) is not None or _address(host) is not None:
        return address == _address(host)
    return _is_below(host.rstrip("."), _ascii_name(parts.netloc))


def _ascii_name(text: str) -> str:
    """A host name in ASCII (IDNA), without its port.

    Raises:
        ValueError: It is no host name.
    """
    url = readable_url(f"https://{text}")
    if url is None or not url.host or url.userinfo:
        raise ValueError(text)
    return url.raw_host.decode().rstrip(".")


def _is_below(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")


_BRACKETS = str.maketrans("", "", "[]")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _proxy(text: str, variable: str, environ: Mapping[str, str]) -> httpx.Proxy:
    url = readable_url(text if "://" in text else f"http://{text}")
    if url is None or not url.host:
        raise UsageError(f"the proxy that {variable} names cannot be read", _HINT)
    if url.scheme in _SOCKS:
        if find_spec("socksio") is None:
            raise UsageError(f"{variable} names a SOCKS proxy, which takes a package more", "pip install socksio")
        url = url.copy_with(scheme=_SOCKS[url.scheme])
    elif url.scheme not in {"http", "https"}:
        raise UsageError(f"{variable} names a proxy of a kind that is not known here", _HINT)
    if url.scheme != "https" and urlsplit(text if "://" in text else f"http://{text}").port is None:
        url = url.copy_with(port=_CURLS_PORT)
    return httpx.Proxy(url, ssl_context=trusting_context(environ) if url.scheme == "https" else None)
