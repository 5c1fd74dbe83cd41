"""Every option with every command: it makes a difference, or it is refused; none is dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import HELLO, KEY, Cli, Told
from tui.api import retries
from tui.core.errors import ExitStatus
from tui.core.secret import SecretStr
from tui.demo.contract import DEMO_KEY, SCOPELESS_KEY
from tui.demo.server import DemoServer
from tui.options import COMMANDS, options_of
from tui.store.library import Library

TURNS = [
    {"role": "user", "text": "I want a refund,\nnow", "start_ms": start_ms}
    for start_ms in range(1_000, 400_000, 60_000)
]
TIMED = json.dumps({"turns": TURNS}).encode()
EXTRA = {"call_x": TIMED, "call_y": HELLO}
NOWHERE = "https://nowhere.invalid"

BASES = {
    "open": ("call_x",),
    "export": ("export", "call_x"),
    "insights": ("insights", "call_x"),
    "check": ("check", "call_x", "--contains", "refund"),
    "search": ("search", "refund"),
    "calls": ("calls",),
    "sync": ("sync",),
    "auth": ("auth", "status"),
    "cache": ("cache", "info"),
    "demo-server": ("demo-server", "--port", "99999"),
    "completion": ("completion", "bash"),
}
"""A command line for each command, without any of the options below, that ends by itself."""

OPTIONS: dict[str, tuple[str, ...]] = {
    "--demo": (),
    "--base-url": ("http://127.0.0.1:9",),
    "--api-key-file": ("other.key",),
    "--offline": (),
    "--no-cache": (),
    "--config": ("other.toml",),
    "--time": ("gap",),
    "--layout": ("script",),
    "--full-redraw": (),
    "--no-mouse": (),
}
"""Each option that may stand before a command, with a value that is not the usual one."""

WORKS = {
    "open": ("--demo", "--base-url", "--api-key-file", "--offline", "--no-cache", "--config", "--time"),
    "export": ("--demo", "--base-url", "--api-key-file", "--offline", "--no-cache", "--config", "--time"),
    "insights": ("--demo", "--base-url", "--api-key-file", "--offline", "--no-cache", "--config"),
    "check": ("--demo", "--base-url", "--api-key-file", "--offline", "--no-cache", "--config"),
    "search": ("--demo", "--base-url", "--api-key-file", "--config"),
    "calls": ("--demo", "--base-url", "--api-key-file", "--offline", "--no-cache", "--config"),
    "sync": ("--base-url", "--api-key-file", "--config"),
    "auth": ("--base-url", "--api-key-file", "--config"),
    "cache": ("--config",),
}
"""What makes a difference to a command where there is no terminal; everything else is refused."""

OWN: dict[str, dict[str, tuple[str, ...]]] = {
    "export": {
        "-o": ("out.txt",), "--output": ("out.txt",), "-f": ("md",), "--format": ("csv",),
        "--force": (), "--marks": (), "--bom": (), "--speakers": (), "--whole-turns": (),
        "--wait": ("0.1s",), "--turns": (), "--all": (), "--harness": (),
        "--label": ("pizza-orders",), "--since": ("2100-01-01",),
        "--before": ("2000-01-01",),
    },
    "insights": {"--json": ()},
    "check": {
        "--max-response": ("800",), "--max-response-p50": ("800ms",), "--max-response-p95": ("1.5s",),
        "--max-silence": ("3s",), "--max-stop": ("600",), "--max-interruptions": ("0",), "--contains": ("now",),
        "--not-contains": ("now",), "--regex": ("n.w",), "--not-regex": ("n.w",), "--role": ("assistant",),
        "--no-errors": (), "--bands": (), "--strict": (), "--json": (), "--junit": ("out.txt",),
    },
    "search": {
        "--regex": (), "--json": (), "--all-hits": (), "--role": ("assistant",),
        "--label": ("pizza-orders",), "--since": ("2100-01-01",), "--before": ("2000-01-01",),
    },
    "calls": {
        "--label": ("pizza-orders",), "--limit": ("1",), "--status": ("failed",), "--since": ("2026-11-12",),
        "--json": (),
    },
    "sync": {"--label": ("pizza-orders",), "--limit": ("1",), "--since": ("2026-11-12",)},
    "cache": {"--json": ()},
    "demo-server": {"--port": ("99998",), "--turns": ("0",), "--calls": ("0",)},
}  # fmt: skip
"""The options that only one command has, with what they are tried with."""
ALIKE = {
    ("search", "--regex"): ("search", "ref.nd"),
    ("export", "--force"): ("export", "call_x", "-o", "there.txt"),
    ("export", "--bom"): ("export", "call_x", "-f", "csv"),
    ("export", "--speakers"): ("export", "call_x", "-f", "srt"),
    ("export", "--whole-turns"): ("export", "call_x", "-f", "vtt"),
    ("export", "--wait"): ("export", "call_nope"),
    ("export", "--turns"): ("export", "call_x", "-f", "jsonl"),
    ("export", "--all"): ("export", "-f", "jsonl"),
    ("export", "--label"): ("export", "--all", "-f", "jsonl"),
    ("export", "--since"): ("export", "--all", "-f", "jsonl"),
    ("export", "--before"): ("export", "--all", "-f", "jsonl"),
    ("check", "--strict"): ("check", "call_x", "--bands"),
}
"""Where an option changes only some command lines: the one without it to compare with."""


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(extra=EXTRA) as server:
        yield server


@pytest.fixture
def cli(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    """Somebody with an account, in a directory with another key and other settings."""
    monkeypatch.setattr(retries, "_pause_s", lambda _: 0.0)  # before another attempt, where nobody answers
    cli = Cli(tmp_path, monkeypatch, capsysbinary)
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", "")
    directory = tmp_path / "omni-transcripts"
    directory.mkdir()
    (directory / "settings.toml").write_text(f'base_url = "{server.base_url}"')
    (tmp_path / "other.toml").write_text('base_url = "http://127.0.0.1:9"\ncache_mib = 16')
    (tmp_path / "other.key").touch(mode=0o600)
    (tmp_path / "other.key").write_text(SCOPELESS_KEY)
    (tmp_path / "there.txt").write_text("mine")
    return cli


def outcome(cli: Cli, *arguments: str) -> tuple[Told, bool, list[str]]:
    """What came of a command line: what was told, whether the call was kept, and which files are there."""
    told = cli(*arguments)
    kept = b"call_x" in cli("cache", "info").out or (cli.home / "omni-transcripts" / "library.db").exists()
    files = sorted(f"{path.name}: {path.read_bytes()!r}" for path in cli.home.glob("*.txt"))
    for left in (*cli.home.glob("out.*"), *(cli.home / "omni-transcripts").glob("library.db*")):
        left.unlink()
    (cli.home / "there.txt").write_text("mine")
    return told, kept, files


def flags_of(command: str) -> list[str]:
    return [flag for option in options_of(command) if option.name not in {"help", "version"} for flag in option.flags]


def test_the_tables_are_complete() -> None:
    assert flags_of("") == list(OPTIONS)
    assert COMMANDS.keys() == BASES.keys()
    for command in COMMANDS:
        assert {flag for flag in flags_of(command) if flag not in OPTIONS} == OWN.get(command, {}).keys()


@pytest.mark.parametrize("where", ["before", "behind"])
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("command", BASES)
def test_an_option_makes_a_difference_or_is_refused(cli: Cli, command: str, option: str, where: str) -> None:
    if command in {"open", "export", "search", "cache"}:
        assert cli("export", "call_x").status == ExitStatus.DONE  # so that there is something to be found
    given = (option, *OPTIONS[option])
    arguments = (*given, *BASES[command]) if where == "before" else (*BASES[command], *given)
    if option not in WORKS.get(command, ()):
        told = cli(*arguments)
        assert (told.status, told.out) == (ExitStatus.USAGE, b"")
        assert option in told.line
        assert "has no effect" in told.line or "unrecognized arguments" in told.line
        return
    if option == "--no-cache":  # nothing is kept yet where it is to be seen
        outcome(cli, *BASES[command])
    without = outcome(cli, *BASES[command])
    if command == "cache":
        cli("export", "call_x")
    with_it = outcome(cli, *arguments)
    assert with_it != without
    assert b"has no effect" not in with_it[0].err


@pytest.mark.parametrize(("command", "option"), [(command, option) for command in OWN for option in OWN[command]])
def test_an_option_of_one_command_makes_a_difference_to_it(
    cli: Cli, server: DemoServer, command: str, option: str
) -> None:
    case = command, option
    base, more = ALIKE.get(case, BASES[command]), OWN[command][option]
    cli("export", "call_x")
    without = outcome(cli, *base)
    cli("export", "call_x")
    if option == "--marks":
        library = Library()
        library.mark(library.new_account(server.base_url, SecretStr(DEMO_KEY)), "call_x", 0, is_marked=True)
    assert outcome(cli, *base, option, *more) != without


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--demo", "--base-url", NOWHERE, "call_x"), "--base-url has no effect beside --demo"),
        (("--demo", "--api-key-file", "other.key", "call_x"), "--api-key-file has no effect beside --demo"),
        (("--demo", "--offline", "call_x"), "--offline shows what is kept on this machine"),
        (("--no-cache", "--offline", "call_x"), "--offline shows what is kept on this machine"),
        (("--demo", "hello.json"), "--demo has no effect on hello.json, which is no call of an account"),
        (("--base-url", NOWHERE, "-"), "--base-url has no effect on standard input, which is no call of an account"),
        (("export", "hello.json", "--api-key-file", "other.key"), "--api-key-file has no effect on hello.json"),
        (("export", "call_x", "--force"), "--force has no effect without -o FILE"),
        (("export", "call_x", "--force", "-o", "-"), "--force has no effect without -o FILE"),
        (("export", "call_x", "--speakers", "-f", "csv"), "--speakers has no effect on csv"),
        (("export", "call_x", "--whole-turns"), "--whole-turns has no effect on txt"),
        (("export", "call_x", "--bom"), "--bom has no effect on txt"),
        (("export", "call_x", "--turns"), "--turns has no effect on txt – it is for jsonl and parquet"),
        (("export", "call_x", "-f", "parquet"), "parquet is no text – name a file with -o"),
        (("export", "--all", "-f", "parquet", "-o", "-"), "parquet is no text – name a file with -o"),
        (("export", "call_x", "-f", "jsonl", "--marks"), "--marks has no effect on jsonl"),
        (("export", "call_x#turn=1", "-f", "jsonl"), "the row of a call is of the whole call"),
        (("export", "call_x", "-f", "jsonl", "--since", "7d"), "--since has no effect without --all"),
        (("export", "--all", "-f", "jsonl", "call_x"), "--all is all calls that are kept"),
        (("export", "--all", "-f", "jsonl", "--wait", "1s"), "--wait has no effect beside --all"),
        (("export", "--all", "-f", "jsonl", "--offline"), "--offline has no effect beside --all"),
        (("export", "--all", "-f", "jsonl", "--bom"), "--bom has no effect on jsonl"),
        (("export", "call_x", "--harness", "-f", "json"), "--format has no effect beside --harness"),
        (("export", "call_x", "--harness", "--turns"), "--turns has no effect beside --harness"),
        (("export", "call_x", "--harness", "--bom"), "--bom has no effect on harness"),
        (("export", "--all", "-f", "txt"), "--all writes tables"),
        (("search", "x", "--json", "--all-hits"), "--all-hits has no effect with --json"),
        (("check", "call_x", "--bands", "--role", "user"), "--role has no effect without --max-interruptions"),
        (("auth", "login", "--api-key-file", "other.key"), "--api-key-file has no effect on auth login"),
    ],
)
def test_options_without_effect_beside_others_are_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    (cli.home / "hello.json").write_bytes(HELLO)
    told = cli(*arguments, stdin=HELLO)
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line.startswith(said)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--demo",), "--demo"),
        (("--no-cache",), "--no-cache"),
        (("--config", "kept.toml"), "cache = false"),
        (("--demo", "--config", "kept.toml"), "--demo and cache = false"),
        (("--demo", "--no-cache"), "--demo and --no-cache"),
    ],
)
def test_what_offline_cannot_be_with_is_named_as_it_was_given(cli: Cli, arguments: tuple[str, ...], named: str) -> None:
    (cli.home / "kept.toml").write_text("cache = false\n")
    told = cli("calls", "--offline", *arguments)
    assert told.status == ExitStatus.USAGE
    assert told.line == f"--offline shows what is kept on this machine – leave out {named}"


def test_offline_and_no_cache_are_accepted_for_files(cli: Cli) -> None:
    (cli.home / "hello.json").write_bytes(HELLO)
    cli.set("PYAI_API_KEY", KEY)
    for promise in ("--offline", "--no-cache"):
        assert "Hello there" in cli(promise, "hello.json").text
