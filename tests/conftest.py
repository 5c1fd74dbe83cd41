"""No test meets the keyring of the machine, or signals that a shell ignores for what it runs in the background.

Speed is measured by the benchmarks alone: an example of a property may take long, as the first one loads modules.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

from tests.keyrings import EMPTY

settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

os.environ["PYTHON_KEYRING_BACKEND"] = EMPTY

for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:  # the programs under test would find them so
        signal.signal(number, signal.SIG_DFL)
