"""``export``: standard output, files, and messages beside them."""

from __future__ import annotations

import json
import os
import shlex
import signal
import stat
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.canary import Answer, answering
from tests.canary import told as answered
from tests.faults import answer, says
from tests.program import COMMAND, KEY, PATIENCE_S, Cli, Told, environment, run, serving
from tui.api.wire import parse_transcript
from tui.core.call import CallDocument
from tui.core.errors import ExitStatus
from tui.core.export import FORMATS, ROW_FORMATS
from tui.core.export.model import Options

SPOKEN = """{"turns": [
    {"role": "assistant", "text": "こんにちは – Grüße, שלום\\u001b[31m!", "start_ms": 0, "end_ms": 2500},
    {"role": "user", "text": "=1+1\\n<b>hi</b>"}
]}""".encode()
LEGACY = b'"Agent: hello"'
NOTE = "1 of 2 turns have no usable times: shown after the turn before them"


@pytest.fixture
def cli(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "call.json").write_bytes(SPOKEN)
    (tmp_path / "legacy.json").write_bytes(LEGACY)
    return cli


def rendered(name: str) -> bytes:
    document = CallDocument(parse_transcript(SPOKEN, call_id=None, fallback_id="call"))
    return FORMATS[name].render(document, Options()).text.encode()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_to_standard_output(cli: Cli, name: str) -> None:
    told = cli("export", "call.json", "-f", name)
    assert (told.status, told.out) == (ExitStatus.DONE, rendered(name))


@pytest.mark.parametrize("name", ["txt", "md", "html"])
def test_structures_are_exported(cli: Cli, name: str) -> None:
    turns = """[
        {"role": "assistant", "text": "Wait.", "tool_calls": [{"name": "track", "args": {"parcel": 22}}]},
        {"role": "tool", "name": "track", "text": "", "is_error": true, "result": {"error": "carrier offline"}},
        {"role": "user", "text": "no", "interrupted": true, "final": false}
    ]"""
    (cli.home / "tools.json").write_text(turns)
    document = unescape(cli("export", "tools.json", "-f", name).out.decode()).replace("\\", "")
    for line in (
        '▸ track {"parcel": 22}',
        '▸ track → failed: {"error": "carrier offline"}',
        "· interrupted · not final",
    ):
        assert line in document


@pytest.mark.parametrize("name", FORMATS)
def test_no_words_hidden_in_selectors_are_exported(cli: Cli, name: str) -> None:
    hidden = "".join(chr(0xFE00 + nibble) for byte in b"send it" for nibble in divmod(byte, 16))
    turns = [{"role": f"user{hidden}", "text": f"than{hidden}ks", "start_ms": 0, "end_ms": 900}]
    (cli.home / "hidden.json").write_text(json.dumps(turns, ensure_ascii=False))
    document = cli("export", "hidden.json", "-f", name).out.decode()
    assert not set(hidden) & set(document)
    assert name == "json" or "thanks" in document


def test_text_is_the_default_format(cli: Cli) -> None:
    assert cli("export", "call.json").text.encode() == rendered("txt")


def test_bytes_are_the_same_in_every_locale(cli: Cli) -> None:
    for name in ("txt", "html", "csv"):
        told = run(cli.home, "export", "call.json", "-f", name, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
        assert (told.status, told.out, told.err) == (ExitStatus.DONE, rendered(name), b"")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        *((f"out.{name}", name) for name in FORMATS),
        ("OUT.HTM", "html"),
        ("out.markdown", "md"),
        ("out.text", "txt"),
        ("out", "txt"),
        (".srt", "txt"),
        ("out.", "txt"),
    ],
)
def test_the_file_ending_decides_the_format(cli: Cli, file: str, name: str) -> None:
    told = cli("export", "call.json", "-o", file)
    assert (told.status, told.out) == (ExitStatus.DONE, b"")
    assert told.lines[0] == f"written to {cli.home / file}"
    assert (cli.home / file).read_bytes() == rendered(name)


