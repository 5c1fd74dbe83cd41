"""Access to the system keyring, which may be missing, locked, broken, or never answer.

Every request runs in a daemon thread with a timeout: keyring backends talk to other processes,
and neither a fetch nor the exit of the program may hang on these. Every function raises ``OutputError``
if there is no usable keyring.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from typing import Any, TypeVar

from tui.core.background import started_in_thread
from tui.core.errors import OutputError

T = TypeVar("T")

patience_s = 3.0
"""The timeout in seconds."""
_SERVICE = "omni-transcripts"
_HINT = "set PYAI_API_KEY, or name a private file with --api-key-file"
_silent_after_s = list[float]()
"""The timeout that has passed, if any; the keyring is not asked again."""


class SilentKeyringError(OutputError):
    """The keyring did not answer in time."""


def read(account: str) -> str | None:
    """The key stored for an account; None if there is none."""
    key: str | None = _ask(lambda keyring: keyring.get_password(_SERVICE, account))
    return key


def write(account: str, key: str) -> None:
    """Store the key of an account, replacing an earlier one."""
    _ask(lambda keyring: keyring.set_password(_SERVICE, account, key))


def delete(account: str) -> bool:
    """Remove the key of an account; False if there was none."""

    def remove(keyring: Any) -> bool:
        if keyring.get_password(_SERVICE, account) is None:
            return False
        keyring.delete_password(_SERVICE, account)
        return True

    return _ask(remove)


def check(account: str) -> None:
    """Check that a key could be stored.

    Raises:
        OutputError: There is no keyring, it is disabled, or it does not answer.
    """
    read(account)
    if _ask(lambda keyring: type(keyring.get_keyring()).__module__) == "keyring.backends.null":
        raise OutputError("the keyring of this machine is turned off", f"see PYTHON_KEYRING_BACKEND, or {_HINT}")


def _ask(work: Callable[[Any], T]) -> T:
    """Run ``work`` with the package ``keyring``, which is slow to import and may hang while importing."""
    if not _silent_after_s:
        outcome = started_in_thread(_with_keyring, work)
        if wait([outcome], patience_s).done:
            if (error := outcome.exception()) is not None:
                raise _translated(error) from None
            return outcome.result()
        _silent_after_s.append(patience_s)
    raise SilentKeyringError(f"the keyring of this machine does not answer (waited {_silent_after_s[0]:g} s)", _HINT)


def _with_keyring(work: Callable[[Any], T]) -> T:
    import keyring

    return work(keyring)


def _translated(error: BaseException) -> OutputError:
    """Translate an error of the keyring: backends may raise anything. Names its type alone, as it may quote the key."""
    if isinstance(error, ModuleNotFoundError) and error.name == "keyring":
        return OutputError("the package for keyrings is missing", f"pip install keyring, or {_HINT}")
    return OutputError(f"there is no keyring on this machine that can be used ({type(error).__name__})", _HINT)
