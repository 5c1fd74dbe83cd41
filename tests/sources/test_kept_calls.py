"""The calls that are kept, one after another, while others write to the library."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tui.core.secret import SecretStr
from tui.sources.kept_calls import kept_calls
from tui.store.accounts import Account
from tui.store.library import CachedCall, Library
from tui.store.listing import Wanted

BASE_URL = "https://api.pyai.com"
MOST_BYTES = 2**20


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.db")


def account_of(library: Library, key: str) -> Account:
    return library.new_account(BASE_URL, SecretStr(key))


def keep(library: Library, account: Account, call_id: str, text: str, at_ms: int = 0) -> None:
    source = b'{"turns": [{"role": "user", "text": "%s"}]}' % text.encode()
    library.keep_all(account, [(CachedCall(call_id, at_ms, source, b"{}"), text.encode())])


def test_a_call_that_is_fetched_again_meanwhile_is_not_lost(library: Library) -> None:
    account = account_of(library, "pyai_live_one")
    for call_id in ("c1", "c2", "c3"):
        keep(library, account, call_id, "before")
    calls = kept_calls(library, account, Wanted(), MOST_BYTES)
    assert next(calls).call_id == "c3"
    keep(library, account, "c2", "after")
    told = [(call.call_id, call.transcript and call.transcript.turns[0].text) for call in calls]
    assert told == [("c2", "after"), ("c1", "before")]


def test_a_row_that_another_account_has_by_now_is_not_read(library: Library, tmp_path: Path) -> None:
    account, other = account_of(library, "pyai_live_one"), account_of(library, "pyai_live_two")
    for call_id, at_ms in (("c1", 2), ("c2", 1)):
        keep(library, account, call_id, "before", at_ms)
    calls = kept_calls(library, account, Wanted(), MOST_BYTES)
    assert next(calls).call_id == "c1"
    with closing(sqlite3.connect(tmp_path / "library.db")) as database, database:
        for table in ("kept", "body"):
            database.execute(f"DELETE FROM {table} WHERE id = 2")
    keep(library, other, "theirs", "before")
    assert list(calls) == []
