"""Calls with anomalies on the command line: usable content is used, and anomalies are reported once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.canary import Answer, answering, told
from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.core.export import FORMATS

START_MS = 1_794_492_200_000
TURN = {"role": "user", "text": "hello", "start_ms": 0, "end_ms": 900}
RECORD = {"object": "omni.call", "call_id": "c1", "status": "completed", "session_label": "front desk"}
SEGMENTS = [{"start": 0.0, "end": 2.5, "text": " Hello."}, {"start": 2.5, "end": 4.0, "text": " How are you?"}]


def saved(cli: Cli, document: object) -> Path:
    path = cli.home / "saved.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reports_an_impossible_length_once(cli: Cli, name: str) -> None:
    def answer_to(path: str) -> Answer:
        return told({"turns": [TURN]} if path.endswith("/transcript") else RECORD | {"duration_s": 1e306})

    with answering(answer_to) as url:
        fetched = cli("export", "c1", "--base-url", url, "-f", name)
    from_file = cli("export", saved(cli, {"turns": [TURN], "duration_s": 1e306}), "-f", name)
    for ran in (fetched, from_file):
        assert (ran.status, ran.lines) == (ExitStatus.DONE, ["length not understood"])


@pytest.mark.parametrize("length", ["1e306", "1e999", "-1", "9" * 4_000])
def test_a_cached_impossible_length_is_reported_once(cli: Cli, length: str) -> None:
    record = json.dumps(RECORD | {"duration_s": 0}).replace(": 0}", f": {length}}}").encode()

    def answer_to(path: str) -> Answer:
        headers = {b"Content-Type": b"application/json"}
        return told({"turns": [TURN]}) if path.endswith("/transcript") else Answer(record, headers=headers)

    with answering(answer_to) as url:
        cli.set("PYAI_BASE_URL", url)
        assert cli("export", "c1").status == ExitStatus.DONE
    ran = cli("export", "c1", "--offline")
    assert (ran.status, ran.lines) == (ExitStatus.DONE, ["length not understood"])
    assert b"front desk" in ran.out


def test_every_export_and_the_library_have_one_start(cli: Cli) -> None:
    an_hour_later_ms = START_MS + 3_600_000
    turns = [TURN | {"start_ms": an_hour_later_ms, "end_ms": an_hour_later_ms + 900}]

    def answer_to(path: str) -> Answer:
        return told({"turns": turns} if path.endswith("/transcript") else RECORD | {"started_at": START_MS})

    with answering(answer_to) as url:
        cli.set("PYAI_BASE_URL", url)
        for name in ("txt", "md", "html"):
            assert "12 Nov 2026 14:03 UTC" in cli("export", "c1", "-f", name).text
    assert "12 Nov 2026 14:03 UTC" in cli("export", "c1", "--offline").out.decode()
    assert json.loads(cli("search", "hello", "--json").text)["started_at"] == START_MS


@pytest.mark.parametrize("by_pipe", [False, True])
def test_a_saved_record_is_used_as_one(cli: Cli, by_pipe: bool) -> None:
    document = RECORD | {"duration_s": 12.4, "started_at": START_MS, "transcript": {"turns": [TURN]}}
    path = saved(cli, document)
    heading = cli("export", "-", stdin=path.read_bytes()).text if by_pipe else cli("export", path).text
    assert heading.split("\n\n")[0].splitlines() == [
        "c1",
        "Label    front desk",
        "Status   completed",
        "Started  12 Nov 2026 14:03 UTC",
        "Length   0:12",
        "Turns    1",
    ]


def test_times_in_seconds_are_used_and_noted_once(cli: Cli) -> None:
    ran = cli("export", saved(cli, SEGMENTS), "-f", "srt")
    assert ran.out.decode().split("\n\n") == [
        "1\n00:00:00,000 --> 00:00:02,500\nHello.",
        "2\n00:00:02,500 --> 00:00:04,000\nHow are you?\n",
    ]
    assert ran.lines == ["2 turns: role missing · 2 turns: times in seconds"]


@pytest.mark.parametrize("document", [[{"package": "left-pad", "version": "1.0"}], [[], 7, None], [{}]])
def test_a_list_of_something_else_is_no_transcript(cli: Cli, document: object) -> None:
    for ran in (cli("export", saved(cli, document)), cli("export", "-", stdin=json.dumps(document).encode())):
        assert (ran.status, ran.out) == (ExitStatus.BAD_ANSWER, b"")
        assert "not of turns" in ran.line
