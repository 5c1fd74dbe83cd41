"""What was said is found in all calls that were opened, and told safely."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.canary import answering, canary, caught_in_text, obeyed_in, told
from tests.program import Cli
from tui.core.errors import ExitStatus

TURNS = [
    {"role": "user", "text": "I paid a deposit\nand want a refund, a refund please"},
    {"role": "assistant", "text": f"Of course. {canary('text')}", "tool_calls": [{"name": "pay_back"}]},
]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    return Cli(tmp_path, monkeypatch, capsysbinary)


@pytest.fixture
def url(cli: Cli) -> str:
    """The address of two calls that were opened."""
    record = {"session_label": canary("label"), "started_at": 1_794_492_200_000}
    with answering(lambda path: told({"transcript": TURNS} if path.endswith("/transcript") else record)) as url:
        for call_id in ("c1", "c2"):
            assert cli("export", call_id, "--base-url", url).status == ExitStatus.DONE
    cli.set("PYAI_BASE_URL", url)
    return url


@pytest.mark.usefixtures("url")
def test_a_line_for_each_hit_with_the_link_to_its_turn(cli: Cli) -> None:
    said = "I paid a deposit and want a refund, a refund please"
    assert cli("search", "refund").text.splitlines() == [f"{call}#turn=1  {said}" for call in ("c2", "c2", "c1", "c1")]
    assert cli("search", "course").text.startswith("c2#turn=2  Of course.")


@pytest.mark.usefixtures("url")
def test_tool_calls_are_found(cli: Cli) -> None:
    assert [line.partition("  ")[0] for line in cli("search", "pay_back").text.splitlines()] == [
        "c2#turn=2",
        "c1#turn=2",
    ]


@pytest.mark.usefixtures("url")
def test_it_is_told_safely(cli: Cli) -> None:
    printed = cli("search", "text").text
    assert "text␛" in printed
    assert caught_in_text(printed) == []
    lines = cli("search", "text", "--json").text
    assert obeyed_in(lines) == []
    assert lines.isascii()


@pytest.mark.usefixtures("url")
def test_a_poisoned_library_is_told_safely(cli: Cli) -> None:
    with sqlite3.connect(cli.home / "omni-transcripts" / "library.db") as database:
        database.execute("UPDATE kept SET call_id = id || ?", (canary("id"),))
        database.execute("UPDATE body SET said = CAST(? AS BLOB)", (canary("poison"),))
    printed = cli("search", "poison").text
    assert "id␛" in printed
    assert "poison␛" in printed
    assert caught_in_text(printed) == []
    assert obeyed_in(cli("search", "poison", "--json").text) == []


@pytest.mark.usefixtures("url")
def test_json_tells_all_that_is_known(cli: Cli) -> None:
    first, *_ = map(json.loads, cli("search", "--json", "--regex", "re.und").text.splitlines())
    assert first["text"][first["start"] : first["end"]] == "refund"
    assert (first["call_id"], first["turn"], first["started_at"]) == ("c2", 1, 1_794_492_200_000)
    assert first["session_label"] == canary("label")
    assert first["kept_at"] > first["started_at"] / 2


@pytest.mark.usefixtures("url")
def test_what_is_not_found_is_told_beside_the_output(cli: Cli) -> None:
    ran = cli("search", "nowhere")
    assert (ran.status, ran.out, ran.line) == (ExitStatus.DONE, b"", "nothing found in 2 calls kept on this machine")


@pytest.mark.usefixtures("url")
def test_another_account_finds_nothing(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", "the_key_of_a_stranger")
    assert cli("search", "refund").line == "nothing found in 0 calls kept on this machine"
    assert cli("search", "refund", "--base-url", "https://api.pyai.com").out == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([""], "nothing to search for"), (["(", "--regex"], "no regular expression"), (["x" * 1_001], "1001 characters")],
)
def test_what_cannot_be_meant_is_told(cli: Cli, arguments: list[str], said: str) -> None:
    ran = cli("search", *arguments)
    assert ran.status == ExitStatus.USAGE
    assert said in ran.line


def test_without_a_key_it_is_said(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", "")
    ran = cli("search", "refund")
    assert (ran.status, "no API key" in ran.line) == (ExitStatus.REFUSED, True)
