"""Keyrings for tests: named by ``PYTHON_KEYRING_BACKEND``, so that no test meets the one of the machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Event

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

EMPTY = "keyring.backends.null.Keyring"
KEPT = "tests.keyrings.FileKeyring"
BROKEN = "tests.keyrings.BrokenKeyring"
SILENT = "tests.keyrings.SilentKeyring"
ANY_ACCOUNT = "tests.keyrings.OneKey"
FILE_VARIABLE = "TEST_KEYRING"
KEY_VARIABLE = "TEST_KEYRING_KEY"
ASKED = "asked"
"""The file in the home by which a silent keyring tells that it was asked."""


class FileKeyring(KeyringBackend):
    """Keeps everything in the file that a variable names, so that another process sees it."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._kept() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError(username)
        self._keep(kept)

    def _kept(self) -> dict[str, str]:
        path = Path(os.environ[FILE_VARIABLE])
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        Path(os.environ[FILE_VARIABLE]).write_text(json.dumps(kept))


class BrokenKeyring(KeyringBackend):
    """Fails, and quotes in its faults what it was given."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"no {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"no {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise RuntimeError(f"no {username}")


class OneKey(FileKeyring):
    """Holds the key in a variable, for every account."""

    def get_password(self, service: str, username: str) -> str | None:
        return os.environ[KEY_VARIABLE]


class SilentKeyring(KeyringBackend):
    """Never answers, as one on a session bus whose other side hangs."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        (Path.home() / ASKED).touch()
        Event().wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        Event().wait()

    def delete_password(self, service: str, username: str) -> None:
        Event().wait()
