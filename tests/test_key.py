"""The key, searched for in every byte: of the screen, both streams, all files, and the command line, after every fault.

Servers here send it back wherever they can, as a server that quotes a request in its answer does.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.canary import Answer, answering, told
from tests.keyrings import ANY_ACCOUNT, KEY_VARIABLE
from tests.program import COMMAND, PATIENCE_S, environment
from tests.terminal.pty_session import PtySession
from tui.core.errors import ExitStatus

KEY = "pyai_canary_0123456789abcdef"
PIECE = "canary_0123456789"
"""So much of it found is found."""

JSON = {b"Content-Type": b"application/json"}


def echoing(status: int, **headers: str) -> Answer:
    message = f"bad request: Authorization: Bearer {KEY}"
    error = {"message": message, "code": f"code_{KEY}", "type": KEY, "request_id": f"req_{KEY}"}
    return told({"error": error}, status, X_Request_Id=KEY, **headers)


FAULTS: Mapping[str, tuple[Answer, int, str]] = {
    "401": (echoing(401), ExitStatus.REFUSED, "was not accepted (401"),
    "402": (echoing(402), ExitStatus.REFUSED, "cannot pay"),
    "404": (echoing(404), ExitStatus.NOT_FOUND, "here is no call “"),
    "422": (echoing(422), ExitStatus.USAGE, "could not make sense"),
    "429, for long": (echoing(429, Retry_After="999"), ExitStatus.UNREACHABLE, "oo many requests"),
    "problem": (
        told({"type": f"x/{KEY}", "title": KEY, "detail": f"{'x' * 190} {KEY}"}, 400),
        ExitStatus.USAGE,
        "could not use the request",
    ),
    "plain": (told({"error": KEY}, 403), ExitStatus.REFUSED, "may not read calls (403)"),
    "no JSON": (Answer(f"{{{KEY}".encode(), headers=JSON), ExitStatus.BAD_ANSWER, "is not JSON"),
    "cut": (Answer(f'["{KEY}'.encode(), headers=JSON), ExitStatus.BAD_ANSWER, "ends in the middle"),
    "page": (Answer(KEY.encode(), headers={b"Content-Type": b"text/html"}), ExitStatus.BAD_ANSWER, "text/html"),
    "another call": (told({"call_id": KEY, "turns": []}), ExitStatus.BAD_ANSWER, "of another call"),
    "another shape": (told({KEY: KEY}), ExitStatus.BAD_ANSWER, "has no transcript in it"),
    "damaged": (
        Answer(KEY.encode(), headers={**JSON, b"Content-Encoding": b"gzip"}),
        ExitStatus.BAD_ANSWER,
        "is damaged",
    ),
    "redirect": (
        Answer(b"", 302, headers={b"Location": f"https://x/?key={KEY}".encode()}),
        ExitStatus.UNREACHABLE,
        "redirects to x",
    ),
    "redirect to it": (
        Answer(b"", 302, headers={b"Location": f"https://{KEY}.example/".encode()}),
        ExitStatus.UNREACHABLE,
        "redirects to ",
    ),
    "kind": (
        Answer(b"", headers={b"Content-Type": f"text/{'x' * 30}{KEY}".encode()}),
        ExitStatus.BAD_ANSWER,
        "not with JSON",
    ),
    "split by what is invisible": (
        told({"error": {"message": "\u200b".join(KEY), "request_id": "\x1b[m".join(KEY)}}, 422),
        ExitStatus.USAGE,
        "could not make sense",
    ),
    "split in a header": (
        told({}, 402, X_Request_Id="\x1b[m".join(KEY)),
        ExitStatus.REFUSED,
        "cannot pay",
    ),
}


def found(*places: bytes) -> list[bytes]:
    return [place for place in places if PIECE.encode() in place.lower()]


def kept_in(home: Path) -> list[bytes]:
    """Everything that the program left in its home."""
    return [path.read_bytes() + str(path).encode() for path in home.rglob("*") if path.is_file()]


def key_in(home: Path, where: str) -> tuple[dict[str, str], list[str]]:
    """The environment and options that give the key: a variable, or a file or keyring outside of the home."""
    if where == "variable":
        return {"PYAI_API_KEY": KEY}, []
    if where == "keyring":
        return {"PYTHON_KEYRING_BACKEND": ANY_ACCOUNT, KEY_VARIABLE: KEY}, []
    file = home.with_name(f"{home.name}-key")
    file.write_text(KEY)
    file.chmod(0o600)
    return {}, ["--api-key-file", str(file)]


def run(home: Path, before: str, variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = f"{before}\nimport sys; from tui.__main__ import main; sys.exit(main())"
    return subprocess.run(
        [COMMAND[0], "-c", program, *arguments],
        env=environment(home, **variables), cwd=home, capture_output=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_in_no_stream_and_no_file(tmp_path: Path, fault: str) -> None:
    answer, status, said = FAULTS[fault]
    variables, options = key_in(tmp_path, {"401": "file", "402": "keyring"}.get(fault, "variable"))
    with answering(lambda _: answer) as url:
        ran = run(tmp_path, "", variables, "export", "c1", "--base-url", url, "-o", "a.txt", *options)
    assert ran.returncode == status
    assert said in ran.stderr.decode()
    assert found(ran.stdout, ran.stderr, *kept_in(tmp_path)) == []


RECORDS = [
    {"call_id": "c1", "session_label": f"of {KEY}", "status": KEY, "summary": {KEY: f"about {KEY}"}, "started_at": 1},
    {"call_id": "c2", "status": "failed", "error": "\u200b".join(KEY), "recording_result": {"terminal_reason": KEY}},
]


def with_the_key(path: str) -> Answer:
    """Answers of a server that puts the key into every record."""
    if path.startswith("/v1/omni/calls?"):
        return told({"data": RECORDS, "has_more": False})
    if path.endswith("/transcript"):
        return told({"call_id": "c1", "turns": [{"role": "user", "text": "hello"}], "session_label": KEY})
    return told(RECORDS[path.endswith("c2")])


def test_the_key_in_a_record_is_in_no_output(tmp_path: Path) -> None:
    commands = (
        ("calls",), ("calls", "--json"), ("sync",), ("search", "hello"), ("search", "--json", "hello"),
        ("calls", "--offline", "--json"), ("calls", "--offline"), ("export", "c1", "-f", "md"),
        ("export", "c1", "--offline", "-f", "jsonl"), ("export", "c1", "-f", "html"),
    )  # fmt: skip
    with answering(with_the_key) as url:
        for command in commands:
            ran = run(tmp_path, "", {"PYAI_API_KEY": KEY}, *command, "--base-url", url)
            assert (ran.returncode, b"c1" in ran.stdout) == (ExitStatus.DONE, True), command
            assert found(ran.stdout, ran.stderr) == [], command


@pytest.mark.parametrize("arguments", [(), ("c1",)], ids=["typed", "named"])
def test_the_key_within_a_transcript_is_on_no_screen(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A call that is named is fetched by another process; the record that would replace this one is refused."""

    def answer(path: str) -> Answer:
        return with_the_key(path) if path.endswith("/transcript") else told({}, 403)

    with (
        answering(answer) as url,
        PtySession("--base-url", url, *arguments, home=tmp_path, environ={"PYAI_API_KEY": KEY}) as session,
    ):
        if not arguments:
            session.await_text("Call id")
            session.send("c1\r")
        session.await_text("hello")
        session.send("d")
        session.await_text("label")
        session.send("\x1b\x03")
        assert session.await_end() == 0
    assert found(session.written.encode()) == []


