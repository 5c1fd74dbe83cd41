"""``check``: a line for each check, JSON, the JUnit report, and the exit status that a CI goes by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from tests.commands.test_insights import CALL
from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

UNTIMED = '{"call_id": "call_untimed", "turns": [{"role": "user", "text": "a refund", "start_ms": 0}]}'
NOTE = "call.json: 1 turn: text empty"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    (tmp_path / "call.json").write_text(json.dumps(CALL))
    (tmp_path / "untimed.json").write_text(UNTIMED)
    cli = Cli(tmp_path, monkeypatch, capsysbinary)
    cli.set("PYAI_API_KEY", "")
    return cli


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(extra={"call_a": UNTIMED.replace("untimed", "a").encode()}) as server:
        yield server


def test_a_line_for_each_check_with_figure_limit_and_link(cli: Cli) -> None:
    ran = cli(
        "check", "call.json", "--no-errors", "--max-response", "1.5s", "--max-response-p50", "3000",
        "--max-response-p95", "3100 ms", "--max-silence", "3s", "--max-stop", "600ms", "--max-interruptions", "1",
        "--bands", "--contains", "PARCEL", "--contains", "parcel", "--not-regex", r"\d", "--role", "user",
    )  # fmt: skip
    assert ran.status == ExitStatus.CHECK_FAILED
    assert ran.out.decode().splitlines() == [
        "fail     call_trouble#turn=4  max-response: 3,100 ms, limit 1,500 ms",
        "pass     call_trouble#turn=7  max-response-p50: 3,000 ms, limit 3,000 ms",
        "pass     call_trouble#turn=4  max-response-p95: 3,100 ms, limit 3,100 ms",
        "fail     call_trouble#turn=4  bands: 3,100 ms (slow), limit 1,500 ms",
        "fail     call_trouble#turn=8  max-silence: 3,200 ms, limit 3,000 ms",
        "pass     call_trouble#turn=6  max-stop: 600 ms, limit 600 ms",
        "pass     call_trouble#turn=6  max-interruptions: 1, limit 1",
        "fail     call_trouble#turn=3  no-errors: 1, limit 0",
        "fail     call_trouble  contains “PARCEL”: 0 turns",
        "pass     call_trouble#turn=2  contains “parcel”: 1 turn",
        "pass     call_trouble  not-regex “\\d”: 0 turns",
    ]
    assert ran.lines == [NOTE]


def test_a_file_that_passes_needs_no_key(cli: Cli) -> None:
    ran = cli("check", "call.json", "--max-stop", "600", "--contains", "parcel")
    assert (ran.status, ran.lines) == (ExitStatus.DONE, [NOTE])


@pytest.mark.parametrize(
    ("strict", "status", "word"),
    [((), ExitStatus.DONE, "unknown"), (("--strict",), ExitStatus.CHECK_FAILED, "fail   ")],
)
def test_unknown_figures_fail_only_strictly(cli: Cli, strict: tuple[str, ...], status: ExitStatus, word: str) -> None:
    ran = cli("check", "untimed.json", "--max-silence", "3s", "--max-interruptions", "0", *strict)
    assert (ran.status, ran.out.decode().splitlines()) == (
        status,
        [
            f"{word}  call_untimed  max-silence: unknown, no times, limit 3,000 ms",
            f"{word}  call_untimed  max-interruptions: unknown, no times, limit 0",
        ],
    )


def test_json_is_a_line_for_each_call(cli: Cli) -> None:
    ran = cli("check", "call.json", "untimed.json", "--max-response", "3099", "--contains", "refund", "--json")
    assert ran.status == ExitStatus.CHECK_FAILED
    trouble, untimed = map(json.loads, ran.out.splitlines())
    assert trouble == {
        "call_id": "call_trouble", "outcome": "fail", "checks": [
            {"check": "max-response", "outcome": "fail", "value": 3100, "limit": 3099, "unit": "ms", "note": None,
             "turn": 4, "link": "call_trouble#turn=4"},
            {"check": "contains", "outcome": "fail", "value": 0, "limit": "refund", "unit": None, "note": None,
             "turn": None, "link": None}],
    }  # fmt: skip
    assert (untimed["call_id"], untimed["outcome"]) == ("call_untimed", "unknown")
    assert [each["outcome"] for each in untimed["checks"]] == ["unknown", "pass"]


def test_junit_is_read_back(cli: Cli) -> None:
    (cli.home / "report.xml").write_text("of the last run")
    ran = cli(
        "check", "call.json", "untimed.json", "absent.json", "--max-response", "1500", "--contains", "re", "--junit",
        "report.xml",
    )  # fmt: skip
    assert ran.status == ExitStatus.CHECK_FAILED
    assert ran.lines[-1] == f"written to {cli.home / 'report.xml'}"
    report = JUnitXml.fromfile(str(cli.home / "report.xml"))
    assert (report.tests, report.failures, report.errors, report.skipped) == (5, 1, 1, 1)
    cases = {(suite.name, case.name): case for suite in report for case in suite}
    assert [suite.name for suite in report] == ["call_trouble", "call_untimed", "absent.json"]
    (failure,) = cases["call_trouble", "max-response"].result
    assert isinstance(failure, Failure)
    assert (failure.message, failure.text) == ("max-response: 3,100 ms, limit 1,500 ms", "call_trouble#turn=4")
    (skipped,) = cases["call_untimed", "max-response"].result
    assert isinstance(skipped, Skipped)
    assert skipped.message == "max-response: unknown, no times, limit 1,500 ms"
    passed = cases["call_untimed", "contains “re”"]
    assert (passed.result, passed.system_out) == ([], "call_untimed#turn=1  contains “re”: 1 turn")
    (error,) = cases["absent.json", "the call"].result
    assert isinstance(error, Error)
    assert "no such file" in (error.message or "")


def test_strictly_nothing_is_skipped(cli: Cli) -> None:
    cli("check", "untimed.json", "--bands", "--strict", "--junit", "report.xml")
    report = JUnitXml.fromfile(str(cli.home / "report.xml"))
    assert (report.tests, report.failures, report.skipped) == (1, 1, 0)


def test_nothing_hostile_reaches_the_terminal_or_the_report(cli: Cli) -> None:
    hostile = "\x1b[31m\u202e<&\"'\x00\ufffe\x85]]>"
    said = json.dumps({"call_id": hostile, "turns": [{"role": "user", "text": hostile}]})
    (cli.home / "call.json").write_text(said)
    ran = cli("check", "call.json", "--contains", f"x{hostile}", "--not-contains", hostile, "--junit", "report.xml")
    assert ran.status == ExitStatus.CHECK_FAILED
    for written in (ran.out, ran.err, (cli.home / "report.xml").read_bytes()):
        assert not any(character in written.decode() for character in "\x1b\u202e\x00\ufffe\x85")
    assert JUnitXml.fromfile(str(cli.home / "report.xml")).failures == 2


def test_ids_are_read_from_standard_input(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    ran = cli(
        "check",
        "-",
        "call.json",
        "--contains",
        "a",
        stdin=b"\xef\xbb\xbfcall_demo_booking\n\n  call_a\r\nuntimed.json\n",
    )
    assert (ran.status, ran.lines) == (ExitStatus.DONE, [NOTE])
    calls = [line.split()[1].partition("#")[0] for line in ran.out.decode().splitlines()]
    assert calls == ["call_demo_booking", "call_a", "call_untimed", "call_trouble"]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"", "standard input names no call"),
        (b" \n\n", "standard input names no call"),
        (UNTIMED.encode(), "standard input is no list of calls"),
        (b"call_x\n-\n", "“-” is no call id"),
        (b"call_x\n..\n", "“..” is no call id"),
        (b"\xff\xfe", "standard input is no text"),
    ],
)
def test_standard_input_without_calls_is_refused(cli: Cli, stdin: bytes, said: str) -> None:
    ran = cli("check", "-", "--bands", stdin=stdin)
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert said in ran.line


def test_a_missing_call_does_not_stop_other_checks(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    ran = cli("check", "call_demo_failed", "absent.json", "call_a", "--contains", "refund")
    assert (ran.status, ran.out) == (
        ExitStatus.NOT_FOUND,
        "pass     call_a#turn=1  contains “refund”: 1 turn\n".encode(),
    )
    assert [line.partition(": ")[0] for line in ran.lines] == ["call_demo_failed", "absent.json"]
    assert cli("check", "call_demo_failed", "call_a", "--contains", "nobody").status == ExitStatus.CHECK_FAILED
    facts = json.loads(cli("check", "call_demo_failed", "--bands", "--json").out)
    assert (facts["call_id"], facts["outcome"]) == ("call_demo_failed", "error")
    assert "no transcript" in facts["error"]


def test_targets_may_stand_before_and_behind_options(cli: Cli) -> None:
    ran = cli("check", "call.json", "--contains", "re", "untimed.json", "--bands", "-", stdin=b"untimed.json")
    calls = [line.split()[1].partition("#")[0] for line in ran.out.decode().splitlines()]
    assert calls == ["call_trouble"] * 2 + ["call_untimed"] * 4
    assert "unrecognized arguments: --bogus" in cli("check", "call.json", "--bands", "untimed.json", "--bogus").line


def test_without_a_key_a_call_is_refused(cli: Cli) -> None:
    ran = cli("check", "call_x", "--bands")
    assert (ran.status, ran.line.startswith("call_x: there is no API key")) == (ExitStatus.REFUSED, True)


@pytest.mark.parametrize("limit", ["", "fast", "-1", "1.5", "1.5ms", "1m", "1:23", "1.2345s", "1e3", "٣", "9" * 10])
def test_a_limit_that_is_no_length_is_refused(cli: Cli, limit: str) -> None:
    ran = cli("check", "call.json", f"--max-silence={limit}")
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert "a length looks like 1500, 1500ms or 1.5s" in ran.line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("call.json",), "there is nothing to check"),
        (("call.json", "--strict"), "there is nothing to check"),
        (("call.json", "--contains", ""), "--contains has nothing to look for"),
        (("call.json", "--not-contains", " "), "--not-contains has nothing to look for"),
        (("call.json", "--regex", "("), "no regular expression"),
        (("call.json", "--max-interruptions", "-1"), "no whole number from 0 to 999,999,999"),
        (("call.json", "--max-interruptions", "9" * 10), "no whole number from 0 to 999,999,999"),
        (("call.json", "--bands", "--role", "user"), "--role has no effect without"),
        (("call.json#turn=1", "--bands"), "call.json: the checks are those of a whole call"),
        (("call.json", "# a heading", "--bands"), "“# a heading”: the call id is empty"),
        (("call.json", "--bands", "--junit", "-"), "--junit writes a file"),
        (("call_x", "untimed.json#t=1", "--bands"), "those of a whole call"),
        (("--bands",), "the following arguments are required: TARGET"),
        (("call.json", "untimed.json", "--demo", "--bands"), "--demo has no effect on call.json"),
        (("https://elsewhere.example/v1/omni/calls/call_x", "--bands"), "this is an address of elsewhere.example"),
    ],
)
def test_invalid_checks_are_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = cli("check", *arguments)
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert said in ran.line


def test_an_unwritable_report_is_reported(cli: Cli) -> None:
    ran = cli("check", "untimed.json", "--contains", "refund", "--junit", "absent/report.xml")
    assert (ran.status, b"pass" in ran.out) == (ExitStatus.OUTPUT, True)
