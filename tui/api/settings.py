"""The settings of a client: address, key, limits and deadlines."""

from __future__ import annotations

from dataclasses import dataclass

from tui.api.target import base_url
from tui.core.errors import RefusedError
from tui.core.limits import MAX_BODY_BYTES
from tui.core.secret import SecretStr


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The settings of an ``OmniClient``, validated on creation.

    Attributes:
        base_url: Given with or without ``/v1``; stored without.
        key: The API key; None sends requests without one.
        max_body_bytes: The longest body accepted, after decompression.
        connect_s: Deadline in seconds for a connection.
        read_s: Deadline in seconds for the next bytes.
        attempt_s: Deadline in seconds for one attempt, from connecting to its last byte.
        overall_s: Deadline in seconds for a request with all its attempts and pauses.

    Raises:
        UsageError: The base URL is invalid.
        RefusedError: The key is malformed. The message never contains the key.
    """

    base_url: str
    key: SecretStr | None = None
    max_body_bytes: int = MAX_BODY_BYTES
    connect_s: float = 10
    read_s: float = 20
    attempt_s: float = 60
    overall_s: float = 240

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", base_url(self.base_url))
        if self.key is not None:
            check_key(self.key)


def check_key(key: SecretStr) -> None:
    """Check that a key has 8 to 512 printable ASCII characters.

    Raises:
        RefusedError: It has not, so that no server can accept it. The message does not quote the key.
    """
    text = key.get_secret_value()
    if not (8 <= len(text) <= 512 and text.isascii() and text.isprintable()):
        raise RefusedError("the API key is not 8 to 512 printable ASCII characters", "copy it again from the console")