BREAKS = {
    "refused": ("", "http://127.0.0.1:9", ExitStatus.UNREACHABLE),
    "plain http": ("", "http://example.com", ExitStatus.USAGE),
    "client": ("import httpx\nhttpx.AsyncClient.__init__ = lambda *a, **m: 1 / 0", "", ExitStatus.FAULT),
    "request": ("import httpx\nhttpx.AsyncClient.stream = lambda *a, **m: 1 / 0", "", ExitStatus.FAULT),
    "auth": ("import tui.api.client as m\nm._Bearer.auth_flow = lambda s, r: 1 / 0", "", ExitStatus.FAULT),
    "parser": ("import tui.api.wire as m\nm.strict_json = lambda b: 1 / 0", "", ExitStatus.FAULT),
    "reader": ("import tui.store.credentials as m\nm.SecretStr = lambda text: {}[text]", "", ExitStatus.FAULT),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_the_key_is_in_no_fault_report(tmp_path: Path, broken: str) -> None:
    before, url, status = BREAKS[broken]
    with answering(lambda _: told([])) as served:
        arguments = ["export", "c1", "--base-url", url or served]
        ran = run(tmp_path, before, {"PYAI_API_KEY": KEY}, *arguments)
    assert ran.returncode == status
    assert len(ran.stderr.splitlines()) == (1 if status != ExitStatus.UNREACHABLE else 3)
    assert bool(kept_in(tmp_path)) == (status == ExitStatus.FAULT)
    assert found(ran.stdout, ran.stderr, *kept_in(tmp_path)) == []


@pytest.mark.parametrize("where", ["variable", "file", "keyring"])
def test_the_key_is_on_no_screen_or_command_line(tmp_path: Path, where: str) -> None:
    variables, options = key_in(tmp_path, where)
    now = [FAULTS["401"][0]]
    with (
        answering(lambda _: now[0]) as url,
        PtySession("--base-url", url, "c1", *options, home=tmp_path, size=(160, 30), environ=variables) as session,
    ):
        session.await_text("Refused: ")
        commands = [Path(f"/proc/{session.process.pid}/cmdline").read_bytes()]
        for fault, (answer, _, said) in FAULTS.items():
            now[0] = answer
            session.send("r")
            session.await_text(said)
            assert found(session.written.encode()) == [], fault
        now[0] = told({"turns": [{"role": "user", "text": "hello there"}]})
        session.send("r")
        session.await_text("hello there")
        session.send("Y")
        session.await_text("sent to the clipboard")
        session.kill(signal.SIGTERM)
        assert session.await_end() == 143
    assert found(session.written.encode(), *commands, *kept_in(tmp_path)) == []


def test_a_leaked_key_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text(f"x{KEY.upper()}x")
    assert len(found(b"nothing", *kept_in(tmp_path))) == 1
