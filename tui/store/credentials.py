"""Where the API key comes from: the environment, a private file or the keyring. Never an argument; nothing shows it."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from tui.core.errors import OutputError, UsageError
from tui.core.secret import SecretStr

KEY_VARIABLE = "PYAI_API_KEY"
_SERVICE = "omni-transcripts"
_MOST_BYTES = 4_096
_NO_KEYRING = "set PYAI_API_KEY, or name a private file with --api-key-file"


def find_key(environ: Mapping[str, str], file: Path | None, account: str) -> SecretStr | None:
    """The key to use: the file's if one is named, else the environment's, else the one kept for an account, if any.

    Args:
        environ: The environment.
        file: A private file with the key.
        account: The address of the API.

    Raises:
        UsageError: The file cannot be read, is empty, or can be read by others.
    """
    if file is not None:
        return SecretStr(_read_private(file))
    key = environ.get(KEY_VARIABLE, "").strip()
    return SecretStr(key) if key else _kept_key(account)


def origin_of_key(environ: Mapping[str, str], file: Path | None) -> str:
    """Where ``find_key`` has found it, in words; not yet safe to show."""
    if file is not None:
        return f"the file {file}"
    return KEY_VARIABLE if environ.get(KEY_VARIABLE, "").strip() else "the keyring"


def keep_key(account: str, key: SecretStr) -> None:
    """Keep a key in the keyring, in the place of the one that was kept for the account.

    Raises:
        OutputError: There is no keyring, or it refuses.
    """
    import keyring

    try:
        keyring.set_password(_SERVICE, account, key.get_secret_value())
    except Exception as error:  # its backends are plug-ins, and raise what they like
        why = type(error).__name__
    else:
        return
    raise OutputError(f"the key cannot be kept in a keyring of this machine ({why})", _NO_KEYRING)


def forget_key(account: str) -> bool:
    """Take the key for an account out of the keyring; False if there was none.

    Raises:
        OutputError: There is no keyring, or it refuses.
    """
    import keyring

    try:
        if keyring.get_password(_SERVICE, account) is None:
            return False
        keyring.delete_password(_SERVICE, account)
    except Exception as error:  # as above
        why = type(error).__name__
    else:
        return True
    raise OutputError(f"there is no keyring on this machine that can be used ({why})", _NO_KEYRING)


def _kept_key(account: str) -> SecretStr | None:
    """The key that the keyring holds; none if there is no keyring."""
    import keyring  # takes long, and who has the key elsewhere does not wait for it

    try:
        key = keyring.get_password(_SERVICE, account)
    except Exception:  # as above; a keyring that cannot be used holds no key
        return None
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
