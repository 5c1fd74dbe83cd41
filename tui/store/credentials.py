"""Reads the API key from the environment, a private file or the keyring. It is never an argument, and never shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from tui.core.errors import OutputError, RefusedError, UsageError
from tui.core.secret import SecretStr
from tui.options import KEY_VARIABLE
from tui.store.files import open_at_once, read_to_end

_MOST_BYTES = 4_096


def find_key(environ: Mapping[str, str], file: Path | None, account: str) -> SecretStr | None:
    """The key to use: from the file if one is given, else the environment, else the keyring; None if there is none.

    Raises:
        UsageError: The file cannot be read, is no file, or can be read by others.
        RefusedError: The file is empty; or there is no key elsewhere, and the keyring does not answer.
    """
    if file is not None:
        return SecretStr(_read_private(file))
    key = environ.get(KEY_VARIABLE, "").strip()
    return SecretStr(key) if key else _key_from_keyring(account)


def origin_of_key(environ: Mapping[str, str], file: Path | None) -> str:
    """The place where ``find_key`` found the key, in words; not yet safe to show."""
    if file is not None:
        return f"the file {file}"
    return KEY_VARIABLE if environ.get(KEY_VARIABLE, "").strip() else "the keyring"


def _key_from_keyring(account: str) -> SecretStr | None:
    """The key in the keyring; None if there is no keyring."""
    from tui.store import system_keyring

    try:
        key = system_keyring.read(account)
    except system_keyring.SilentKeyringError as fault:
        raise RefusedError(f"there is no API key, and {fault.what}", fault.hint) from None
    except OutputError:
        return None
    return SecretStr(key) if key else None


def _read_private(file: Path) -> str:
    try:
        with open_at_once(file) as opened:
            mode = os.fstat(opened.fileno()).st_mode
            is_file = stat.S_ISREG(mode) or stat.S_ISFIFO(mode)
            data = read_to_end(opened, _MOST_BYTES)[:_MOST_BYTES] if is_file else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name is possible"
        raise UsageError(f"cannot read the key file {file}: {reason}", "name a readable file") from None
    if not is_file:
        raise UsageError(f"the key file {file} is no regular file", "name one that only you can read")
    if mode & 0o077:
        raise UsageError(f"others can read the key file {file}", f"make it private: chmod 600 {file}")
    key = data.decode("ascii", "replace").strip()
    if not key:
        raise RefusedError(f"the key file {file} is empty", "put the key into it")
    return key
