"""A string that hides its value when it is printed, logged or formatted; and the removal of keys from texts.

The string has the interface of pydantic's type of the same name, whose import takes 48 ms: the first request,
which needs only the key, would have to wait for it.
"""

from __future__ import annotations

import re
from typing import NoReturn

from tui.core.text import safe_line

_MASK = "**********"
_KEY = re.compile(r"pyai_(?:live|test)_[\w-]*", re.IGNORECASE)
"""An API key, of production or of the sandbox (``Authorization`` in the API's page)."""


class SecretStr:
    """A secret; only ``get_secret_value`` reveals it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return f"SecretStr('{_MASK}')"

    def __str__(self) -> str:
        return _MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretStr) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be stored")


def is_key(text: str) -> bool:
    """Whether a text has the form of an API key, of any account."""
    return _KEY.fullmatch(text) is not None


def without_keys(text: str) -> str:
    """A text in which ``[an API key]`` stands for each word of that form: a key may be pasted where none belongs."""
    return _KEY.sub("[an API key]", text)


def without_secret(text: str, secret: SecretStr | None) -> str:
    """A text as it is; if it has the secret, the safe line without it that ``redacted`` makes of it."""
    if secret is None or len(text) < len("".join(secret.get_secret_value().split())):
        return text
    clean = redacted(text, secret)
    return text if clean == safe_line(text) else clean


def redacted(text: str, secret: SecretStr | None) -> str:
    """Make untrusted text one safe line without the secret, ignoring case and characters between its letters.

    The shown text is searched, as a control sequence or an invisible character within the secret would hide it
    in the original. Joiners and marks between its letters are skipped.
    """
    shown = safe_line(text)
    value = "" if secret is None else "".join(secret.get_secret_value().split())
    if not value or len(shown) < len(value):
        return shown
    return re.sub(r"[^!-~]*+".join(map(re.escape, value)), "[the key]", shown, flags=re.IGNORECASE)
