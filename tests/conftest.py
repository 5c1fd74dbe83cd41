"""No test meets the keyring of the machine, or signals that a shell ignores for what it runs in the background."""

from __future__ import annotations

import os
import signal

from tests.keyrings import EMPTY

os.environ["PYTHON_KEYRING_BACKEND"] = EMPTY

for number in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:  # the programs under test would find them so
        signal.signal(number, signal.SIG_DFL)
