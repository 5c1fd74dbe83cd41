"""``check``: a line for each check, JSON, the JUnit report, and the exit status that a CI goes by."""

from __future__ import annotations

import json
import os
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
def cli(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "call.json").write_text(json.dumps(CALL))
    (tmp_path / "untimed.json").write_text(UNTIMED)
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
        "pass     call_trouble#turn=7  max-response-p50: 3,000 ms (1 of 8 turns has no times), limit 3,000 ms",
        "pass     call_trouble#turn=4  max-response-p95: 3,100 ms (1 of 8 turns has no times), limit 3,100 ms",
        "fail     call_trouble#turn=4  bands: 3,100 ms (slow), limit 1,500 ms",
        "fail     call_trouble#turn=8  max-silence: 3,200 ms, limit 3,000 ms",
        "pass     call_trouble#turn=6  max-stop: 600 ms (1 of 8 turns has no times), limit 600 ms",
        "pass     call_trouble#turn=6  max-interruptions: 1 (1 of 8 turns has no times), limit 1",
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


PARTLY = ("check", "partly.json", "--max-interruptions", "0", "--max-stop", "1s", "--max-silence", "1s", "--no-errors")
LACK = "2 of 5 turns have no times"


def partly_timed(cli: Cli) -> None:
    """A call of which two turns have no times."""
    turns = [
        {"role": "user", "text": "hi", "start_ms": 0, "end_ms": 1000},
        {"role": "assistant", "text": "hello how are you doing"},
        {"role": "user", "text": "fine", "start_ms": 9000, "end_ms": 9500},
        {"role": "user", "text": "and another thing", "start_ms": 9600},
        {"role": "supervisor", "text": "hm"},
        {"role": "assistant", "text": "ok", "start_ms": 14_000, "end_ms": 15_000},
    ]
    (cli.home / "partly.json").write_text(json.dumps({"call_id": "call_un", "turns": turns}))


@pytest.mark.parametrize(("strict", "outcome"), [((), "pass"), (("--strict",), "fail")])
def test_a_check_of_times_that_are_missing_in_part_passes_with_a_remark_or_fails_strictly(
    cli: Cli, strict: tuple[str, ...], outcome: str
) -> None:
    partly_timed(cli)
    ran = cli(*PARTLY, *strict, "--junit", "report.xml")
    assert (ran.status, ran.out.decode().splitlines()) == (
        ExitStatus.CHECK_FAILED,
        [
            "fail     call_un#turn=3  max-silence: 8,000 ms, limit 1,000 ms",
            f"{outcome}     call_un  max-stop: the user never cuts in; {LACK}, limit 1,000 ms",
            f"{outcome}     call_un  max-interruptions: 0 ({LACK}), limit 0",
            "pass     call_un  no-errors: 0, limit 0",
        ],
    )
    report = JUnitXml.fromfile(str(cli.home / "report.xml"))
    assert (report.failures, report.skipped) == ((3, 0) if strict else (1, 0))
    (case,) = (case for suite in report for case in suite if case.name == "max-interruptions")
    assert LACK in (case.result[0].message if strict else case.system_out)
    facts = json.loads(cli(*PARTLY, *strict, "--json").out)["checks"]
    assert [(one["outcome"], one["note"]) for one in facts] == [
        ("fail", None), (outcome, f"the user never cuts in; {LACK}"), (outcome, LACK), ("pass", None)
    ]  # fmt: skip


def test_turns_without_times_alone_decide_the_status_strictly(cli: Cli) -> None:
    partly_timed(cli)
    arguments = ("check", "partly.json", "--max-interruptions", "0", "--max-stop", "1s")
    assert cli(*arguments).status == ExitStatus.DONE
    assert cli(*arguments, "--strict").status == ExitStatus.CHECK_FAILED


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
    assert error.type == "usage"


@pytest.mark.parametrize(
    ("target", "key", "kind"),
    [
        ("call_nowhere", DEMO_KEY, "not-found"),
        ("call_x", "", "refused"),
        ("bad.json", "", "bad-answer"),
        ("absent.json", "", "usage"),
    ],
)
def test_the_type_of_an_error_is_a_word(cli: Cli, server: DemoServer, target: str, key: str, kind: str) -> None:
    cli.set("PYAI_API_KEY", key)
    cli.set("PYAI_BASE_URL", server.base_url)
    (cli.home / "bad.json").write_text("{")
    cli("check", target, "--bands", "--junit", "report.xml")
    (case,) = (case for suite in JUnitXml.fromfile(str(cli.home / "report.xml")) for case in suite)
    assert [result.type for result in case.result] == [kind]


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
        (b'[\n  {"call_id": "call_a"}\n]\n', "standard input is no list of calls"),
        (b"[]", "standard input is no list of calls"),
        (b"# ids of today\n\n", "standard input names no call"),
        (b"\xff\xfe", "standard input is no text"),
    ],
)
def test_standard_input_without_calls_is_refused(cli: Cli, stdin: bytes, said: str) -> None:
    ran = cli("check", "-", "--bands", stdin=stdin)
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert said in ran.line


