"""The accounts that calls belong to: by the owner of the key or, until that is known, by the key's fingerprint.

An account in hand may be older than its owner's name, as another task or instance learns it; its rows have moved then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from sqlite3 import Connection

T = TypeVar("T")


class Account(NamedTuple):
    """The account that calls belong to.

    Attributes:
        base_url: The API's address.
        name: The owner of the key, or the key's fingerprint if the owner is unknown.
        is_named: Whether the owner is known.
    """

    base_url: str
    name: str
    is_named: bool = False


def account_of(database: Connection, base_url: str, fingerprint: str) -> Account:
    """The account of a key's fingerprint at an address of the API."""
    look = "SELECT name FROM account WHERE base_url = ? AND mark = ?"
    named = database.execute(look, (base_url, fingerprint)).fetchone()
    return Account(base_url, str(named[0]), is_named=True) if named else Account(base_url, fingerprint)


def by_now(database: Connection, account: Account) -> tuple[str, str]:
    """The address and the name under which an account's rows are stored by now."""
    return account[:2] if account.is_named else account_of(database, *account[:2])[:2]


def read_rows(database: Connection, account: Account, read: Callable[[tuple[str, str]], T]) -> T:
    """Read an account's rows by its address and name, and once more if they move meanwhile, which they do only once."""
    name = by_now(database, account)
    found = read(name)
    return found if (moved := by_now(database, account)) == name else read(moved)
