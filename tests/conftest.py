"""No test meets the keyring of the machine."""

from __future__ import annotations

import os

from tests.keyrings import EMPTY

os.environ["PYTHON_KEYRING_BACKEND"] = EMPTY
