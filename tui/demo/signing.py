"""Signed URLs of the demo: paths that need no key, until they expire."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping

LIFETIME_S = 300


class Signer:
    """Signs paths with a random secret per server.

    Args:
        clock: Returns the Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str) -> tuple[str, int]:
        """The path with a signature in its query, and its expiry in Unix ms."""
        expires_at_ms = int((self._clock() + LIFETIME_S) * 1000)
        signature = self._signature(path, str(expires_at_ms))
        return f"{path}?expires={expires_at_ms}&signature={signature}", expires_at_ms

    def holds(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether the query's signature is valid for this path and has not expired."""
        expires = query.get("expires", "")
        signature = query.get("signature", "")
        genuine = hmac.compare_digest(signature.encode(), self._signature(path, expires).encode())
        return genuine and int(expires) > self._clock() * 1000

    def _signature(self, path: str, expires: str) -> str:
        return hmac.new(self._secret, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