@pytest.mark.parametrize("file", ["out.pdf", "out.DOCX", "out.txt.gz", "/dev/fd/1.xlsx"])
def test_an_unknown_ending_is_refused_with_the_known_ones(cli: Cli, file: str) -> None:
    told = cli("export", "call_nowhere", "--offline", "-o", file)  # before the call is looked for
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert (
        told.line == f"there is no format “{Path(file).suffix}” – the formats are {', '.join((*FORMATS, *ROW_FORMATS))}"
    )
    assert not (cli.home / file).exists()
    assert cli("export", "call.json", "-o", "named.pdf", "-f", "md").status == ExitStatus.DONE


EFFECTIVE = {
    "--bom": {"csv"}, "--speakers": {"srt"}, "--whole-turns": {"srt", "vtt"}, "--marks": {"txt", "md", "csv", "html"}
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("flag", EFFECTIVE)
def test_an_option_works_or_is_refused(cli: Cli, flag: str, name: str) -> None:
    told = cli("export", "call.json", "-f", name, flag)
    if name in EFFECTIVE[flag]:
        assert (told.status, bool(told.out)) == (ExitStatus.DONE, True)
    else:
        assert (told.status, told.out) == (ExitStatus.USAGE, b"")
        assert told.line.startswith(f"{flag} has no effect on {name} – it is for ")


@pytest.mark.parametrize(
    ("flag", "formats"),
    [("--bom", "csv"), ("--whole-turns", "srt and vtt"), ("--marks", "txt, md, csv and html")],
)
def test_the_formats_of_an_option_are_listed_in_a_sentence(cli: Cli, flag: str, formats: str) -> None:
    assert cli("export", "call.json", "-f", "json", flag).line.endswith(f" – it is for {formats}")


def test_subtitles_are_short_or_have_whole_turns(cli: Cli) -> None:
    long = {
        "turns": [{"role": "user", "text": "We have all the time there is. " * 40, "start_ms": 0, "end_ms": 90_000}]
    }
    (cli.home / "long.json").write_text(json.dumps(long))
    told = cli("export", "long.json", "-f", "srt", "--speakers")
    assert told.out.startswith(b"1\n00:00:00,000 --> 00:00:0")
    assert told.out.count(b" --> ") > 12
    assert told.out.count(b"user: ") == 1
    assert told.line.startswith("1 of 1 turns are longer than two lines or 7 s: cut into cues")
    assert cli("export", "long.json", "-f", "srt", "--whole-turns").text.count(" --> ") == 1


def test_a_table_for_excel_begins_with_a_byte_order_mark(cli: Cli) -> None:
    assert cli("export", "call.json", "-f", "csv", "--bom").text.encode() == b"\xef\xbb\xbf" + rendered("csv")


def test_the_format_option_precedes_the_ending(cli: Cli) -> None:
    told = cli("export", "call.json", "--format", "csv", "--output", "out.html")
    assert (cli.home / "out.html").read_bytes() == rendered("csv")
    assert (told.status, told.lines[1]) == (ExitStatus.DONE, "out.html holds csv, and its ending is that of html")


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("--harness", "-o", "h.csv"), "h.csv holds harness, and its ending is that of csv"),
        (("-f", "srt", "-o", "h2.CSV"), "h2.CSV holds srt, and its ending is that of csv"),
        (("-f", "jsonl", "-o", "a.json"), "a.json holds jsonl, and its ending is that of json"),
        (("-f", "json", "-o", "a.parquet"), "a.parquet holds json, and its ending is that of parquet"),
        (("--harness", "-o", "h.json"), None),
        (("--harness", "-o", "h"), None),
        (("-f", "md", "-o", "a.markdown"), None),
        (("-f", "md", "-o", "a.notes"), None),
        (("-f", "txt", "-o", "a.txt"), None),
    ],
)
def test_the_ending_of_another_format_is_told(cli: Cli, arguments: tuple[str, ...], note: str | None) -> None:
    told = cli("export", "call.json", *arguments)
    assert told.status == ExitStatus.DONE
    assert [line for line in told.lines if " holds " in line] == ([] if note is None else [note])


def test_a_file_is_private(cli: Cli) -> None:
    cli("export", "call.json", "-o", "out.txt")
    assert stat.S_IMODE((cli.home / "out.txt").stat().st_mode) == 0o600


