"""What a library holds, read as a search reads it."""

from __future__ import annotations

from typing import NamedTuple

from tui.store.accounts import Account
from tui.store.library import Library


class Stored(NamedTuple):
    """A call, and the texts of its turns."""

    call_id: str
    cached_ms: int
    label: str | None
    started_at_ms: int | None
    texts: list[str]


def stored_calls(library: Library, account: Account) -> list[Stored]:
    """All calls of an account, the newest first."""
    found: list[Stored] = []
    with library.searching(account) as session:
        for number, passages in session.passages(session.calls(), None) if session else ():
            texts = [text for passage in passages for text in session.texts(passage)] if session else []
            if session and (call := session.facts(number)) is not None:
                found.append(Stored(*call[:4], texts))
    return found
