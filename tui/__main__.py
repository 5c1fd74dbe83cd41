"""The start of the program: what may have to be fetched is begun before anything else is loaded."""

import gc
import sys

from tui.head_start import begin_for


def main() -> int:
    """Run the program with the process's own command line; returns its exit status."""
    gc.disable()
    arguments = sys.argv[1:]
    try:
        head_start = begin_for(arguments)
        from tui.cli import main as run
    except KeyboardInterrupt:  # later ones are ``cli``'s
        return 130
    return run(arguments, head_start)


if __name__ == "__main__":
    sys.exit(main())
