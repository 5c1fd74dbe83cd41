"""Where the API key comes from: the environment or a private file. Never an argument, and nothing here shows it."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from tui.core.errors import UsageError
from tui.core.secret import SecretStr

KEY_VARIABLE = "PYAI_API_KEY"
_MOST_BYTES = 4_096


def find_key(environ: Mapping[str, str], file: Path | None) -> SecretStr | None:
    """The key to use: the file's if one is named, else the environment's; None if there is neither.

    Raises:
        UsageError: The file cannot be read, is empty, or can be read by others.
    """
    if file is not None:
        return SecretStr(_read_private(file))
    key = environ.get(KEY_VARIABLE, "").strip()
    return SecretStr(key) if key else None


def _read_private(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = stat.S_IMODE(file.stat().st_mode)
            data = opened.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name is possible"
        raise UsageError(f"cannot read the key file {file}: {reason}", "name a readable file") from None
    if mode & 0o077:
        raise UsageError(f"others can read the key file {file}", f"make it private: chmod 600 {file}")
    key = data.decode("ascii", "replace").strip()
    if not key:
        raise UsageError(f"the key file {file} is empty", "put the key into it")
    return key
