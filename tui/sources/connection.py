"""How the calls are reached: the address, the key, the demo in their place. The client is made when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.core.errors import RefusedError
from tui.core.limits import MAX_BODY_BYTES

if TYPE_CHECKING:
    from tui.api.client import OmniClient
    from tui.api.settings import ApiSettings
    from tui.core.secret import SecretStr


class Connection(NamedTuple):
    """How to reach the calls.

    Attributes:
        base_url: The API's address.
        key_file: A private file with the key; None for the environment's.
        environ: The environment.
        demo: Whether the embedded server answers instead, with its own address and key.
        max_body_bytes: The longest transcript that is taken, from wherever it comes.
        offline: Whether to ask nobody, and to show what is kept on this machine.
        keeps: Whether what was fetched is kept on this machine, and found again.
    """

    base_url: str
    key_file: Path | None = None
    environ: Mapping[str, str] = environ
    demo: bool = False
    max_body_bytes: int = MAX_BODY_BYTES
    offline: bool = False
    keeps: bool = True

    def __repr__(self) -> str:
        """All but the environment, which may hold the key."""
        return f"Connection(base_url={self.base_url!r}, key_file={self.key_file!r}, demo={self.demo!r})"

    @property
    def host(self) -> str:
        """The host that is asked, as it stands in an address; the demo has none that anybody would name."""
        from tui.core.target import host_of

        return "the demo" if self.demo else host_of(self.base_url)

    def connect(self, resources: ExitStack) -> OmniClient:
        """A client.

        Args:
            resources: What is to be closed when the client has been; the demo's server is put on it.

        Raises:
            UsageError: Address or key cannot be meant.
            RefusedError: There is no key.
        """
        if self.demo:
            from tui.api.client import OmniClient

            return OmniClient(_demo_settings(resources))
        key = self.key()
        if key is None:
            raise RefusedError(
                "there is no API key",
                "set PYAI_API_KEY, name a private file with --api-key-file, or run omni-transcripts auth login",
            )
        return self.client_with(key)

    def client_with(self, key: SecretStr) -> OmniClient:
        """A client that uses a key.

        Raises:
            UsageError: Address or key cannot be meant.
        """
        from tui.api.client import OmniClient
        from tui.api.settings import ApiSettings

        return OmniClient(ApiSettings(self.base_url, key, max_body_bytes=self.max_body_bytes))

    def key(self) -> SecretStr | None:
        """The key, from where it is to be had first; None without any.

        Raises:
            UsageError: The address, or the file with the key, cannot be meant.
        """
        from tui.store.credentials import find_key

        return find_key(self.environ, self.key_file, self.account)

    @property
    def account(self) -> str:
        """The API's address in its one form, under which its key is kept.

        Raises:
            UsageError: It cannot be meant.
        """
        from tui.api.target import base_url

        return base_url(self.base_url)


def _demo_settings(resources: ExitStack) -> ApiSettings:
    from tui.api.settings import ApiSettings
    from tui.core.secret import SecretStr
    from tui.demo.contract import DEMO_KEY
    from tui.demo.server import DemoServer

    server = resources.enter_context(DemoServer())
    return ApiSettings(server.base_url, SecretStr(DEMO_KEY))
