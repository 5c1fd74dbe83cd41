"""A string that shows nothing of itself, wherever it is printed, logged or formatted.

It has the interface of pydantic's type of the same name. Importing that one takes 48 ms, and the first request,
which needs the key and nothing else of pydantic, would have to wait for it.
"""

from __future__ import annotations

import re
from typing import NoReturn

from tui.core.text import safe_line

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


def redacted(text: str, secret: SecretStr | None) -> str:
    """Foreign text as one safe line without the secret, in whichever case, and whatever stands between its letters.

    It is looked for in the text as it is shown: a sequence or an invisible character in the middle of it would hide it
    before. What is left between its letters, such as joiners and marks, does not hide it either.
    """
    shown = safe_line(text)
    value = "" if secret is None else "".join(secret.get_secret_value().split())
    if not value or len(shown) < len(value):
        return shown
    return re.sub(r"[^!-~]*+".join(map(re.escape, value)), "[the key]", shown, flags=re.IGNORECASE)
