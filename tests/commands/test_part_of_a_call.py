"""A place in the target, and the style of times, where there is no screen: they are honoured or refused."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.core.export import FORMATS
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

TURNS = [
    {"role": "user" if number % 2 else "assistant", "text": f"word{number}", "start_ms": number * 10_000}
    for number in range(1, 21)
]
TIMED = json.dumps({"turns": TURNS}).encode()
UNTIMED = json.dumps({"turns": [{"role": "user", "text": "one"}, {"role": "user", "text": "two"}]}).encode()
UNIX = json.dumps({"turns": [turn | {"start_ms": 1_794_492_000_000 + number * 2_500}
                             for number, turn in enumerate(TURNS)]}).encode()  # fmt: skip
CALLS = {"timed": TIMED, "untimed": UNTIMED, "unix": UNIX, "plain": b'"one text"'}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(extra=CALLS) as server:
        yield server


@pytest.fixture
def cli(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    cli = Cli(tmp_path, monkeypatch, capsysbinary)
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    return cli


def words_in(text: str) -> list[int]:
    """The numbers of the turns of which the words stand in a text."""
    return [int(number) for number in re.findall(r"\bword(\d+)\b", text)]


PLACES = {
    "#turn=14": [14],
    "#turn=9..14": [9, 10, 11, 12, 13, 14],
    "#turn=20..20": [20],
    "#t=1:23": [8],
    "#t=0:01": [1],
    "#t=3:21": [20],
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", [(), ("export",), *(("export", "-f", name) for name in FORMATS)])
def test_only_the_place_is_printed(cli: Cli, command: tuple[str, ...], place: str) -> None:
    told = cli(*command, f"timed{place}")
    assert told.status == ExitStatus.DONE
    assert words_in(told.out.decode()) == PLACES[place]


def test_a_part_keeps_numbers_and_times(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("export", "timed#turn=9..10", "-f", "csv").text)))
    assert [(row["turn"], row["start_ms"]) for row in rows] == [("9", "90000"), ("10", "100000")]
    text = cli("timed#turn=9..10").text
    assert "Turns    9 to 10 of 20\n" in text
    assert "[1:30.0] user: word9\n" in text
    assert "Turns    9 of 20\n" in cli("timed#turn=9").text
    assert 'id="turn-9"' in cli("export", "timed#turn=9", "-f", "html").text


def test_a_part_as_json_can_be_read_again(cli: Cli) -> None:
    (cli.home / "part.json").write_bytes(cli("export", "timed#turn=9..10", "-f", "json").out)
    assert words_in(cli("part.json").text) == [9, 10]


@pytest.mark.parametrize("command", [(), ("export",), ("export", "-f", "json"), ("export", "-o", "out.srt")])
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("timed#turn=400", "there is no turn 400 – this call has 20 turns"),
        ("timed#turn=9..21", "there is no turn 21 – this call has 20 turns"),
        ("timed#t=99:00", "there is no 1:39:00 – the last turn ends at 3:20"),
        ("untimed#t=1:23", "this call has no times – go to a turn by its number instead"),
        ("plain#turn=1", "this transcript is one plain text, without turns – leave out the place"),
        ("plain#t=0:01", "this transcript is one plain text, without turns – leave out the place"),
    ],
)
def test_a_missing_place_is_refused(cli: Cli, command: tuple[str, ...], target: str, said: str) -> None:
    told = cli(*command, target)
    assert (told.status, told.out, told.line) == (ExitStatus.USAGE, b"", said)
    assert not (cli.home / "out.srt").exists()


def times_in(text: str) -> list[str]:
    return [
        line[1 : line.index("]")] if line.startswith("[") else "" for line in text.partition("\n\n")[2].splitlines()
    ]


@pytest.mark.parametrize(
    ("call", "style", "times"),
    [
        ("timed#turn=9..10", "offset", ["1:30.0", "1:40.0"]),
        ("timed#turn=9..10", "gap", ["+10.0 s", "+10.0 s"]),
        ("timed#turn=9..10", "off", ["", ""]),
        ("unix#turn=1..3", "utc", ["14:00:00.0", "14:00:02.5", "14:00:05.0"]),
        ("unix#turn=1..2", "gap", ["0:00.0", "+2.5 s"]),
        ("untimed", "off", ["", ""]),
    ],
)
def test_times_are_printed_in_the_given_style(cli: Cli, call: str, style: str, times: list[str]) -> None:
    assert times_in(cli(call, "--time", style).text) == times
    assert times_in(cli("--time", style, "open", call).text) == times


def test_local_times_are_those_of_this_machine(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "XXX-05:30")
    time.tzset()
    try:
        text = cli("unix#turn=1", "--time", "local").text
        assert times_in(text) == ["19:30:00.0"]
        assert "\nStarted  12 Nov 2026 19:30 +05:30\n" in text
        for style in ("utc", "offset", "gap"):
            assert "\nStarted  12 Nov 2026 14:00 UTC\n" in cli("unix#turn=1", "--time", style).text
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("call", "style", "said"),
    [
        ("timed", "utc", "times are offsets, not utc: when the call started is not known"),
        ("timed", "local", "times are offsets, not local: when the call started is not known"),
        ("untimed", "gap", "this call has no times"),
        ("untimed", "utc", "this call has no times"),
    ],
)
def test_an_unavailable_time_style_is_reported(cli: Cli, call: str, style: str, said: str) -> None:
    told = cli(call, "--time", style)
    assert (told.status, told.line) == (ExitStatus.DONE, said)
    assert told.out == cli(call).out


def test_the_settings_decide_the_style_of_times(cli: Cli) -> None:
    directory = cli.home / "omni-transcripts"
    directory.mkdir(exist_ok=True)
    (directory / "settings.toml").write_text('time = "gap"')
    assert times_in(cli("timed#turn=9").text) == ["+10.0 s"]
    assert times_in(cli("timed#turn=9", "--time", "offset").text) == ["1:30.0"]
    assert times_in(cli("export", "timed#turn=9").text) == ["+10.0 s"]
    assert " · +10.0 s\n" in cli("export", "timed#turn=9", "-f", "md").text
    assert ">+10.0 s</a>" in cli("export", "timed#turn=9", "-f", "html").text
    for name in set(FORMATS) - {"txt", "md", "html"}:  # a setting is not asked for, so it is not refused
        assert (
            cli("export", "timed#turn=9", "-f", name).out
            == cli("export", "timed#turn=9", "-f", name, "--config", os.devnull).out
        )


EXPORTED = {
    "utc": ("12 Nov 2026 14:00 UTC", "14:00:02.5", '<time datetime="2026-11-12T14:00:02.500Z">14:00:02.5</time>'),
    "local": ("12 Nov 2026 19:30 +05:30", "19:30:02.5", '<time datetime="2026-11-12T14:00:02.500Z">19:30:02.5</time>'),
    "offset": ("12 Nov 2026 14:00 UTC", "0:02.5", '<time datetime="PT2.500S">0:02.5</time>'),
    "gap": ("12 Nov 2026 14:00 UTC", "+2.5 s", "+2.5 s"),
    "off": ("12 Nov 2026 14:00 UTC", "", "#2"),
}
"""For each style, the start, the time of the second turn, and that on a page."""


@pytest.mark.parametrize("style", EXPORTED)
def test_exported_times_have_the_given_style(cli: Cli, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    import time

    started, at, on_page = EXPORTED[style]
    monkeypatch.setenv("TZ", "XXX-05:30")
    time.tzset()
    try:
        text, md, html = (
            cli("export", "unix#turn=2", "-f", name, "--time", style).text for name in ("txt", "md", "html")
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert times_in(text) == [at]
    assert md.count(f"**assistant**{' · ' if at else ''}{at}\n") == 1
    assert f'<a href="#turn-2">{on_page}</a>' in html
    assert all(started in document.replace("\\", "") for document in (text, md, html))


@pytest.mark.parametrize("name", ["md", "html"])
def test_an_unavailable_time_style_of_an_export_is_reported(cli: Cli, name: str) -> None:
    told = cli("export", "timed", "-f", name, "--time", "utc")
    assert (told.status, told.line) == (
        ExitStatus.DONE, "times are offsets, not utc: when the call started is not known"
    )  # fmt: skip
    assert told.out == cli("export", "timed", "-f", name).out


@pytest.mark.parametrize("name", ["json", "csv", "srt", "vtt", "jsonl", "harness", "all"])
def test_a_time_style_without_effect_is_refused(cli: Cli, name: str) -> None:
    chosen = {"harness": ("timed", "--harness"), "all": ("--all", "-f", "jsonl")}.get(name, ("timed", "-f", name))
    told = cli("export", *chosen, "--time", "offset")
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line == f"--time has no effect on {chosen[-1].strip('-')} – it is for txt, md and html"