def test_a_list_may_begin_with_a_line_of_a_log(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", "http://127.0.0.1:9")
    ran = cli("check", "-", "--contains", "refund", stdin=b"[12:00] slow: call_a\nuntimed.json\n")
    assert ran.status == ExitStatus.UNREACHABLE
    assert any("call_a" in line for line in ran.lines)
    assert b"call_untimed#turn=1" in ran.out


ODD_LIST = b"""\
# the calls of today
untimed.json

user said: my pin is 4711
-
call_id=call_x parent_call_id=call_y
https://elsewhere.example/v1/omni/calls/call_x
call.json#turn=1
untimed.json
"""
ODD_LINES = {
    4: "“user said: my pin is 4711”: no call is named there",
    5: "“-”: that is no call id",
    6: "“call_id=call_x parent_call_id=call_y”: 2 calls are named there: “call_x”, “call_y”",
    7: "“https://elsewhere.example/v1/omni/calls/call_x”: this is an address of elsewhere.example, but calls come from",
    8: "“call.json#turn=1”: the checks are those of a whole call",
}


def test_an_odd_line_leaves_the_others_to_be_checked(cli: Cli) -> None:
    ran = cli("check", "-", "--contains", "refund", "--junit", "report.xml", stdin=ODD_LIST)
    passed = "pass     call_untimed#turn=1  contains “refund”: 1 turn"
    assert (ran.status, ran.out.decode().splitlines()) == (ExitStatus.USAGE, [passed, passed])
    said = ran.lines[:-1]
    assert len(said) == len(ODD_LINES)
    for line, (number, why) in zip(said, ODD_LINES.items(), strict=True):
        assert line.startswith(f"line {number}, {why}")
    errors = [
        (suite.name, case.result[0].message)
        for suite in JUnitXml.fromfile(str(cli.home / "report.xml"))
        for case in suite
        if case.result
    ]
    lines = ODD_LIST.decode().splitlines()
    assert errors == [(lines[number - 1], line) for number, line in zip(ODD_LINES, said, strict=True)]


def test_an_odd_line_is_an_error_in_json_and_a_failure_goes_first(cli: Cli) -> None:
    ran = cli("check", "-", "--contains", "nobody", "--json", stdin=b"x y\nuntimed.json\n")
    odd, failed = map(json.loads, ran.out.splitlines())
    assert ran.status == ExitStatus.CHECK_FAILED
    assert (odd["call_id"], odd["outcome"]) == ("x y", "error")
    assert odd["error"].startswith("line 1, “x y”: no call is named there")
    assert failed["outcome"] == "fail"


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
        (("call.json", "--regex", "("), "not a regular expression"),
        (("call.json", "--max-interruptions", "-1"), "no whole number from 0 to 999,999,999"),
        (("call.json", "--max-interruptions", "9" * 10), "no whole number from 0 to 999,999,999"),
        (("call.json", "--bands", "--role", "user"), "--role has no effect without"),
        (("call.json#turn=1", "--bands"), "“call.json#turn=1”: the checks are those of a whole call"),
        (("call.json", "# a heading", "--bands"), "“# a heading”: no call is named there"),
        (("call.json", "--bands", "--junit", "-"), "--junit writes a file"),
        (("call_x", "untimed.json#t=1", "--bands"), "“untimed.json#t=1”: the checks are those of a whole call"),
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


@pytest.mark.parametrize("option", ["--not-contains", "--not-regex", "--contains"])
def test_words_that_are_no_text_are_refused(cli: Cli, option: str) -> None:
    ran = cli("check", "call.json", option, os.fsdecode(b"caf\xe9"))
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert "it has bytes that are no text" in ran.line


def test_the_report_does_not_replace_what_is_checked(cli: Cli) -> None:
    before = (cli.home / "untimed.json").read_bytes()
    ran = cli("check", "call.json", "./untimed.json", "--no-errors", "--junit", "untimed.json")
    assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
    assert "the report would replace a file that is checked" in ran.line
    assert (cli.home / "untimed.json").read_bytes() == before
