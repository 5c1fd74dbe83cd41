"""The choke point, from end to end: whatever stands in any field from outside, no terminal obeys it.

Each field is also looked for where it should come out, so that no test passes because nothing came.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from tests.canary import Answer, answering, canary, caught, caught_in_text, clipboards, shown, told
from tests.terminal.pty_session import LIMIT_S, PtySession
from tui.core.secret import SecretStr
from tui.store.library import CachedCall, Library

MARKUP_ID = "call[@click=app.quit][/x]"
CALL_ID = f"{MARKUP_ID}\u202e"  # control characters are refused in an id
CALL_SHOWN = f"{MARKUP_ID}⇄"
FILE_SHOWN = shown("file").replace("/", "") + ".txt"
SIZE = (160, 24)
RECORD = {
    "object": "omni.call",
    "session_label": canary("label"),
    "status": canary("status"),
    "error": canary("error"),
    "summary": {canary("key"): canary("summary")},
}
TURNS = [{"role": canary("role"), "text": canary("text"), canary("extra"): ["[red]value[/x]"]}]
TRANSCRIPT = {"transcript": {"turns": TURNS}}
GATEWAY = {"error": {"message": canary("message"), "type": canary("type"), "code": canary("code"), "param": None}}
PROBLEM = {
    "type": f"https://x/{canary('code')}", "title": canary("title"), "detail": canary("detail"),
    "request_id": canary("request"), "status": 404,
}  # fmt: skip
IN_HEADER = "\x9b31337n[@click=app.quit]\u202e"  # what a header may hold
KEY = {"PYAI_API_KEY": "key_for_the_canary"}


def api(path: str) -> Answer:
    return told(TRANSCRIPT if path.endswith("/transcript") else RECORD)


def missing(path: str) -> Answer:
    return told(PROBLEM, 404) if path.endswith("/transcript") else told(RECORD)


def failing(path: str) -> Answer:
    return told(GATEWAY, 500, X_Request_Id=f"req{IN_HEADER}")._replace(reason=b"\xc2\x9b31337n\xe2\x80\xae")


def paste(text: str) -> str:
    """As a terminal sends it."""
    return f"\x1b[200~{text}\x1b[201~"


def await_gone(session: PtySession, text: str) -> None:
    deadline = monotonic() + LIMIT_S
    while session.shows(text):
        assert monotonic() < deadline, f"still shows {text!r}"
        session.read(0.1)


@pytest.mark.parametrize("option", ["--no-mouse", "--full-redraw"])
def test_a_call_is_read_copied_and_exported(option: str, tmp_path: Path) -> None:
    with (
        answering(api) as url,
        PtySession(option, "--base-url", url, home=tmp_path, size=SIZE, environ=KEY) as session,
    ):
        session.await_text("Call id, API")
        session.send(paste(canary("pasted")))
        session.await_text(shown("pasted"))
        session.send("\x15")
        session.await_text("paste it here")
        session.send(paste(MARKUP_ID))
        session.await_text(MARKUP_ID)
        session.send("\r")
        for field in ("label", "status", "text", "extra"):
            session.await_text(shown(field))
        session.await_text("role␛")
        session.send("y")
        session.await_text("sent to the clipboard")
        session.send("/")
        session.await_text(" / find ")
        session.send(paste(canary("sought")))
        session.await_text(shown("sought"))
        session.send("\x1b")
        session.await_text("? help")
        session.send("e")
        session.await_text("call_click_app.quit_x.txt")
        session.send("\x15")
        await_gone(session, "call_click_app.quit_x.txt")
        session.send(f"{tmp_path}/")
        session.await_text(f"{tmp_path}/ ")
        session.send(paste(canary("file").replace("/", "") + ".txt"))
        session.await_text(FILE_SHOWN)
        session.send("\r")
        session.await_text(f"written to {tmp_path}/{FILE_SHOWN}")
        session.send("o")
        session.await_text("Recent calls")
        session.await_text(shown("label"))
        session.send("\x03")
        assert session.await_end() == 0
    assert caught(session.written) == []
    (copied,) = clipboards(session.written)
    assert shown("text") in copied
    (exported,) = tmp_path.glob("*.txt")
    assert exported.name == FILE_SHOWN
    assert caught_in_text(exported.read_text()) == []


def test_a_cached_call_is_shown_safely(tmp_path: Path) -> None:
    answers = [api]

    def answer_to(path: str) -> Answer:
        return answers[0](path)

    with (
        answering(answer_to) as url,
        PtySession("--base-url", url, CALL_ID, home=tmp_path, size=SIZE, environ=KEY) as session,
    ):
        session.await_text(shown("text"))
        session.await_text(shown("label"))
        answers[0] = missing
        session.send("r")
        session.await_text("kept copy of")
        session.await_text(shown("detail"))
        session.send("\x03")
        assert session.await_end() == 0
    with PtySession("--base-url", url, "--offline", CALL_ID, home=tmp_path, size=SIZE, environ=KEY) as offline:
        for field in ("label", "status", "text", "extra"):
            offline.await_text(shown(field))
        offline.await_text("kept copy of")
        offline.send("\x03")
        assert offline.await_end() == 0
    assert caught(session.written + offline.written) == []


def test_server_errors_are_shown_safely(tmp_path: Path) -> None:
    answers = [missing]

    def answer_to(path: str) -> Answer:
        return answers[0](path)

    with (
        answering(answer_to) as url,
        PtySession("--base-url", url, CALL_ID, home=tmp_path, size=SIZE, environ=KEY) as session,
    ):
        session.await_text(CALL_SHOWN)
        for field in ("status: status", "error: error", "request request"):
            session.await_text(shown(field))
        answers[0] = failing
        session.send("r")
        session.await_text("Waiting to try again")
        session.await_text(shown("code"))
        session.await_text(shown("message"))
        session.await_text("req␛[@click=app.quit]⇄")
        session.send("\x03")
        assert session.await_end() == 0
    assert caught(session.written) == []


def test_a_poisoned_library_lists_recent_calls_safely(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9"
    library = Library(tmp_path / ".local" / "state" / "omni-transcripts" / "library.db")
    account = library.new_account(url, SecretStr(KEY["PYAI_API_KEY"]))
    library.keep_all(account, [(CachedCall(canary("id"), 1, b"[]", label=canary("label")), b"")])
    with PtySession("--base-url", url, home=tmp_path, size=SIZE, environ=KEY) as session:
        session.await_text("Recent calls")
        session.await_text("id␛␛␛␛[@click=app.quit")
        session.await_text(shown("label"))
        session.send("\x1b[B\r")
        session.await_text(" – ")
        session.send("\x03")
        assert session.await_end() == 0
    assert caught(session.written) == []


VARIABLES = {
    "PYAI_BASE_URL": (f"https://host/{canary('url')}?x", "he base URL"),
    "PYAI_API_KEY": (canary("key"), "the API key is not"),
    "TERM": (canary("xterm"), "Sample calls"),
    "TZ": (canary("zone"), "Sample calls"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_environment_variables_are_shown_safely(name: str, tmp_path: Path) -> None:
    value, said = VARIABLES[name]
    arguments = ["--demo"] if said == "Sample calls" else ["call_1"]
    with PtySession(*arguments, home=tmp_path, size=SIZE, environ={**KEY, name: value}) as session:
        session.await_text(said)
        session.send("\x03")
        session.await_end()
    assert caught(session.written) == []
