"""``insights``: text, JSON and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.core.insights import seconds

TURNS: list[dict[str, Any]] = [
    {"role": "assistant", "text": "Hello, this is the parcel desk.", "start_ms": 0, "end_ms": 2000},
    {"role": "user", "text": "Where is my parcel?", "start_ms": 2500, "end_ms": 4000},
    {"role": "tool", "name": "track", "text": "", "start_ms": 4100, "end_ms": 5300, "is_error": True, "result": {}},
    {"role": "assistant", "text": "I am looking.", "start_ms": 7100, "end_ms": 9000},
    {"role": "user", "text": "Mhm.", "start_ms": 7500, "end_ms": 7900},
    {"role": "user", "text": "No, stop.", "start_ms": 8400, "end_ms": 10_000},
    {"role": "assistant", "text": "Are you there?", "start_ms": 13_000, "end_ms": 14_000},
    {"role": "user", "text": "I am.", "start_ms": 17_200, "end_ms": 18_000},
    {"role": "user", "text": "Never heard."},
]
PAUSES = (
    b'[{"role":"user","text":"a","start_ms":0,"end_ms":500},{"role":"user","text":"b","start_ms":1700,"end_ms":1900}]'
)
CALL = {"call_id": "call_trouble", "status": "completed", "duration_s": 20, "transcript": {"turns": TURNS}}


@pytest.fixture
def cli(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "call.json").write_text(json.dumps(CALL))
    (tmp_path / "untimed.json").write_text('[{"role": "user", "text": "hi", "start_ms": 0}]')
    return cli


WANTED = {
    "call_id": "call_trouble", "turns": 9, "timed": 7, "untimed": 1, "other": 1, "unordered": 0, "doubtful": 0,
    "backchannels": 1, "first_start_ms": 0, "last_end_ms": 18_000, "duration_ms": 20_000, "first_word_ms": 0,
    "overlap_ms": 1000, "silence_ms": 9800,
    "assistant": {
        "turns": 3, "talk_ms": 4900, "share_of_talk": 0.533, "share_of_call": 0.245, "words_per_minute": None,
        "longest_turn": {"turn": 1, "ms": 2000}, "longest_monologue": {"from_turn": 1, "to_turn": 1, "ms": 2000},
        "response": {"n": 2, "p50_ms": 3000, "p95_ms": 3100, "max_ms": 3100, "slow": 2, "offsets": [
            {"turn": 4, "ms": 3100, "tool_ms": 1200}, {"turn": 7, "ms": 3000, "tool_ms": 0}]},
    },
    "user": {
        "turns": 4, "talk_ms": 4300, "share_of_talk": 0.467, "share_of_call": 0.215, "words_per_minute": None,
        "longest_turn": {"turn": 6, "ms": 1600}, "longest_monologue": {"from_turn": 6, "to_turn": 6, "ms": 1600},
        "response": {"n": 3, "p50_ms": 500, "p95_ms": 3200, "max_ms": 3200, "slow": 1, "offsets": [
            {"turn": 2, "ms": 500, "tool_ms": 0}, {"turn": 6, "ms": -600, "tool_ms": 0},
            {"turn": 8, "ms": 3200, "tool_ms": 0}]},
    },
    "moments": [
        {"kind": "slow_answer", "turn": 4, "start_ms": 4000, "ms": 3100, "side": "assistant", "tool_ms": 1200},
        {"kind": "error", "turn": 3, "start_ms": 4100, "ms": None, "side": "other"},
        {"kind": "interruption", "turn": 6, "start_ms": 8400, "ms": 600, "side": "user"},
        {"kind": "slow_answer", "turn": 7, "start_ms": 10_000, "ms": 3000, "side": "assistant", "tool_ms": 0},
        {"kind": "silence", "turn": 8, "start_ms": 14_000, "ms": 3200, "side": "user", "tool_ms": 0},
    ],
}  # fmt: skip


def test_json_has_these_keys_in_this_order(cli: Cli) -> None:
    ran = cli("insights", "call.json", "--json")
    assert (ran.status, ran.out) == (ExitStatus.DONE, (json.dumps(WANTED) + "\n").encode())


def test_standard_input_is_read(cli: Cli) -> None:
    assert json.loads(cli("insights", "-", "--json", stdin=json.dumps(CALL).encode()).out) == WANTED


def test_text_has_figures_with_rules_and_moments_with_links(cli: Cli) -> None:
    text = cli("insights", "call.json").out.decode()
    for line in (
        "call_trouble",
        "  turns               9  (7 timed, 1 untimed, 1 other)",
        "  length              0:20  (of the record, else the last end)",
        "  talking at once     1.00 s  (both sides have a turn)",
        "assistant, 3 turns",
        "  talk                4.90 s  (53.3% of all talk, 24.5% of the call)",
        "  speaking rate       unknown  (from 15 s of talk on, where spaces separate words)",
        "  longest turn        2.00 s  (call_trouble#turn=1)",
        "  response, longest   3.10 s, slow  (2 of 2 above 1.5 s; below 0.8 s is good, up to 1.5 s fair)",
        "5 moments",
        "     2  slow answer: the assistant takes the floor after more than 1.5 s",
        "     0:04.0  call_trouble#turn=4  slow answer 3.10 s, of which tool 1.20 s",
        "     0:04.1  call_trouble#turn=3  error",
        "     0:08.4  call_trouble#turn=6  user cuts in, cut off after 0.60 s",
        "     0:14.0  call_trouble#turn=8  silence 3.20 s",
    ):
        assert line in text.splitlines()
    assert "p95" not in text


SUPERVISED = json.dumps([
    {"role": "user", "text": "a", "start_ms": 0, "end_ms": 1000},
    {"role": "supervisor", "text": "b", "start_ms": 2000, "end_ms": 11_000},
    {"role": "assistant", "text": "c", "start_ms": 14_500, "end_ms": 15_000},
    {"role": "tool", "text": "d", "start_ms": 16_000, "end_ms": 17_000},
    {"role": "user", "text": "e", "start_ms": 19_000, "end_ms": 20_000},
]).encode()  # fmt: skip


def test_who_fills_a_silence_is_a_tool_only_if_it_is_one(cli: Cli) -> None:
    text = cli("insights", "-", stdin=SUPERVISED).text
    assert "slow answer 13.50 s, of which others 9.00 s" in text
    assert "silence 4.00 s, of which tool 1.00 s" in text
    assert "  neither talking     17.50 s  (neither side has a turn, " in text
    assert "nobody" not in text
    for name in ("txt", "md", "html"):
        written = cli("export", "-", "-f", name, stdin=SUPERVISED).text
        assert "took 13.5 s, of which others 9.0 s" in written.replace("\\", "")
    facts = json.loads(cli("insights", "-", "--json", stdin=SUPERVISED).text)
    assert [moment["tool_ms"] for moment in facts["moments"]] == [9000, 1000]
    assert facts["assistant"]["response"]["offsets"] == [{"turn": 3, "ms": 13_500, "tool_ms": 9000}]


def test_the_settings_decide_which_silences_are_moments(cli: Cli) -> None:
    (cli.home / "long.toml").write_text("silence = 3.3")
    assert b"silence 3.20 s" in cli("insights", "call.json").out
    assert b"silence 3.20 s" not in cli("insights", "call.json", "--config", "long.toml").out
    (cli.home / "short.toml").write_text("silence = 1")
    text = cli("insights", "-", "--config", "short.toml", stdin=PAUSES).text
    assert "     1  silence: neither side talks for 1 s or more, slow answers aside" in text.splitlines()
    for name in ("txt", "md", "html"):
        written = cli("export", "-", "-f", name, "--config", "short.toml", stdin=PAUSES).text
        assert ("1 silence" in written, "·· 1.2 s silence ··" in written) == (True, True)
        assert "silence ··" not in cli("export", "-", "-f", name, stdin=PAUSES).text
        assert "1 silence" not in cli("export", "-", "-f", name, stdin=PAUSES).text
    assert ',"silence"\r\n' in cli("export", "-", "-f", "csv", "--config", "short.toml", stdin=PAUSES).text


@pytest.mark.parametrize(
    ("duration_s", "lines"),
    [
        (60, ["  length              1:00  (of the record, else the last end)",
              "  after last turn     40.00 s  (from its end to that of the record)"]),
        (22.9, ["  length              0:23  (of the record, else the last end)"]),
        (0, ["  length              0:20  (of the record, else the last end)"]),
        (9, ["  length              0:09  (of the record, else the last end)",
             "  the record is shorter than the call, whose last turn ends at 0:20"]),
    ],
)  # fmt: skip
def test_the_end_of_the_record_is_held_against_the_last_turn(cli: Cli, duration_s: float, lines: list[str]) -> None:
    turns = [
        {"role": "user", "text": "hello?", "start_ms": 0, "end_ms": 20_000},
        {"role": "tool", "text": "late", "start_ms": 0, "end_ms": 30_000},
    ]
    document = json.dumps({"duration_s": duration_s, "turns": turns}).encode()
    text = cli("insights", "-", stdin=document).text
    found = [line for line in text.splitlines() if "length" in line or "after last" in line or "the record is" in line]
    assert found == lines
    length = lines[0].split()[1]
    assert f"Length   {length}\n" in cli("export", "-", stdin=document).text


def test_p95_is_shown_from_20_responses_on(cli: Cli) -> None:
    def text(n: int) -> str:
        turns = [
            {"role": ("user", "assistant")[place % 2], "text": "yes", "start_ms": at_ms, "end_ms": at_ms + 999}
            for place, at_ms in enumerate(range(0, 4000 * n, 2000))
        ]
        (cli.home / "many.json").write_text(json.dumps(turns))
        return cli("insights", "many.json").text

    assert "p95" not in text(19)
    assert (
        "  response, p95       1.00 s, fair  (of 20, by nearest rank; below 0.8 s is good, up to 1.5 s fair)"
        in text(20).splitlines()
    )


@pytest.mark.parametrize("body", [b'[{"role": "user", "text": "hi", "start_ms": 0}]', b'"Agent: hello"'])
def test_a_call_without_times_has_no_figures(cli: Cli, body: bytes) -> None:
    text = cli("insights", "-", stdin=body).text
    assert text.count("no figures of time") == 1
    assert "response" not in text
    facts = json.loads(cli("insights", "-", "--json", stdin=body).text)
    assert (facts["timed"], facts["silence_ms"], facts["user"]["response"]["n"], facts["moments"]) == (0, None, 0, [])


def test_doubtful_times_are_noted_once(cli: Cli) -> None:
    turns = [
        {"role": "user", "text": "one two three four", "start_ms": 5000, "end_ms": 5100},
        {"role": "assistant", "text": "hi", "start_ms": 1000, "end_ms": 2000},
    ]
    (cli.home / "odd.json").write_text(json.dumps(turns))
    text = cli("insights", "odd.json").out.decode()
    assert text.count("1 turn is faster than anybody speaks") == 1
    assert text.count("1 turn starts before a turn sent earlier") == 1
    assert "whole seconds" not in text
    turns[0]["end_ms"] = 9000
    (cli.home / "odd.json").write_text(json.dumps(turns))
    assert cli("insights", "odd.json").out.decode().count("times in whole seconds") == 1


@pytest.mark.parametrize("place", ["#turn=1", "#turn=1..2", "#t=0:01"])
def test_a_place_is_refused(cli: Cli, place: str) -> None:
    for target in (f"call.json{place}", f"call_x{place}"):
        ran = cli("insights", target, "--demo" if target.startswith("call_x") else "--json")
        assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
        assert "whole call" in ran.line


def test_an_empty_call_is_not_found(cli: Cli) -> None:
    assert cli("insights", "-", stdin=b'{"turns": []}').status == ExitStatus.NOT_FOUND


def test_a_demo_call_has_insights(cli: Cli) -> None:
    facts = json.loads(cli("insights", "--demo", "call_demo_booking", "--json").out)
    assert facts["call_id"] == "call_demo_booking"
    assert facts["timed"] > 0


def test_nothing_hostile_reaches_the_terminal(cli: Cli) -> None:
    body = json.dumps({"call_id": "x", "turns": [TURNS[0] | {"role": "user\x1b[31m"}]}).encode()
    assert b"\x1b" not in cli("insights", "-", stdin=body).out


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (640, "0.64 s"),
        (-1_200, "-1.20 s"),
        (59_994, "59.99 s"),
        (59_995, "1:00.0"),
        (-59_999, "-1:00.0"),
        (72_400, "1:12.4"),
        (-75_000, "-1:15.0"),
        (-4, "0.00 s"),
        (-5, "-0.01 s"),
        (1_005, "1.01 s"),
        (3_795, "3.80 s"),
    ],
)
def test_a_latency_keeps_its_sign_and_rounds_halves_up(ms: int, said: str) -> None:
    assert seconds(ms) == said
