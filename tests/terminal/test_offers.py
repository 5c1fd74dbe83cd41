"""What the prompt offers on a real terminal: the calls of the account of the key, and of nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession
from tui.core.secret import SecretStr
from tui.store.library import CachedCall, Library

URL = "http://127.0.0.1:9"
SIZE = (100, 24)
KEY, ANOTHER_KEY = "pyai_live_of_somebody", "pyai_live_of_a_stranger"
NO_KEYRING = "keyring.backends.null.Keyring"


def fill(home: Path) -> None:
    library = Library(home / ".local" / "state" / "omni-transcripts" / "library.db")
    account = library.new_account(URL, SecretStr(KEY))
    call = CachedCall("call_of_somebody", 1, b"[]", label="a label of somebody", turns=38)
    library.keep_all(account, [(call, b"")])


def prompt(home: Path, key: str, *arguments: str) -> PtySession:
    environ = {"PYAI_API_KEY": key, "PYTHON_KEYRING_BACKEND": NO_KEYRING}
    return PtySession("--base-url", URL, *arguments, home=home, size=SIZE, environ=environ)


def test_recent_calls_of_the_account_are_listed_and_opened(tmp_path: Path) -> None:
    fill(tmp_path)
    with prompt(tmp_path, KEY) as session:
        session.await_text("a label of somebody")
        session.await_text("38 turns")
        session.send("\x1b[B\r")
        session.await_text("call_of_somebody")
        session.send("\x03")
        assert session.await_end() == 0


@pytest.mark.parametrize(("key", "options"), [(ANOTHER_KEY, ()), ("", ()), (KEY, ("--no-cache",))])
def test_other_accounts_do_not_see_recent_calls(tmp_path: Path, key: str, options: tuple[str, ...]) -> None:
    fill(tmp_path)
    with prompt(tmp_path, key, *options) as session:
        session.await_text("no recent calls" if key else "there is no API key")
        session.send("\x1b[Bcall_2")  # the first key waits for what is offered
        session.await_text("call_2")
        session.send("\x03")
        assert session.await_end() == 0
    assert "somebody" not in session.written


def test_opened_files_are_not_recorded(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps({"call_id": "call_saved", "turns": [{"role": "user", "text": "from a file"}]}))
    with prompt(tmp_path, KEY, str(saved)) as session:
        session.await_text("from a file")
        session.send("o")
        session.await_text("no recent calls")
        session.send("\x1b[Bcall_2")
        session.await_text("call_2")
        session.send("\x03")
        assert session.await_end() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [saved]
