"""What may be named on the command line, and what is refused before anything is asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import answer, says
from tests.program import HELLO, HELLO_HEAD, Cli, Told, serving
from tui.core.errors import ExitStatus
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

EXTRA = dict.fromkeys(("export", "--help", "a/b\u00fc?"), HELLO)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(extra=EXTRA) as server:
        yield server


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


@pytest.mark.parametrize(
    "arguments",
    [
        ("--demo", "call_demo_untimed"),
        ("call_demo_untimed", "--demo"),
        ("open", "call_demo_untimed", "--demo"),
        ("--demo", "open", "call_demo_untimed"),
        ("--demo", "export", "call_demo_untimed"),
        ("export", "--demo", "call_demo_untimed"),
        ("export", "call_demo_untimed", "--demo"),
        ("--demo", "--time", "off", "--no-cache", "call_demo_untimed"),
    ],
)
def test_the_demo_option_may_stand_anywhere(cli: Cli, arguments: tuple[str, ...]) -> None:
    cli.set("PYAI_API_KEY", "")
    assert cli(*arguments).text.startswith("call_demo_untimed\n")


@pytest.mark.parametrize(
    "target",
    [
        "call_demo_untimed",
        " 'call_demo_untimed', ",
        "(call_demo_untimed).",
        "2026-11-12T14:03:11Z ERROR call_id=call_demo_untimed status=500",
        '{"level": "error", "call_id": "call_demo_untimed"}',
        "{url}/v1/omni/calls/call_demo_untimed/transcript?x=1",
        "{url}/v1/omni/calls/call%5Fdemo_untimed",
        "GET /v1/omni/calls/call_demo_untimed",
    ],
)
def test_a_call_is_found_in_every_form(demo: Cli, server: DemoServer, target: str) -> None:
    told = demo(target.replace("{url}", server.base_url))
    assert told.text == demo("export", "call_demo_untimed").text


@pytest.mark.parametrize("command", [(), ("export",)])
def test_two_calls_in_a_target_are_refused(demo: Cli, command: tuple[str, ...]) -> None:
    told = demo(*command, "call_id=call_demo_untimed parent_call_id=call_demo_long")
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line == "2 calls are named there: “call_demo_untimed”, “call_demo_long” – give one of them"


@pytest.mark.parametrize("command", [(), ("export",), ("--offline",)])
def test_addresses_of_other_hosts_are_refused_before_any_request(cli: Cli, command: tuple[str, ...]) -> None:
    with serving(says(answer(HELLO))) as server:
        told = cli(*command, "--base-url", server.base_url, "https://staging.example/v1/omni/calls/call_x")
        assert (told.status, told.out) == (ExitStatus.USAGE, b"")
        host = server.base_url.removeprefix("http://")
        assert told.line.startswith(f"this is an address of staging.example, but calls come from {host} – ")
        assert server.requests == []


@pytest.mark.parametrize("command", [(), ("export",), ("insights",), ("check", "--bands"), ("--offline",)])
def test_words_without_a_call_send_no_request(cli: Cli, command: tuple[str, ...]) -> None:
    with serving(says(answer(HELLO))) as server:
        told = cli(*command, "--base-url", server.base_url, "user said: my pin is 4711")
        assert (told.status, told.out) == (ExitStatus.USAGE, b"")
        assert "no call is named there – give a call id, " in told.line
        assert server.requests == []


def test_the_demo_refuses_addresses_of_other_hosts(cli: Cli) -> None:
    told = cli("--demo", "https://api.pyai.com/v1/omni/calls/call_demo_untimed")
    assert told.status == ExitStatus.USAGE
    assert "an address of api.pyai.com, but calls come from the demo" in told.line


@pytest.mark.parametrize(
    "arguments",
    [("open", "export"), ("export", "export"), ("--", "export"), ("export", "--", "--help"), ("open", "a/b\u00fc?")],
)
def test_ids_may_look_like_something_else(demo: Cli, arguments: tuple[str, ...]) -> None:
    assert body_of(demo(*arguments)) == "user: Hello there\n"


def test_a_file_precedes_a_call_of_its_name(cli: Cli, hello: Path) -> None:
    cli.set("HOME", str(cli.home))
    for target in (str(hello), "hello.json", "./hello.json", f"file://{hello}", "~/hello.json"):
        assert cli(target).text == f"hello\n{HELLO_HEAD}\nuser: Hello there\n"
    bare = hello.rename(hello.with_name("call_demo_untimed"))
    assert body_of(cli(bare.name)) == "user: Hello there\n"
    told = cli("--demo", bare.name)
    assert told.status == ExitStatus.USAGE
    assert told.line == "--demo has no effect on call_demo_untimed, which is no call of an account – leave it out"


def test_a_directory_does_not_hide_a_call_of_its_name(demo: Cli) -> None:
    (demo.home / "call_demo_untimed").mkdir()
    assert demo("call_demo_untimed").text.startswith("call_demo_untimed\n")


def test_a_pipe_is_a_file(cli: Cli) -> None:
    os.mkfifo(cli.home / "pipe")
    writer = threading.Thread(target=(cli.home / "pipe").write_bytes, args=(HELLO,))
    writer.start()
    assert body_of(cli("pipe")) == "user: Hello there\n"
    writer.join()


@pytest.mark.parametrize("command", [(), ("export",)])
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("~/typo", "no such file: {home}/typo – it is not in {home}"),
        ("file://{home}/x.json", "no such file: {home}/x.json – it is not in {home}"),
        ("./x", "no such file: x – it is not in {home}"),
        ("x.json", "no such file: x.json – it is not in {home}"),
        ("gone/x.json", "no such file: gone/x.json – there is no directory {home}/gone"),
        ("hello.json/x.json", "no such file: hello.json/x.json – {home}/hello.json is no directory"),
        ("./directory", "directory is a directory – name a file in it"),
        ("~nobody_of_that_name/x.json", "no such file: ~nobody_of_that_name/x.json – there is no directory {home}/~n"),
    ],
)
def test_targets_that_look_like_files_send_no_request(
    cli: Cli, hello: Path, command: tuple[str, ...], target: str, said: str
) -> None:
    cli.set("HOME", str(cli.home))
    (cli.home / "directory").mkdir()
    told = cli(*command, target.replace("{home}", str(cli.home)))
    assert (told.status, told.out) == (ExitStatus.USAGE, b"")
    assert told.line.startswith(said.replace("{home}", str(cli.home)))


@pytest.mark.parametrize("variable", ["PYAI_API_KEY", "PYAI_BASE_URL"])
def test_a_file_needs_neither_key_nor_address(cli: Cli, hello: Path, variable: str) -> None:
    cli.set(variable, "bad")
    assert body_of(cli(hello)) == "user: Hello there\n"


@pytest.mark.parametrize("arguments", [("-",), ("open", "-"), ("export", "-")])
def test_a_dash_is_standard_input(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments, stdin=HELLO).text == f"standard input\n{HELLO_HEAD}\nuser: Hello there\n"
