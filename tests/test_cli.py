"""The command line as a user meets it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.faults import answer, says
from tests.program import HELLO, KEY, Cli, Told, serving
from tui import __version__
from tui.core.errors import ExitStatus
from tui.demo.contract import DEMO_KEY, SCOPELESS_KEY
from tui.demo.server import DemoServer
from tui.sources.prefetch import may_name_a_call


@pytest.fixture
def demo(cli: Cli, server: DemoServer) -> Cli:
    """The command line of somebody who has an account."""
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    return cli


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.json"
    path.write_bytes(HELLO)
    return path


def body_of(told: Told) -> str:
    """The turns of a transcript as text."""
    return told.text.partition("\n\n")[2]


# --- where it is asked for, and with which key ------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_a_base_url_may_have_a_version(demo: Cli, server: DemoServer, ending: str) -> None:
    demo.set("PYAI_BASE_URL", "https://nowhere.invalid")
    told = demo("--base-url", server.base_url + ending, "call_demo_untimed")
    assert told.text.startswith("call_demo_untimed\n")
    demo.set("PYAI_BASE_URL", server.base_url + ending)
    assert demo("call_demo_untimed").text == told.text


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("", "the base URL is no https address"),
        ("api.pyai.com", "the base URL is no https address"),
        ("http://example.com", "would send the key in the open"),
        (f"https://user:{KEY}@example.com", "holds a name or a password"),
    ],
)
def test_an_invalid_base_url_is_refused(cli: Cli, base_url: str, said: str) -> None:
    told = cli("call_x", "--base-url", base_url)
    assert told.status == ExitStatus.USAGE
    assert said in told.line


def test_a_key_file_precedes_the_environment(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(f"  {KEY}_of_file\n")
    with serving(says(answer(HELLO))) as server:
        body_of(cli("export", "call_x", "--base-url", server.base_url, "--api-key-file", file))
        assert all(f"Authorization: Bearer {KEY}_of_file\r\n".encode() in head for head in server.requests)
        assert server.requests


@pytest.mark.parametrize(
    ("mode", "content", "status", "said"),
    [
        (0o640, KEY, ExitStatus.USAGE, "others can read the key file"),
        (0o604, KEY, ExitStatus.USAGE, "make it private: chmod 600"),
        (0o600, " \n", ExitStatus.REFUSED, "is empty"),
        (0o600, f"{KEY} \u00e9", ExitStatus.REFUSED, "not 8 to 512 printable ASCII characters"),
        (0o600, "short", ExitStatus.REFUSED, "not 8 to 512 printable ASCII characters"),
        (0o600, KEY * 30, ExitStatus.REFUSED, "not 8 to 512 printable ASCII characters"),
    ],
)
def test_a_public_or_unusable_key_file_is_refused(
    cli: Cli, tmp_path: Path, mode: int, content: str, status: ExitStatus, said: str
) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    file.chmod(mode)
    told = cli("call_x", "--api-key-file", file)
    assert told.status == status
    assert said in told.line


@pytest.mark.parametrize("command", [("call_x",), ("export", "call_x"), ("calls",), ("check", "call_x", "--bands")])
@pytest.mark.parametrize("key", ["", "wrong", "k" * 513])
def test_no_key_and_a_malformed_one_have_one_status(cli: Cli, command: tuple[str, ...], key: str) -> None:
    cli.set("PYAI_API_KEY", key)
    told = cli(*command)
    assert (told.status, told.out) == (ExitStatus.REFUSED, b"")
    assert " API key" in told.line


@pytest.mark.parametrize("name", ["absent", ".", ""])
def test_a_missing_key_file_is_refused(cli: Cli, name: str) -> None:
    told = cli("call_x", "--api-key-file", name)
    assert told.status == ExitStatus.USAGE
    assert told.line.startswith("cannot read the key file")


def test_a_device_is_no_key_file(cli: Cli) -> None:
    told = cli("call_x", "--api-key-file", "/dev/null")
    assert told.status == ExitStatus.USAGE
    assert told.line == "the key file /dev/null is no regular file – name one that only you can read"


# --- the settings -----------------------------------------------------------------------------------------------


def settings(cli: Cli, text: str) -> Path:
    directory = cli.home / "omni-transcripts"
    directory.mkdir(exist_ok=True)
    path = directory / "settings.toml"
    path.write_text(text)
    return path


def test_flags_precede_variables_and_these_the_settings(demo: Cli, server: DemoServer) -> None:
    settings(demo, 'base_url = "https://nowhere.invalid"')
    told = demo("call_demo_untimed")
    demo.set("PYAI_BASE_URL", "")
    settings(demo, f'base_url = "{server.base_url}"')
    assert demo("call_demo_untimed").text == told.text
    settings(demo, 'base_url = "https://nowhere.invalid"')
    assert demo("call_demo_untimed", "--base-url", server.base_url).text == told.text


def test_an_environment_key_precedes_the_key_file_of_the_settings(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(f"{KEY}_of_settings")
    settings(cli, f'api_key_file = "{file}"')
    with serving(says(answer(HELLO))) as server:
        body_of(cli("call_x", "--base-url", server.base_url))
        assert f"Bearer {KEY}\r\n".encode() in server.requests[0]
        cli.set("PYAI_API_KEY", "")
        body_of(cli("call_x", "--base-url", server.base_url))
        assert f"Bearer {KEY}_of_settings\r\n".encode() in server.requests[-1]


@pytest.mark.parametrize("where", ["the API", "a file", "standard input"])
def test_the_longest_transcript_is_a_setting(cli: Cli, hello: Path, where: str) -> None:
    large = HELLO + b" " * (3 * 2**20)
    hello.write_bytes(large)
    with serving(says(answer(large))) as server:
        targets = {"the API": "call_x", "a file": str(hello), "standard input": "-"}
        arguments = (targets[where], *(("--base-url", server.base_url) if where == "the API" else ()))
        assert body_of(cli(*arguments, stdin=large)) == "user: Hello there\n"
        settings(cli, "max_body_mib = 2")
        told = cli(*arguments, stdin=large)
    assert told.status in {ExitStatus.BAD_ANSWER, ExitStatus.USAGE}
    assert "max_body_mib" in told.line


def test_invalid_settings_start_nothing(cli: Cli, hello: Path) -> None:
    path = settings(cli, 'time = "sometimes"')
    for arguments in ((hello,), ("export", hello), (hello, "--config", path)):
        told = cli(*arguments)
        assert (told.status, told.out) == (ExitStatus.USAGE, b"")
        assert "the setting time is 'sometimes'" in told.line
    assert cli("--config", cli.home / "absent.toml", hello).status == ExitStatus.USAGE
    path.unlink()
    assert body_of(cli(hello)) == "user: Hello there\n"


# --- every exit status ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--bogus",), "unrecognized arguments: --bogus – see omni-transcripts --help"),
        (("--port=8", "x"), "unrecognized arguments: --port=8 – --port is an option of demo-server"),
        (("search", "x", "--bom"), "unrecognized arguments: --bom – --bom is an option of export"),
        (("export", "x", "--json"), "unrecognized arguments: --json – --json is an option of insights, check, search"),
        (("check", "-x"), "unrecognized arguments: -x"),
        (("search", "-refund"), "-refund – words that begin with - stand between quotes behind --"),
        (("search", "refund", "-delay"), "-delay – words that begin with - stand between quotes behind --"),
        (("search",), "the following arguments are required: QUERY"),
        (("search", "--timeout"), "unrecognized arguments: --timeout – see omni-transcripts search --help"),
        (("export", "x", "--bogus"), "unrecognized arguments: --bogus"),
        (("--dem", "call_x"), "unrecognized arguments: --dem"),
        (("export", "call_x", "--forc"), "unrecognized arguments: --forc"),
        (("--api-key", "call_x"), "unrecognized arguments"),
        (("search", "refund", "monday"), "monday – put the query between quotes: 'refund monday'"),
        (("search", "don't", "--json", "do", "it"), "do it – put the query between quotes: 'don'\"'\"'t do it'"),
        (("search", "refund", "monday", "-delay"), "monday -delay – words that begin with - stand between quotes"),
        (("calls", "--label", "front", "desk"), "desk – put the words behind --label between quotes"),
        (("sync", "--since", "2026-11-01", "14:30"), "14:30 – put the words behind --since between quotes"),
        (("calls", "front"), "front – see omni-transcripts calls --help"),
        (("auth", "status", "now"), "now – see omni-transcripts auth --help"),
        (("a", "b"), "unrecognized arguments: b – put what was pasted between single quotes"),
        (("export", "user", "said"), "unrecognized arguments: said – put what was pasted between single quotes"),
        (("call_x", "status=500"), "unrecognized arguments: status=500 – put what was pasted between single quotes"),
        (("serch", "refund"), "there is no command “serch” – did you mean omni-transcripts search?"),
        (("exprot", "call_x", "-o", "x.txt"), "there is no command “exprot” – did you mean omni-transcripts export?"),
        (("export",), "export takes a TARGET – name a call, or ask for all that are kept with --all"),
        (("calls", "--limit", "x"), "argument --limit: 'x': "),
        (("calls", "--limit", "x"), "see omni-transcripts calls --help"),
        (("cache",), "the following arguments are required: {info,clear} – see omni-transcripts cache --help"),
        (("--time", "never"), "see omni-transcripts --help"),
        (("export", "x", "-f", "xls"), "invalid choice: 'xls'"),
        (("export", "x", "--layout", "chat"), "--layout has no effect on export"),
        (("--time", "sometimes", "x"), "invalid choice: 'sometimes'"),
        (("--layout",), "expected one argument"),
        (("demo-server", "--port", "x"), "'x': no whole number"),
        (("demo-server", "--port", "99999"), "no such port"),
        (("demo-server", "--turns", "0"), "a call of 0 turns cannot be made"),
        ((), "standard output is no terminal"),
        (("",), "the call id is empty"),
        (("..",), "“..” is no call id"),
        (("https://api.pyai.com/v1/me",), "the URL names no call"),
        (("call_x#turn=0",), "there is no turn 0"),
        (("call_x#somewhere",), "is no place in a transcript"),
        (("c" * 257,), "the call id has 257 characters"),
    ],
)
def test_wrong_usage_exits_with_2(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    told = cli(*arguments)
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert said in told.line


@pytest.mark.parametrize("command", [(), ("export",), ("export", "-f", "json")])
@pytest.mark.parametrize(
    ("call_id", "said"),
    [
        ("call_nowhere", "there is no call “call_nowhere”, or no transcript of it yet (404 not_found)"),
        (
            "call_demo_failed",
            "no transcript (status failed, error: “engine_session_identity_missing: the session ended",
        ),
        ("call_demo_late", "this call has no transcript (status completed) – a transcript comes some seconds after"),
        ("serch", "– did you mean the command search?"),
    ],
)
def test_a_missing_call_or_transcript_exits_with_3(
    demo: Cli, command: tuple[str, ...], call_id: str, said: str
) -> None:
    told = demo(*command, call_id)
    assert (told.status, told.out) == (ExitStatus.NOT_FOUND, b"")
    assert said in told.line
    assert "(request req_demo_" in told.line


NOTHING_SAID = [b"null", b"[]", b'""', b'{"turns": []}', b'{"transcript": null}']


@pytest.mark.parametrize("body", NOTHING_SAID)
@pytest.mark.parametrize("where", ["the API", "a file", "standard input"])
def test_an_empty_transcript_exits_with_3(cli: Cli, hello: Path, body: bytes, where: str) -> None:
    hello.write_bytes(body)
    with DemoServer(extra={"call_x": body}) as server:
        cli.set("PYAI_API_KEY", DEMO_KEY)
        cli.set("PYAI_BASE_URL", server.base_url)
        target = {"the API": "call_x", "a file": "hello.json", "standard input": "-"}[where]
        for arguments in ((target,), ("export", target), ("export", target, "-o", "out.html")):
            told = cli(*arguments, stdin=body)
            assert (told.status, told.out) == (ExitStatus.NOT_FOUND, b"")
            assert told.line.startswith("the transcript is empty: nothing was said, or nothing is there yet")
            assert not (cli.home / "out.html").exists()
            assert ("status completed" in told.line) is (where == "the API")
        assert cli("export", target, "-f", "json", stdin=body).text == body.decode() + "\n"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "there is no API key – set PYAI_API_KEY"),
        (KEY, "the key was not accepted"),
        (SCOPELESS_KEY, "a console key with the scope omni:read"),
    ],
)
def test_a_refusal_exits_with_4(demo: Cli, key: str, said: str) -> None:
    demo.set("PYAI_API_KEY", key)
    told = demo("call_demo_booking")
    assert (told.status, told.out) == (ExitStatus.REFUSED, b"")
    assert said in told.line


FAULTS = [
    ("402 Payment Required", b"", ExitStatus.REFUSED, "cannot pay"),
    ("404 Not Found", b'{"error": {"code": "unknown_route"}}', ExitStatus.USAGE, "check --base-url"),
    ("409 Conflict", b"", ExitStatus.REFUSED, "try again in a moment"),
    ("410 Gone", b"", ExitStatus.NOT_FOUND, "gone for good"),
    ("422 Unprocessable", b'{"title": "No"}', ExitStatus.USAGE, "check the call id"),
    ("429 Slow", b'{"error": {"code": "daily_cap_exceeded"}}', ExitStatus.UNREACHABLE, "renewed at 00:00 UTC"),
    ("200 OK", b"<html>", ExitStatus.BAD_ANSWER, "not JSON"),
    ("200 OK", b"", ExitStatus.BAD_ANSWER, "empty"),
    ("200 OK", b"[NaN]", ExitStatus.BAD_ANSWER, "not JSON"),
    ("200 OK", b'{"hello": 1}', ExitStatus.BAD_ANSWER, "no transcript"),
    ("200 OK", b'{"call_id": "call_y", "turns": []}', ExitStatus.BAD_ANSWER, "of another call"),
    ("204 No Content", b"", ExitStatus.BAD_ANSWER, "status 204"),
    ("302 Found", b"", ExitStatus.UNREACHABLE, "elsewhere.example"),
]


@pytest.mark.parametrize(("status", "body", "expected", "said"), FAULTS)
def test_every_answer_has_its_exit_status(cli: Cli, status: str, body: bytes, expected: ExitStatus, said: str) -> None:
    headers = {"Content-Type": "application/json", "Location": "https://elsewhere.example/", "X-Request-Id": "req_7"}
    with serving(says(answer(body, status, headers))) as server:
        told = cli("call_x", "--base-url", server.base_url)
    assert (told.status, told.out) == (expected, b"")
    assert said in told.line
    assert told.line.endswith("(request req_7)")


REFUSED = "{} cannot be reached: the connection was refused"


def test_an_unreachable_server_exits_with_5(cli: Cli) -> None:
    with serving() as server:
        gone = server.base_url
    told = cli("call_x", "--base-url", gone)
    assert (told.status, told.out) == (ExitStatus.UNREACHABLE, b"")
    refused = REFUSED.format(gone.removeprefix("http://"))
    assert told.lines == [
        f"{refused}; trying again in 1 s",
        "trying again in 1 s",
        f"{refused} – check the network, the base URL, and HTTPS_PROXY if it takes a proxy to get out",
    ]


@pytest.mark.parametrize("command", [["sync"], ["calls"], ["check", "c1", "--no-errors"], ["insights", "c1"]])
def test_why_it_tries_again_is_told_in_full_once(cli: Cli, command: list[str]) -> None:
    with serving() as server:
        cli.set("PYAI_BASE_URL", server.base_url)
        refused = REFUSED.format(server.base_url.removeprefix("http://"))
    first, second, last = cli(*command).lines
    assert (first, second) == (f"{refused}; trying again in 1 s", "trying again in 1 s")
    assert f"{refused} – check the network" in last


def test_an_excessive_pause_exits_with_5(cli: Cli) -> None:
    with serving(says(answer(b"", "503 Busy", {"Retry-After": "1e9"}))) as server:
        assert cli("call_x", "--base-url", server.base_url).status == ExitStatus.UNREACHABLE


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x89PNG\r\n", b"{}", b'{"turns": 7}', b"[" * 100_000])
def test_an_invalid_file_exits_with_6(cli: Cli, hello: Path, content: bytes) -> None:
    hello.write_bytes(content)
    for arguments, name in (((hello,), str(hello)), (("hello.json",), str(hello)), (("-",), "standard input")):
        told = cli(*arguments, stdin=content)
        assert (told.status, told.out) == (ExitStatus.BAD_ANSWER, b"")
        assert name in told.line
        assert "try again" not in told.line


# --- what it says of itself, and of what it was given -----------------------------------------------------------


def test_the_version_is_printed(cli: Cli) -> None:
    assert cli("--version").text == f"omni-transcripts {__version__}\n"


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("call_x", "--help"), ("--demo", "-h")])
def test_the_help_is_ascii(cli: Cli, arguments: tuple[str, ...]) -> None:
    told = cli(*arguments).text
    assert told.isascii()
    for word in ("export", "open", "demo-server", "--base-url", "--api-key-file", "--layout", "exit status"):
        assert word in told


@pytest.mark.parametrize("command", ["calls", "sync", "export"])
def test_the_help_names_the_forms_of_a_date(cli: Cli, command: str) -> None:
    said = " ".join(cli(command, "--help").text.split())
    assert "2026-11-01, 2026-11-01T14:30, today, yesterday, 36h or 7d" in said


@pytest.mark.parametrize("command", ["open", "export", "demo-server"])
def test_every_command_has_help_of_its_own(cli: Cli, command: str) -> None:
    told = cli(command, "--help").text
    assert told.isascii()
    assert told.startswith(f"usage: omni-transcripts {command} ")


@pytest.mark.parametrize(
    ("arguments", "may"),
    [
        ("call_x", True),
        ("--base-url u call_x", True),
        ("open call_x", True),
        ("--base-url u other-id", True),
        ("--no-mouse call_x", True),
        ("--offline call_x", True),
        ("--help call_x", True),
        ("", False),
        ("--base-url u", False),
        ("--time gap --layout chat", False),
        ("export call_x", False),
        ("completion bash", False),
        ("--demo call_x", False),
        ("--no-mouse --demo call_x", False),
        ("-", False),
    ],
)
def test_a_call_is_recognized_without_a_parser(arguments: str, may: bool) -> None:
    assert may_name_a_call(arguments.split()) is may


HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07\x1b[2J",
    "\x9b31m\x9d52;c;x\x9c",
    "one\ntwo\r\nthree\rfour\u2028five\x85six",
    "\u202egnissol\u2066 \u200b\u200f\ufeff",
    "\udcff\udcfe\udc80",
    "\x01\x08\x0e\x7f",
    "z" + "\u0301" * 500,
    "a" * 10_000,
    "-" * 10_000,
    "%s %(prog)s {0} [red]",
]


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize(
    "arguments",
    [
        ("{}",),
        ("open", "call_x", "{}"),
        ("--{}",),
        ("call_x#{}",),
        ("https://{}/",),
        ("{}/x.json",),
        ("call_x", "--time", "{}"),
        ("call_x", "--base-url", "{}"),
        ("call_x", "--base-url", "http://{}"),
        ("call_x", "--api-key-file", "{}"),
        ("export", "call_x", "-f", "{}"),
        ("export", "hello.json", "-o", "absent/{}"),
        ("demo-server", "--port", "{}"),
    ],
)
def test_hostile_arguments_are_shown_safely(cli: Cli, hello: Path, word: str, arguments: tuple[str, ...]) -> None:
    cli.set("PYAI_API_KEY", "")
    told = cli(*(argument.replace("{}", word) for argument in arguments))
    assert told.status in {ExitStatus.USAGE, ExitStatus.REFUSED, ExitStatus.OUTPUT}
    assert len(told.line) < 1_000
    assert {unicodedata.category(character) for character in told.line}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize(
    "arguments",
    [
        ("{}",),
        ("{}#turn=2",),
        ("call_x", "{}"),
        ("--api-key", "{}", "call_x"),
        ("--api-key-file", "{}", "call_x"),
        ("check", "call_x", "{}", "--bands"),
        ("check", "-", "--bands"),
        ("export", "{}"),
        ("export", "call_x", "--wait", "{}"),
        ("export", "call_x", "-f", "{}"),
        ("sync", "--since", "{}"),
        ("sync", "--label", "{}"),
        ("calls", "--label", "{}"),
        ("cache", "{}"),
    ],
)
def test_a_key_in_a_wrong_place_is_neither_sent_nor_shown(
    demo: Cli, server: DemoServer, arguments: tuple[str, ...]
) -> None:
    key, before = "pyai_live_Zq4-x_8", server.requests
    told = demo(*(argument.replace("{}", key) for argument in arguments), stdin=f"id {key}\n{key}\n".encode())
    assert told.status in {ExitStatus.USAGE, ExitStatus.REFUSED}
    assert key not in told.out.decode() + told.err.decode()
    assert server.requests == before


@pytest.mark.parametrize("arguments", [("{}",), ("export", "{}"), ("insights", "{}"), ("check", "{}", "-", "--bands")])
def test_ones_own_key_is_no_call_id_whatever_its_form(cli: Cli, arguments: tuple[str, ...]) -> None:
    key = "opaqueKey12345678"
    cli.set("PYAI_API_KEY", key)
    with serving(says(HELLO)) as server:
        cli.set("PYAI_BASE_URL", server.base_url)
        told = cli(*(argument.replace("{}", key) for argument in arguments), stdin=f"id={key}\n".encode())
        assert server.requests == []
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert "that is an API key" in told.line
    assert key not in told.line
