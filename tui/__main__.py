"""The start of the program: what may have to be fetched is begun before anything else is loaded."""

import gc
import os
import signal
import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # python -m looks there first, which is wherever the user stands: no module of ours is there

from tui.sources.prefetch import begin_for

_MOMENT_S = 0.01
_LEAST_BY_SIGNAL = 129
"""The lowest exit status that stands for a signal: 128 and its number."""


def main() -> int:
    """Run the program with the process's own command line; returns its exit status."""
    gc.disable()
    _forbid_core_dumps()
    _let_ctrl_c_end()
    arguments = sys.argv[1:]
    if shell := os.environ.get("OMNI_TRANSCRIPTS_COMPLETE"):
        from tui.cli import complete

        return complete(arguments, shell)
    try:
        prefetch = begin_for(arguments)
        from tui.cli import main as run

        _let_ctrl_c_interrupt()
        return run(arguments, prefetch)
    except KeyboardInterrupt:  # after ``cli`` takes care of it
        return 130
    finally:
        _let_ctrl_c_end()


def _let_ctrl_c_end() -> None:
    """Let ctrl+c end the process, not interrupt it: Python prints a traceback while it loads and shuts down."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _let_ctrl_c_interrupt() -> None:
    """Let ctrl+c raise KeyboardInterrupt, unless it is ignored (nohup)."""
    sys.unraisablehook = _signal_again
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _signal_again(ignored: "sys.UnraisableHookArgs") -> None:
    """Raise a signal again a moment later, if a finalizer or callback has swallowed the exception that it became.

    Python's import system has such a callback; it would go on as if nobody had pressed ctrl+c, and print a traceback.
    """
    error, number = ignored.exc_value, 0
    if isinstance(error, KeyboardInterrupt):
        number = signal.SIGINT
    elif isinstance(error, SystemExit) and isinstance(error.code, int) and error.code >= _LEAST_BY_SIGNAL:
        number = error.code - 128
    if not number:
        sys.__unraisablehook__(ignored)
    elif hasattr(signal, "setitimer"):  # no thread, whose start would take modules and locks
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(number))
        signal.setitimer(signal.ITIMER_REAL, _MOMENT_S)


def _forbid_core_dumps() -> None:
    """Let no end of this process, or of the one that fetches, write its memory to disk: the key is in there."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if __name__ == "__main__":
    sys.exit(main())
