"""``search`` finds words in all cached calls, and prints them safely."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.canary import answering, canary, caught_in_text, obeyed_in, told
from tests.program import KEY, Cli
from tests.store.test_database import of_version
from tests.store.test_library import KEY as FIRST_KEY
from tests.store.test_library import URL as FIRST_URL
from tests.terminal.pty_session import PtySession
from tui.core.errors import ExitStatus
from tui.core.secret import SecretStr
from tui.sources.connection import Connection

TURNS = [
    {"role": "user", "text": "I paid a deposit\nand want a refund, a refund please", "start_ms": 1_500},
    {"role": "assistant", "text": f"Of course. {canary('text')}", "tool_calls": [{"name": "pay_back"}]},
]


@pytest.fixture
def url(cli: Cli) -> str:
    """The address of two calls that were opened."""
    record = {"session_label": canary("label"), "started_at": 1_794_492_200_000}
    with answering(lambda path: told({"transcript": TURNS} if path.endswith("/transcript") else record)) as url:
        for call_id in ("c1", "c2"):
            assert cli("export", call_id, "--base-url", url).status == ExitStatus.DONE
    cli.set("PYAI_BASE_URL", url)
    return url


def test_the_sample_calls_are_searched_without_an_account(cli: Cli) -> None:
    lines = cli("search", "--demo", "refund").text.splitlines()
    assert [line.split()[0] for line in lines][:2] == ["call_demo_booking", "call_demo_booking#turn=9"]
    assert not list(cli.home.rglob("library.db"))


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        (("--label", "pizza-orders"), {"call_demo_legacy"}),
        (("--label", "pizza"), set()),
        (("--since", "2026-11-12T14:10"), {"call_demo_trouble"}),
        (("--before", "2026-11-01"), {"call_demo_legacy"}),
        (("--since", "2026-11-09", "--before", "2026-11-12"), {"call_demo_untimed", "call_demo_long"}),
        (("--since", "2026-11-12", "--label", "card-desk"), {"call_demo_tools"}),
    ],
)
@pytest.mark.parametrize("query", [("the",), ("--regex", "th[e]")])
def test_options_choose_the_calls_that_are_searched(
    cli: Cli, query: tuple[str, ...], options: tuple[str, ...], calls: set[str]
) -> None:
    cli.set("TZ", "UTC")
    ran = cli("search", "--demo", *query, *options, "--json")
    assert {json.loads(line)["call_id"] for line in ran.out.splitlines()} == calls
    assert ran.status == (ExitStatus.DONE if calls else ExitStatus.NOT_FOUND)


def test_a_time_that_is_none_is_refused_before_the_search(cli: Cli) -> None:
    for flag in ("--since", "--before"):
        ran = cli("search", "--demo", "the", flag, "soon")
        assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
        assert ran.line.startswith(f"{flag} soon: a time looks like 2026-11-01")


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("typed", "hint"),
    [("refund -deposit", ' – to exclude: "refund" -deposit'), ("-none nowhere", ' – to exclude: "nowhere" -none'),
     ("nowhere", ""), ("-nowhere", ""), ('"nowhere" -refund', ""), ("nowhere - refund", "")],
)  # fmt: skip
def test_a_dash_within_a_phrase_is_explained_where_nothing_is_found(cli: Cli, typed: str, hint: str) -> None:
    told = cli("search", "--", typed)
    assert (told.status, told.line) == (
        ExitStatus.NOT_FOUND, f"nothing found in 2 calls kept on this machine{hint}",
    )  # fmt: skip


@pytest.mark.usefixtures("url")
def test_hits_stand_below_their_call_with_link_role_and_words(cli: Cli) -> None:
    cli.set("TZ", "UTC")
    words = "I paid a deposit and want a refund, a refund please"
    heading, hit, *others = cli("search", "refund").text.splitlines()
    assert re.fullmatch(r"c2  label␛.*  12 Nov( 2026)? \d\d:\d\d  1 turn", heading)
    assert hit == f"  c2#turn=1  user  0:01.5  {words}"
    assert [line.split()[0] for line in others] == ["c1", "c1#turn=1"]
    assert "  c2#turn=2  assistant  Of course." in cli("search", "course").text


@pytest.mark.usefixtures("url")
def test_blanks_alone_are_refused_but_as_an_expression(cli: Cli) -> None:
    for query in (" ", '" "', 'role:user " "'):
        ran = cli("search", query)
        assert (ran.status, ran.out) == (ExitStatus.USAGE, b"")
        assert ran.line == "there are only blanks to find – type some words"
    assert "c1#turn=1" in cli("search", "--regex", " ").text


@pytest.mark.usefixtures("url")
def test_tool_calls_are_found(cli: Cli) -> None:
    links = [line.split()[0] for line in cli("search", "pay_back").text.splitlines()]
    assert links == ["c2", "c2#turn=2", "c1", "c1#turn=2"]


def test_five_turns_of_a_call_are_printed_by_default(cli: Cli) -> None:
    turns = [{"role": "user", "text": f"a refund, {number}"} for number in range(8)]
    with answering(lambda path: told({"transcript": turns} if path.endswith("/transcript") else {})) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("export", "c1")
    bounded = cli("search", "refund").text.splitlines()
    assert bounded[0] == "c1  8 turns"
    assert len(bounded) == 7
    assert bounded[-1] == "  … 3 more turns with hits; --all-hits prints them"
    assert len(cli("search", "refund", "--all-hits").text.splitlines()) == 9
    assert len(cli("search", "refund", "--json").text.splitlines()) == 8


@pytest.mark.usefixtures("url")
def test_the_key_is_read_once_for_many_calls(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up, key = Counter[str](), Connection.key

    def counted(connection: Connection) -> SecretStr | None:
        looked_up["key"] += 1
        return key(connection)

    monkeypatch.setattr(Connection, "key", counted)
    assert len(cli("search", "refund").text.splitlines()) == 4
    assert looked_up["key"] == 1


def test_columns_are_aligned_by_cells(cli: Cli) -> None:
    turns = [{"role": role, "text": "refund"} for role in ("日本語", "user")]
    with answering(lambda path: told({"transcript": turns} if path.endswith("/transcript") else {})) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("export", "c1")
    assert cli("search", "refund").text.splitlines()[1:] == [
        "  c1#turn=1  日本語  refund",
        "  c1#turn=2  user    refund",
    ]


def test_on_a_terminal_hits_are_highlighted_and_lines_fit(cli: Cli, tmp_path: Path) -> None:
    said = " ".join(["before"] * 40 + ["refund", "or", "refund"] + ["after"] * 40)
    with answering(lambda path: told({"transcript": [{"role": "user", "text": said}]})) as url:
        cli.set("PYAI_BASE_URL", url)
        cli("export", "c1")
        environ = {"PYAI_BASE_URL": url, "PYAI_API_KEY": KEY, "XDG_CACHE_HOME": str(cli.home)}
        environ |= {"XDG_STATE_HOME": str(cli.home), "XDG_CONFIG_HOME": str(cli.home)}
        with PtySession("search", "refund", home=tmp_path, environ=environ) as session:
            assert session.await_end() == 0
    assert "\x1b[1;4mrefund\x1b[22;24m or \x1b[1;4mrefund\x1b[22;24m after" in session.written
    rows = [row for row in session.terminal.display if row.strip()]
    assert [row.split()[0] for row in rows] == ["c1", "c1#turn=1"]


@pytest.mark.usefixtures("url")
def test_output_is_safe(cli: Cli) -> None:
    printed = cli("search", "text").text
    assert "text␛" in printed
    assert caught_in_text(printed) == []
    lines = cli("search", "text", "--json").text
    assert obeyed_in(lines) == []
    assert lines.isascii()


@pytest.mark.usefixtures("url")
def test_output_of_a_poisoned_library_is_safe(cli: Cli) -> None:
    with sqlite3.connect(cli.home / "omni-transcripts" / "library.db") as database:
        database.execute("UPDATE kept SET call_id = id || ?", (canary("id"),))
        database.execute("UPDATE body SET said = CAST(? AS BLOB)", (canary("poison"),))
        database.execute("UPDATE folded SET text = CAST(? AS BLOB)", (canary("poison"),))
        database.execute("UPDATE passage SET is_indexed = 0, size = 999")
    printed = cli("search", "poison").text
    assert "id␛" in printed
    assert "poison␛" in printed
    assert caught_in_text(printed) == []
    assert obeyed_in(cli("search", "poison", "--json").text) == []


@pytest.mark.usefixtures("url")
def test_json_tells_all_that_is_known(cli: Cli) -> None:
    first, *_ = map(json.loads, cli("search", "--json", "--regex", "re.und").text.splitlines())
    assert [first["text"][start:end] for start, end in first["hits"]] == ["refund", "refund"]
    assert (first["call_id"], first["turn"], first["started_at"]) == ("c2", 1, 1_794_492_200_000)
    assert (first["role"], first["start_ms"], first["link"]) == ("user", 1_500, "c2#turn=1")
    assert first["label"] == canary("label")
    assert first["kept_at"] > first["started_at"] / 2


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("options", [[], ["--json"], ["--regex"]])
def test_no_hit_is_reported_by_status_and_message(cli: Cli, options: list[str]) -> None:
    ran = cli("search", "nowhere", *options)
    told = (ExitStatus.NOT_FOUND, b"", "nothing found in 2 calls kept on this machine")
    assert (ran.status, ran.out, ran.line) == told


TIMED = [
    {"role": "user", "text": "Is my parcel on its way?", "start_ms": 0, "end_ms": 2_000},
    {"role": "assistant", "text": "Let me look: it is in Rome, and", "start_ms": 5_200, "end_ms": 9_000},
    {"role": "caller", "text": "In Rome?", "start_ms": 8_500, "end_ms": 11_000},
    {"role": "tool", "name": "track", "text": "no", "is_error": True, "start_ms": 11_100, "end_ms": 11_500},
    {"role": "user", "text": "I said: is:slow", "start_ms": 15_000, "end_ms": 16_000},
]


@pytest.fixture
def timed(cli: Cli) -> None:
    """A call with moments and one without times; both were opened."""
    calls = {
        "c1": {"turns": TIMED},
        "c2": {"turns": [{"role": "user", "text": "In Rome"}]},
        "c3": {"transcript": "Rome"},
    }
    with answering(lambda path: told(calls[path.split("/")[-2]] if path.endswith("/transcript") else {})) as url:
        cli.set("PYAI_BASE_URL", url)
        for call_id in calls:
            cli("export", call_id)


@pytest.mark.usefixtures("timed")
@pytest.mark.parametrize(
    ("arguments", "links"),
    [
        (["is:slow"], ["c1#turn=2"]),
        (["is:cut"], ["c1#turn=2", "c1#turn=3"]),
        (["is:error"], ["c1#turn=4"]),
        (["is:silence"], ["c1#turn=5"]),
        (["role:assistant rome"], ["c1#turn=2"]),
        (["role:user rome"], ["c2#turn=1", "c1#turn=3"]),
        (["rome", "--role", "user"], ["c2#turn=1", "c1#turn=3"]),
        (["R.me", "--regex", "--role", "assistant"], ["c1#turn=2"]),
        (["rome -parcel is:cut -is:slow"], ["c1#turn=3"]),
        (['"is:slow"'], ["c1#turn=5"]),
        (["is:slow", "--regex"], ["c1#turn=5"]),
        (["--", "-role:user -role:assistant"], ["c3", "c1#turn=4"]),
        (["rome"], ["c3", "c2#turn=1", "c1#turn=2", "c1#turn=3"]),
    ],
)
def test_conditions_on_turns_hold_beside_words(cli: Cli, arguments: list[str], links: list[str]) -> None:
    assert [line.split()[0] for line in cli("search", *arguments).text.splitlines() if line[0] == " "] == links


@pytest.mark.usefixtures("timed")
def test_a_turn_found_by_conditions_is_printed_from_its_start(cli: Cli) -> None:
    assert (
        cli("search", "is:slow").text == "c1  1 turn\n  c1#turn=2  assistant  0:05.2  Let me look: it is in Rome, and\n"
    )
    (line,) = map(json.loads, cli("search", "is:slow", "--json").text.splitlines())
    assert line["hits"] == []
    assert line["text"] == TIMED[1]["text"]


@pytest.mark.usefixtures("timed")
def test_an_unparsable_call_fulfils_no_condition(cli: Cli) -> None:
    with sqlite3.connect(cli.home / "omni-transcripts" / "library.db") as database:
        database.execute("UPDATE body SET source = x'ff'")
    assert len(cli("search", "rome").text.splitlines()) == 7
    ran = cli("search", "rome role:user")
    assert (ran.status, ran.line) == (ExitStatus.NOT_FOUND, "nothing found in 3 calls kept on this machine")


def damaged_at_once(library: Path) -> None:
    library.write_bytes(b"no library" * 1_000)


def damaged_in_the_bodies(library: Path) -> None:
    whole = bytearray(library.read_bytes())
    at = whole.index(b"and want a refund")  # of the call that was kept first, and is searched last
    whole[at - at % 4_096 : at] = b"\xff" * (at % 4_096)
    library.write_bytes(whole)


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("damage", [damaged_at_once, damaged_in_the_bodies])
def test_a_damaged_library_is_reported(cli: Cli, damage: Callable[[Path], None]) -> None:
    library = cli.home / "omni-transcripts" / "library.db"
    damage(library)
    was = library.read_bytes()
    ran = cli("search", "refund")
    assert ran.status == ExitStatus.OUTPUT
    assert f"the library was damaged: it is {library}.damaged-1 now" in ran.line
    assert library.with_name("library.db.damaged-1").read_bytes() == was
    assert cli("search", "refund").status == ExitStatus.NOT_FOUND


@pytest.mark.usefixtures("url")
def test_a_newer_library_is_reported_and_left_unchanged(cli: Cli) -> None:
    library = cli.home / "omni-transcripts" / "library.db"
    with closing(sqlite3.connect(library)) as database:
        database.execute("PRAGMA user_version = 99")
    was = library.read_bytes()
    ran = cli("search", "refund")
    assert (ran.status, ran.out) == (ExitStatus.OUTPUT, b"")
    assert "is of a newer version of this program, and is left as it is" in ran.line
    assert cli("export", "c1", "--offline").status == ExitStatus.OUTPUT
    with answering(lambda path: told({"transcript": TURNS} if path.endswith("/transcript") else {})) as url:
        ran = cli("export", "c1", "--base-url", url)
    assert (ran.status, ran.out.startswith(b"c1\n")) == (ExitStatus.DONE, True)
    assert "not kept on this machine" in ran.line
    assert (library.read_bytes(), [path.name for path in library.parent.iterdir()]) == (was, ["library.db"])


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("addition", ["ANALYZE", "PRAGMA journal_mode = WAL", "ALTER TABLE kept ADD COLUMN more TEXT"])
def test_additions_to_the_library_are_no_damage(cli: Cli, addition: str) -> None:
    library = cli.home / "omni-transcripts" / "library.db"
    with closing(sqlite3.connect(library, isolation_level=None)) as database:
        database.execute(addition).close()
    assert len(cli("search", "refund").text.splitlines()) == 4  # two calls with a turn each
    assert cli("export", "c1", "--offline").out.startswith(b"c1\n")
    assert [path.name for path in library.parent.iterdir()] == ["library.db"]


def test_the_library_of_the_first_release_is_searched(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", FIRST_KEY.get_secret_value())
    cli.set("PYAI_BASE_URL", FIRST_URL)
    of_version(cli.home / "omni-transcripts" / "library.db", 0)
    assert "c1#turn=2" in cli("search", "there").text


@pytest.mark.usefixtures("url")
def test_another_account_finds_nothing(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", "the_key_of_a_stranger")
    ran = cli("search", "refund")
    assert (ran.status, ran.line) == (ExitStatus.NOT_FOUND, "no call is kept on this machine for this key and address")
    assert cli("search", "refund", "--base-url", "https://api.pyai.com").out == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([""], "nothing to search for"),
        (["(", "--regex"], "not a regular expression"),
        (["x" * 1_001], "1001 characters"),
        (["is:slo"], "unknown is:slo – slow, silence, cut or error"),
        (["role:bot x"], "unknown role:bot – user, assistant, tool or system"),
    ],
)
def test_invalid_queries_are_reported(cli: Cli, arguments: list[str], said: str) -> None:
    ran = cli("search", *arguments)
    assert ran.status == ExitStatus.USAGE
    assert said in ran.line


def test_a_missing_key_is_reported(cli: Cli) -> None:
    cli.set("PYAI_API_KEY", "")
    ran = cli("search", "refund")
    assert (ran.status, "no API key" in ran.line) == (ExitStatus.REFUSED, True)


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("query", [["Refund"], ["role:user Refund"], ["--regex", "Ref.nd"], ['"Refund" -x']])
def test_a_capital_letter_that_is_all_that_keeps_it_from_hits_is_told(cli: Cli, query: list[str]) -> None:
    ran = cli("search", *query[:-1], "--", query[-1])
    told = "nothing found in 2 calls kept on this machine – 4 hits without the capital"
    assert (ran.status, ran.out, ran.line) == (ExitStatus.NOT_FOUND, b"", told)
    assert "capital" not in cli("search", "Nowhere").line