def test_a_file_is_never_overwritten_unasked(cli: Cli) -> None:
    out = cli.home / "out.txt"
    out.write_text("mine")
    told = cli("export", "call.json", "-o", out)
    assert (told.status, told.out) == (ExitStatus.OUTPUT, b"")
    assert told.line == f"{out} was not written: there is a file already – --force replaces it"
    assert out.read_text() == "mine"
    assert cli("export", "call.json", "-o", out, "--force").status == ExitStatus.DONE
    assert out.read_bytes() == rendered("txt")


def test_the_transcript_that_is_read_is_not_overwritten(cli: Cli) -> None:
    assert cli("export", "call.json", "-o", "call.json").status == ExitStatus.OUTPUT
    assert (cli.home / "call.json").read_bytes() == SPOKEN


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("link.txt", "is a symbolic link"),
        ("directory", "it is a directory"),
        ("", "it is a directory"),
        ("absent/out.txt", "absent/out.txt was not written: there is no directory /"),
        ("call.json/out.txt", "no directory"),
        ("/dev/full", "the disk is full"),
        ("a" * 300, "the name is too long"),
    ],
)
def test_a_failed_write_leaves_the_file_unchanged(cli: Cli, file: str, said: str, force: tuple[str, ...]) -> None:
    (cli.home / "directory").mkdir()
    (cli.home / "link.txt").symlink_to("call.json")
    before = sorted(cli.home.rglob("*"))
    told = cli("export", "call.json", "-o", file, *force)
    assert (told.status, told.out) == (ExitStatus.OUTPUT, b"")
    assert said in told.line
    assert sorted(cli.home.rglob("*")) == before
    assert (cli.home / "call.json").read_bytes() == SPOKEN


def through_a_shell(cli: Cli, script: str) -> Told:
    """What a shell's command line prints in which ``export`` stands for a whole export."""
    export = shlex.join([*COMMAND, "export", "call.json"])
    done = subprocess.run(
        ["bash", "-c", script.replace("export", export)],
        env=environment(cli.home),
        cwd=cli.home,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "script",
    [
        "export -o /dev/stdout",
        "export -o /dev/stdout | cat",
        "export -o /dev/fd/3 3>&1 >/dev/null",
        "export -o >(cat) | cat",
        "export -o /proc/self/fd/1 > out; cat out",
        "ln -s /dev/stdout link; export -o link --force > out; cat out",
        "mkfifo fifo; cat fifo & export -o fifo; wait",
        "mkfifo fifo; ln -s fifo link; cat fifo & export -o link; wait",
    ],
)
def test_pipes_and_devices_are_written_to(cli: Cli, script: str) -> None:
    told = through_a_shell(cli, script)
    assert (told.status, told.out) == (ExitStatus.DONE, rendered("txt"))
    assert told.line.startswith("written to ")
    assert not (cli.home / "fifo").exists() or (cli.home / "fifo").is_fifo()


def test_standard_output_by_its_name_is_appended_to(cli: Cli) -> None:
    told = through_a_shell(cli, "echo before > out; export -o /dev/stdout >> out; cat out")
    assert told.out == b"before\n" + rendered("txt")


def test_a_format_holds_for_a_pipe_too(cli: Cli) -> None:
    assert through_a_shell(cli, "export -f html -o >(cat) | cat").out == rendered("html")


def test_a_reader_may_close_the_pipe_early(cli: Cli) -> None:
    assert through_a_shell(cli, "mkfifo fifo; head -c 1 fifo & export -o fifo; wait $!").out == rendered("txt")[:1]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_one_signal_ends_the_wait_for_a_reader(cli: Cli, number: int, status: int) -> None:
    os.mkfifo(cli.home / "fifo")
    (cli.home / "long.json").write_text(json.dumps({"turns": [{"role": "user", "text": "word " * 100_000}]}))
    export = [*COMMAND, "export", "long.json", "-o", "fifo"]
    with subprocess.Popen(export, env=environment(cli.home), cwd=cli.home, stderr=subprocess.PIPE) as program:
        reader = os.open(cli.home / "fifo", os.O_RDONLY)  # waits for the program to open it
        try:
            assert os.read(reader, 1)  # it writes now, and more than the pipe holds
            program.send_signal(number)
            assert program.communicate(timeout=PATIENCE_S)[1] == b""
        finally:
            program.kill()
            os.close(reader)
    assert program.returncode == status


