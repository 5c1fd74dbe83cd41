"""Address and key of the API, or the demo server instead. The client is created on demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.core.errors import RefusedError
from tui.core.limits import MAX_BODY_BYTES
from tui.core.missing import NO_KEY
from tui.store.retention import Retention

if TYPE_CHECKING:
    from tui.api.client import OmniClient
    from tui.api.settings import ApiSettings
    from tui.core.secret import SecretStr


_NORMAL = re.compile(r"https://[a-z][a-z0-9]{0,30}(\.[a-z][a-z0-9]{0,30}){1,5}")
"""Addresses that are normalised, as far as that is seen without a parser of URLs."""


class Connection(NamedTuple):
    """How to reach the API.

    Attributes:
        base_url: The API's address.
        key_file: A private file with the key; None to use the environment or the keyring.
        environ: The environment.
        demo: Whether to use the embedded demo server, with its own address and key.
        max_body_bytes: The longest transcript accepted from any source.
        offline: Whether to send no requests, and show cached calls only.
        keeps: Whether fetched calls are stored in the archive.
        retention: The bounds of the archive.
    """

    base_url: str
    key_file: Path | None = None
    environ: Mapping[str, str] = environ
    demo: bool = False
    max_body_bytes: int = MAX_BODY_BYTES
    offline: bool = False
    keeps: bool = True
    retention: Retention = Retention()

    def __repr__(self) -> str:
        """Omits the environment, which may hold the key."""
        return f"Connection(base_url={self.base_url!r}, key_file={self.key_file!r}, demo={self.demo!r})"

    @property
    def host(self) -> str:
        """The API's host as in URLs, or "the demo"."""
        from tui.core.target import host_of

        return "the demo" if self.demo else host_of(self.base_url)

    def connect(self, resources: ExitStack) -> OmniClient:
        """Create a client.

        Args:
            resources: Closed after the client; the demo's server is added to it.

        Raises:
            UsageError: The address is invalid.
            RefusedError: There is no key, or a malformed one.
        """
        if self.demo:
            from tui.api.client import OmniClient

            return OmniClient(_demo_settings(resources))
        key = self.key()
        if key is None:
            raise RefusedError(*NO_KEY)
        return self.client_with(key)

    def client_with(self, key: SecretStr) -> OmniClient:
        """Create a client that uses the given key.

        Raises:
            UsageError: The address is invalid.
            RefusedError: The key is malformed.
        """
        from tui.api.client import OmniClient
        from tui.api.settings import ApiSettings

        return OmniClient(ApiSettings(self.base_url, key, max_body_bytes=self.max_body_bytes))

    def key(self) -> SecretStr | None:
        """The key, from the first place that has one; None if there is none.

        Raises:
            UsageError: The address, or the file with the key, is invalid.
            RefusedError: That file is empty, or the keyring does not answer.
        """
        from tui.store.credentials import find_key

        return find_key(self.environ, self.key_file, self.account)

    @property
    def account(self) -> str:
        """The normalised address of the API, under which its key and calls are stored.

        Raises:
            UsageError: It is invalid.
        """
        if _NORMAL.fullmatch(self.base_url):
            return self.base_url
        from tui.api.target import base_url  # loads httpx, for which a kept call need not wait

        return base_url(self.base_url)


def _demo_settings(resources: ExitStack) -> ApiSettings:
    from tui.api.settings import ApiSettings
    from tui.core.secret import SecretStr
    from tui.demo.contract import DEMO_KEY
    from tui.demo.server import DemoServer

    server = resources.enter_context(DemoServer())
    return ApiSettings(server.base_url, SecretStr(DEMO_KEY))
