"""The fingerprints of keys, which identify an account whose owner is not known; the salt is the library's own."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING

from tui.store.migrations import SALT_BYTES

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tui.core.secret import SecretStr

_FINGERPRINT_BYTES = 16


def salt(database: Connection) -> bytes | None:
    """The salt of this library; None if it is missing."""
    row = database.execute("SELECT bytes FROM salt").fetchone()
    return row[0] if row and isinstance(row[0], bytes) and len(row[0]) == SALT_BYTES else None


def new_salt(database: Connection) -> bytes:
    """Create a salt. If one was lost, only accounts with a known owner find their calls again."""
    created = os.urandom(SALT_BYTES)
    database.execute("DELETE FROM salt")
    database.execute("INSERT INTO salt (bytes) VALUES (?)", (created,))
    return created


def fingerprint(key: SecretStr, salt: bytes) -> str:
    """A key's fingerprint, which does not reveal it: BLAKE2b, keyed with the library's salt (RFC 7693)."""
    return blake2b(key.get_secret_value().encode(), key=salt, digest_size=_FINGERPRINT_BYTES).hexdigest()