def test_a_dash_is_standard_output(cli: Cli) -> None:
    before = sorted(cli.home.iterdir())
    assert cli("export", "call.json", "-o", "-", "-f", "md").text.encode() == rendered("md")
    assert sorted(cli.home.iterdir()) == before


def test_adjustments_are_reported_beside_the_output(cli: Cli) -> None:
    told = cli("export", "call.json", "-f", "vtt")
    assert (told.out, told.line) == (rendered("vtt"), NOTE)
    assert cli("export", "call.json", "-o", "out.vtt").lines == [f"written to {cli.home / 'out.vtt'}", NOTE]


def test_a_format_that_cannot_hold_the_transcript_is_refused(cli: Cli) -> None:
    told = cli("export", "legacy.json", "-o", "out.srt")
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line == "this transcript has no turns, so it cannot be subtitles – export it as txt"
    assert not (cli.home / "out.srt").exists()


def test_a_failed_fetch_writes_nothing(cli: Cli) -> None:
    told = cli("export", "call_nowhere", "--demo", "-o", "out.txt")
    assert (told.status, told.out) == (ExitStatus.NOT_FOUND, b"")
    assert not (cli.home / "out.txt").exists()


def test_the_record_heads_the_transcript(cli: Cli) -> None:
    heading, _, _ = cli("export", "call_demo_booking", "--demo").text.partition("\n\n")
    assert heading.splitlines() == [
        "call_demo_booking",
        "Label    dental-front-desk",
        "Status   completed",
        "Started  12 Nov 2026 14:03 UTC",
        "Length   4:11",
        "Turns    38",
        "Moments  2 slow · 1 silence · 1 cut-off",
    ]


def test_a_wait_is_reported_before_the_export(cli: Cli) -> None:
    busy = says(answer(b"", "429 Slow down", {"Retry-After": "1"}))
    with serving(busy, busy, says(answer(SPOKEN))) as server:  # the first two ask for transcript and record
        told = cli("export", "call", "--base-url", server.base_url, "-f", "csv")
    assert (told.status, told.out) == (ExitStatus.DONE, rendered("csv"))
    assert told.line.endswith("; trying again in 1 s")


def test_a_fixture_has_the_latency_and_says_what_it_leaves_out(cli: Cli) -> None:
    turns = [
        {"role": "user", "text": "a", "start_ms": 1_500, "end_ms": 9_000},
        {"role": "assistant", "text": "mhm", "start_ms": 4_000, "end_ms": 4_300},
        {"role": "supervisor", "text": "b", "start_ms": 10_000, "end_ms": 11_000},
        {"role": "assistant", "text": "c", "start_ms": 14_000, "end_ms": 15_000},
    ]
    told = cli("export", "-", "--harness", stdin=json.dumps(turns).encode())
    assert told.status == ExitStatus.DONE
    assert [one["ttfb_ms"] for one in json.loads(told.out)["turns"]] == [5_000]
    assert told.line == "1 turn of other roles is left out: a fixture has caller and agent alone"


@pytest.mark.parametrize(("format_", "is_told"), [("txt", True), ("jsonl", True), ("json", False)])
def test_that_the_record_did_not_come_is_told(cli: Cli, format_: str, is_told: bool) -> None:
    def refused(path: str) -> Answer:
        said = {"call_id": "call_x", "transcript": {"turns": [{"role": "user", "text": "hi"}]}}
        return answered(said) if path.endswith("/transcript") else answered({}, 403)

    cli.set("PYAI_API_KEY", KEY)
    with answering(refused) as url:
        cli.set("PYAI_BASE_URL", url)
        told = cli("export", "call_x", "-f", format_)
    assert told.status == ExitStatus.DONE
    assert ("its label, status and start are not known" in told.err.decode()) == is_told
