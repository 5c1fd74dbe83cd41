"""The choke point on the two standard streams and in files: nothing from outside is obeyed where it is looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.canary import Answer, answering, canary, caught_in_text, obeyed_in, shown, told
from tests.program import Cli, Told, run
from tui.core.errors import ExitStatus, OmniError
from tui.core.export import FORMATS

RECORD = {
    "call_id": "c1", "session_label": canary("label"), "status": canary("status"), "error": canary("error"),
    "started_at": canary("start"), canary("more"): canary("more"),
}  # fmt: skip
TURNS = [
    {"role": canary("role"), "text": f"{canary('text')}\n{canary('line')}", canary("extra"): canary("value")},
    {"role": "user", "text": canary("late"), "start_ms": canary("time")},
]
GATEWAY = {"message": canary("message"), "type": canary("type"), "code": canary("code"), "param": canary("param")}
PROBLEM = {"type": f"x/{canary('code')}", "title": canary("message"), "request_id": canary("request"), "status": "x"}
IN_HEADER = "\x9b31337n\u202e\u200b"


def api(path: str) -> Answer:
    return told({"transcript": TURNS} if path.endswith("/transcript") else RECORD)


def caught_by(ran: Told) -> list[str]:
    """What got through to one of the standard streams."""
    return caught_in_text(ran.out.decode()) + caught_in_text(ran.err.decode())


def is_caught_in(name: str, text: str) -> list[str]:
    """JSON and CSV hold all that was sent, what is not understood too, but escaped; CSV ends its lines with CR LF."""
    return obeyed_in(text.replace("\r\n", "\n")) if name in {"json", "csv"} else caught_in_text(text)


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_is_safe_to_show(cli: Cli, name: str) -> None:
    with answering(api) as url:
        printed = cli("export", "c1", "--base-url", url, "-f", name)
        written = cli("export", "c1", "--base-url", url, "-o", f"to.{name}")
    assert (printed.status, written.status) == (ExitStatus.DONE, ExitStatus.DONE)
    text = printed.out.decode()
    assert "late" in text
    assert "text" in text
    assert is_caught_in(name, text) == []
    assert (cli.home / f"to.{name}").read_bytes() == printed.out
    assert caught_in_text((printed.err + written.err).decode()) == []


ANSWERS = {
    "gateway": (
        told({"error": GATEWAY}, 422, X_Request_Id=f"req{IN_HEADER}"),
        [shown("message"), shown("code"), "req␛"],
    ),
    "problem": (told(PROBLEM, 404), [shown("message"), shown("request")]),
    "plain error": (told({"error": canary("message")}, 401), [shown("message")]),
    "reason": (Answer(b"", 418, b"\xc2\x9b31337n\xe2\x80\xae"), ["418"]),
    "page": (Answer(canary("<html>").encode(), headers={b"Content-Type": b"text/html"}), ["text/html"]),
    "type": (Answer(b"[]", headers={b"Content-Type": f"text/{IN_HEADER}".encode()}), ["text/␛"]),
    "no JSON": (Answer(canary("{").encode(), headers={b"Content-Type": b"application/json"}), ["not JSON"]),
    "packed": (Answer(b"[]", headers={b"Content-Encoding": IN_HEADER.encode()}), ["packed"]),
    "redirect": (
        Answer(b"", 302, headers={b"Location": f"https://[@click=app.quit]/{IN_HEADER}".encode()}),
        ["redirects"],
    ),
    "waiting": (told({"error": GATEWAY}, 429, Retry_After=f"9{IN_HEADER}"), [shown("message"), "try again later"]),
    "another call": (told({"call_id": canary("other"), "turns": []}), ["another call"]),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_server_errors_are_shown_safely(cli: Cli, fault: str) -> None:
    answer, said = ANSWERS[fault]
    with answering(lambda _: answer) as url:
        ran = cli("export", "c1", "--base-url", url)
    assert ran.status
    assert caught_by(ran) == []
    for words in said:
        assert words in ran.lines[-1]


ARGUMENTS = {
    "call": (["export", canary("c1")], "a control character"),
    "place": (["export", f"c1#{canary('turn')}"], "turn=14"),
    "option": ([f"--{canary('option')}"], shown("--option")),
    "choice": (["export", "-f", canary("format"), "-"], "format"),
    "base URL": (["export", "c1", "--base-url", f"http://{canary('host')}"], "the base URL"),
    "plain http": (["export", "c1", "--base-url", "http://xn--\u202e.example\u202e"], "the base URL"),
    "key file": (["export", "c1", "--api-key-file", canary("key")], shown("key")),
    "file": (["export", f"./{canary('file')}.json"], shown("file")),
    "target": (["export", "call.json", "-o", f"{canary('gone')}/a.txt"], shown("gone")),
    "ending": (["export", "call.json", "-o", f"a.{canary('txt').replace('/', '')}"], "there is no format"),
}


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_arguments_are_shown_safely(cli: Cli, argument: str) -> None:
    (cli.home / "call.json").write_text('"hello"')
    arguments, said = ARGUMENTS[argument]
    ran = cli(*arguments)
    assert obeyed_in(ran.out.decode() + ran.err.decode()) == []  # argparse quotes what it was given, escaped
    assert said in ran.line


def test_files_and_their_names_are_shown_safely(cli: Cli) -> None:
    name = f"{canary('name').replace('/', '')}.json"
    (cli.home / name).write_text(json.dumps({"call_id": canary("id"), "turns": TURNS}))
    ran = cli("export", name, "-f", "txt")
    assert ran.status == ExitStatus.DONE
    assert "name␛␛␛␛[@click=app.quit][x]⇄␈" in ran.out.decode()
    assert caught_by(ran) == []


@pytest.mark.parametrize("name", ["PYAI_BASE_URL", "PYAI_API_KEY", "HTTPS_PROXY", "SSL_CERT_FILE", "LANG", "COLUMNS"])
def test_variables_are_shown_safely(tmp_path: Path, name: str) -> None:
    variables = {"PYAI_API_KEY": "key_for_the_canary", "PYAI_BASE_URL": "https://127.0.0.1:9", name: canary("variable")}
    ran = run(tmp_path, "export", "c1", stdin=b"", **variables)
    assert ran.status in {ExitStatus.USAGE, ExitStatus.REFUSED, ExitStatus.UNREACHABLE}
    assert caught_by(ran) == []


def test_program_faults_are_shown_safely(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def boom(*_: object) -> None:
        raise ValueError(canary("boom"))

    monkeypatch.setenv("TERM", canary("term"))
    monkeypatch.setattr("tui.naming._target", boom)
    ran = cli("export", "c1")
    assert ran.status == ExitStatus.FAULT
    assert caught_by(ran) == []
    (report,) = cli.home.rglob("*.txt")
    assert shown("term") in report.read_text()
    assert caught_in_text(report.read_text()) == []
    assert os.fspath(report) in ran.line


def test_every_part_of_an_error_line_is_safe() -> None:
    line = OmniError(canary("what"), canary("hint"), request_id=canary("request")).line()
    assert caught_in_text(line) == []
    assert [part in line for part in map(shown, ("what", "hint", "request"))] == [True] * 3
