"""The keyring of this machine, which may be missing, locked, broken, or silent for ever.

Whatever is asked of it is asked in a daemon thread, and waited for some seconds: its backends talk to other processes,
and neither a fetch nor the end of the program may hang on these.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from tui.core.errors import OutputError

T = TypeVar("T")

patience_s = 3.0
"""How long it may take to answer, in seconds."""
_SERVICE = "omni-transcripts"
_HINT = "set PYAI_API_KEY, or name a private file with --api-key-file"
_silent_after_s = list[float]()
"""Holds how long the keyring was waited for in vain; it is not waited for again."""


class SilentKeyringError(OutputError):
    """The keyring did not answer in time."""


def read(account: str) -> str | None:
    """The key that is kept for an account; None if there is none.

    Raises:
        OutputError: There is no keyring that can be used.
    """
    key: str | None = _ask(lambda keyring: keyring.get_password(_SERVICE, account))
    return key


def write(account: str, key: str) -> None:
    """Keep a key for an account, in the place of the one before.

    Raises:
        OutputError: There is no keyring that can be used.
    """
    _ask(lambda keyring: keyring.set_password(_SERVICE, account, key))


def delete(account: str) -> bool:
    """Remove the key that is kept for an account; False if there was none.

    Raises:
        OutputError: There is no keyring that can be used.
    """

    def remove(keyring: Any) -> bool:
        if keyring.get_password(_SERVICE, account) is None:
            return False
        keyring.delete_password(_SERVICE, account)
        return True

    return _ask(remove)


def check(account: str) -> None:
    """See to it that a key could be kept.

    Raises:
        OutputError: It could not, as there is no keyring, it is turned off, or it does not answer.
    """
    read(account)
    if _ask(lambda keyring: type(keyring.get_keyring()).__module__) == "keyring.backends.null":
        raise OutputError("the keyring of this machine is turned off", f"see PYTHON_KEYRING_BACKEND, or {_HINT}")


def _ask(work: Callable[[Any], T]) -> T:
    """Do something with the package ``keyring``, which takes long to import and may hang while it is."""
    if not _silent_after_s:
        outcome = _begun(work)
        try:
            result, error = outcome.get(timeout=patience_s)
        except Empty:
            _silent_after_s.append(patience_s)
        else:
            if error is None:
                return result  # type: ignore[no-any-return] # what work returned
            raise _told(error) from None
    raise SilentKeyringError(f"the keyring of this machine does not answer (waited {_silent_after_s[0]:g} s)", _HINT)


def _begun(work: Callable[[Any], object]) -> SimpleQueue[tuple[Any, BaseException | None]]:
    """What a new thread puts its result into, or what it has met."""
    outcome = SimpleQueue[tuple[Any, BaseException | None]]()

    def run() -> None:
        try:
            import keyring

            outcome.put((work(keyring), None))
        except BaseException as error:  # its backends are plug-ins, and raise what they like
            outcome.put((None, error))

    Thread(target=run, name="keyring", daemon=True).start()
    return outcome


def _told(error: BaseException) -> OutputError:
    """Our fault for one of the keyring's. Only its kind is told, as its words may quote the key."""
    if isinstance(error, ModuleNotFoundError) and error.name == "keyring":
        return OutputError("the package for keyrings is missing", f"pip install keyring, or {_HINT}")
    return OutputError(f"there is no keyring on this machine that can be used ({type(error).__name__})", _HINT)
