"""A string that shows nothing of itself, wherever it is printed, logged or formatted.

It has the interface of pydantic's type of the same name. Importing that one takes 48 ms, and the first request,
which needs the key and nothing else of pydantic, would have to wait for it.
"""

from __future__ import annotations

from typing import NoReturn

_MASK = "**********"


class SecretStr:
    """A secret; only whoever asks for its value by name gets it.

    Args:
        value: The secret.
    """

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
