"""Access to the system keyring, which may be missing, locked, broken, or never answer.

Every request runs in a daemon thread with a timeout: keyring backends talk to other processes,
and neither a fetch nor the exit of the program may hang on these.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

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
    """The key stored for an account; None if there is none.

    Raises:
        OutputError: There is no usable keyring.
    """
    key: str | None = _ask(lambda keyring: keyring.get_password(_SERVICE, account))
    return key


def write(account: str, key: str) -> None:
    """Store the key of an account, replacing an earlier one.

    Raises:
        OutputError: There is no usable keyring.
    """
    _ask(lambda keyring: keyring.set_password(_SERVICE, account, key))


def delete(account: str) -> bool:
    """Remove the key of an account; False if there was none.

    Raises:
        OutputError: There is no usable keyring.
    """

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
        outcome = _start(work)
        try:
            result, error = outcome.get(timeout=patience_s)
        except Empty:
            _silent_after_s.append(patience_s)
        else:
            if error is None:
                return result  # type: ignore[no-any-return] # the result of ``work``
            raise _translated(error) from None
    raise SilentKeyringError(f"the keyring of this machine does not answer (waited {_silent_after_s[0]:g} s)", _HINT)


def _start(work: Callable[[Any], object]) -> SimpleQueue[tuple[Any, BaseException | None]]:
    """Start ``work`` in a thread; returns the queue for its result or exception."""
    outcome = SimpleQueue[tuple[Any, BaseException | None]]()

    def run() -> None:
        try:
            import keyring

            outcome.put((work(keyring), None))
        except BaseException as error:  # backends are plug-ins and may raise anything
            outcome.put((None, error))

    Thread(target=run, name="keyring", daemon=True).start()
    return outcome


def _translated(error: BaseException) -> OutputError:
    """Translate an error of the keyring. Names only its type, as its message may quote the key."""
    if isinstance(error, ModuleNotFoundError) and error.name == "keyring":
        return OutputError("the package for keyrings is missing", f"pip install keyring, or {_HINT}")
    return OutputError(f"there is no keyring on this machine that can be used ({type(error).__name__})", _HINT)
