"""Every link that the program writes opens what it names."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.program import Cli
from tui.core.errors import ExitStatus
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

TURNS = [
    {"role": "user", "text": "hello", "start_ms": 0, "end_ms": 500},
    {"role": "assistant", "text": "good morning", "start_ms": 4_000, "end_ms": 5_000},
]


@pytest.fixture
def cli(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "calls #1").mkdir()
    (tmp_path / "calls #1" / "a b.json").write_text(json.dumps(TURNS))
    (tmp_path / "named.json").write_text(json.dumps({"call_id": "call_x", "turns": TURNS}))
    return cli


def linked(cli: Cli, target: str, *arguments: str, stdin: bytes = b"") -> list[str | None]:
    ran = cli("export", target, "-f", "jsonl", *arguments, stdin=stdin)
    return [json.loads(line)["link"] for line in ran.out.splitlines()]


def test_the_links_of_a_file_without_an_id_open_it(cli: Cli) -> None:
    name = "./calls #1/a b.json"
    link = f"{name}#turn=2"
    assert (linked(cli, name), linked(cli, name, "--turns")[1]) == ([name], link)
    assert f"  {link}  slow answer" in cli("insights", name).text
    ran = cli("check", name, "--max-silence", "1s", "--no-errors")
    assert [line.split("  ")[-2].strip() for line in ran.out.decode().splitlines()] == [link, name]
    (check,) = json.loads(cli("check", name, "--max-silence", "1s", "--json").out)["checks"]
    assert check["link"] == link
    cli("check", name, "--max-silence", "1s", "--junit", "report.xml")
    assert link in (cli.home / "report.xml").read_text()
    printed = cli(link).text
    assert ("good morning" in printed, "hello" in printed) == (True, False)


def test_a_file_that_names_its_call_has_the_links_of_the_call(cli: Cli) -> None:
    assert linked(cli, "named.json") == ["call_x"]
    assert linked(cli, "named.json", "--turns") == ["call_x#turn=1", "call_x#turn=2"]


def test_standard_input_has_no_links(cli: Cli) -> None:
    stdin = json.dumps(TURNS).encode()
    assert linked(cli, "-", stdin=stdin) == [None]
    assert linked(cli, "-", "--turns", stdin=stdin) == [None, None]
    assert "0:00.5  turn 2  slow answer" in cli("insights", "-", stdin=stdin).text
    named = json.dumps({"call_id": "call_x", "turns": TURNS}).encode()
    assert linked(cli, "-", "--turns", stdin=named) == ["call_x#turn=1", "call_x#turn=2"]


def test_what_came_through_a_pipe_has_no_links(cli: Cli) -> None:
    pipe = cli.home / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(json.dumps(TURNS),))
    writer.start()
    ran = cli("check", "./pipe", "--max-silence", "1s")
    writer.join()
    assert ran.out == b"fail     pipe turn 2  max-silence: 3,500 ms, limit 1,000 ms\n"


def test_the_link_of_a_hit_in_a_plain_text_opens_it(cli: Cli, server: DemoServer) -> None:
    cli.set("PYAI_API_KEY", DEMO_KEY)
    cli.set("PYAI_BASE_URL", server.base_url)
    cli("sync", "--label", "pizza-orders")
    (hit,) = map(json.loads, cli("search", "pizza", "--json").text.splitlines())
    assert (hit["turn"], hit["link"]) == (None, "call_demo_legacy")
    assert linked(cli, "call_demo_legacy", "--turns") == [hit["link"]]
    link = cli("search", "pizza").text.splitlines()[1].split()[0]
    assert link == hit["link"]
    assert cli(link).status == ExitStatus.DONE


@pytest.mark.parametrize("call_id", ["a b", "x.json", "call_a,b", "file:///etc/passwd", "a#turn=1", "-x"])
def test_the_links_of_an_odd_id_open_its_call(cli: Cli, call_id: str) -> None:
    document = json.dumps({"call_id": call_id, "turns": TURNS}).encode()
    served = DemoServer(extra={call_id: json.dumps({"turns": TURNS}).encode()})
    with served as server:
        cli.set("PYAI_API_KEY", DEMO_KEY)
        cli.set("PYAI_BASE_URL", server.base_url)
        links = [*linked(cli, "-", stdin=document), linked(cli, "-", "--turns", stdin=document)[1]]
        whole, turn = (cli("export", link or "").text for link in links)
        assert "hello" in whole
        assert ("hello" in turn, "good morning" in turn) == (False, True)
        (hit,) = map(json.loads, cli("search", "morning", "--json").text.splitlines())
        assert (hit["call_id"], hit["link"]) == (call_id, links[1])
