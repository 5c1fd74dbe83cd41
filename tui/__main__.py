"""The start of the program: what may have to be fetched is begun before anything else is loaded."""

import gc
import os
import signal
import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # python -m looks there first, which is wherever the user stands: no module of ours is there

from tui.sources.prefetch import begin_for


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
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _forbid_core_dumps() -> None:
    """Let no end of this process, or of the one that fetches, write its memory to disk: the key is in there."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if __name__ == "__main__":
    sys.exit(main())
