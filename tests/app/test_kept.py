"""A call that was opened is kept, and shown again when there is no answer to be had."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Open, body, said
from tests.canary import Answer, answering, told
from tests.faults import FaultServer, answer, resets, says
from tui.api.call_record import parse_call
from tui.api.records import Identity
from tui.api.wire import parse_transcript
from tui.core.record import Call
from tui.core.transcript import Transcript
from tui.screens.foot import Foot
from tui.screens.insights_panel import InsightList
from tui.screens.prompt import PromptScreen
from tui.screens.transcript import TranscriptScreen
from tui.sources.archive import Archive
from tui.sources.connection import Connection
from tui.store.library import Library

KEPT_MS = 1_794_490_000_000


async def somebody() -> Identity:
    return Identity(org_id="org")


async def no_pause(_: float) -> None:
    return None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


def archive(path: Path) -> Archive:
    connection = Connection("https://api.pyai.com", environ={"PYAI_API_KEY": "pyai_live_of_somebody"})
    return Archive(connection, somebody, lambda: KEPT_MS, Library(path))


async def test_a_call_is_shown_again_offline(open_app: Open, path: Path) -> None:
    async with open_app("call_demo_booking", archive=archive(path)) as opened:
        shown = opened.body
        assert "kept copy" not in opened.head
    async with open_app("call_demo_booking", size=(160, 36), archive=archive(path), offline=True) as opened:
        assert "kept copy of 12 Nov" in opened.head
        assert "dental-front-desk" in opened.head
        assert "38 turns" in opened.head
        await opened.resize(80, 24)
        assert opened.body == shown
        await opened.press("r")
        assert "kept copy of 12 Nov" in opened.head


async def test_a_copy_has_one_length_from_the_first_picture_on(open_app: Open, path: Path) -> None:
    never = threading.Event()
    whole = parse_transcript(body([said("hello there", end_ms=250_000)]), call_id="c1")
    await archive(path).keep(whole, Call("c1", fields={"duration_s": 251, "session_label": "front desk"}))

    def answer_to(path: str) -> Answer:
        if not path.endswith("/transcript"):
            never.wait(20)
        return told({}, 404)

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "kept copy of" in opened.head)
            assert "4:11" in opened.head
            assert "front desk" in opened.head
            never.set()
            await opened.settle()
            assert "4:11" in opened.head


# A kept copy is there at once, and the API's answer behind it


HELLO, ADDED = body([said("hello there")]), body([said("hello there"), said("and more")])


def sent(source: bytes) -> Answer:
    return told(json.loads(source))._replace(body=source)


async def keep(path: Path, source: bytes = HELLO, **record: object) -> None:
    call = parse_call(json.dumps({"call_id": "c1", **record}).encode(), call_id="c1") if record else None
    await archive(path).keep(parse_transcript(source, call_id="c1"), call)


async def test_a_kept_copy_is_shown_until_the_answer_is_there(open_app: Open, path: Path) -> None:
    may_answer = threading.Event()
    await keep(path)

    def answer_to(path: str) -> Answer:
        may_answer.wait(20)
        return sent(ADDED) if path.endswith("/transcript") else told({}, 404)

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "hello there" in opened.text)
            assert "kept copy of 12 Nov" in opened.head
            assert "and more" not in opened.text
            may_answer.set()
            await opened.settle()
            assert "and more" in opened.text
            assert "kept copy" not in opened.head
            assert "fetched again: 2 turns" in opened.foot


async def test_the_same_answer_changes_nothing_but_the_remark(open_app: Open, path: Path) -> None:
    may_answer = threading.Event()
    await keep(path)

    def answer_to(path: str) -> Answer:
        may_answer.wait(20)
        return sent(HELLO) if path.endswith("/transcript") else told({}, 404)

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "kept copy of 12 Nov" in opened.head)
            turns = opened.view.turns
            may_answer.set()
            await opened.settle()
            assert "kept copy" not in opened.head
            assert "fetched" not in opened.foot
            assert opened.view.turns is turns


async def test_a_fetch_behind_a_copy_leaves_other_notices(open_app: Open, path: Path) -> None:
    may_answer = threading.Event()
    await keep(path)

    def answer_to(path: str) -> Answer:
        may_answer.wait(20)
        return sent(HELLO) if path.endswith("/transcript") else told({}, 404)

    with answering(answer_to) as url:
        async with open_app(
            "c1#turn=400", base_url=url, archive=archive(path), size=(120, 24), settled=False
        ) as opened:
            await opened.until(lambda: "there is no turn 400" in opened.foot)
            reading = opened.screen
            assert isinstance(reading, TranscriptScreen)
            reading._tick()  # as after half a second
            assert "there is no turn 400" in opened.foot
            may_answer.set()
            await opened.settle()
            assert "kept copy" not in opened.head
            assert "there is no turn 400" in opened.foot
            await opened.press("r")
            await opened.until(lambda: "fetched again" in opened.foot)
            await opened.press("y")
            assert "turn 1 sent to the clipboard" in opened.foot


@contextmanager
def refusing() -> Iterator[tuple[str, threading.Event]]:
    """An API that refuses the key, once the event is set."""
    may_answer = threading.Event()

    def answer_to(path: str) -> Answer:
        may_answer.wait(20)
        return told({"error": {"code": "unauthorized", "message": "revoked"}}, 401)

    with answering(answer_to) as url:
        yield url, may_answer


async def test_a_refused_key_takes_the_copy_away(open_app: Open, path: Path) -> None:
    await keep(path)
    with refusing() as (url, may_answer):
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "hello there" in opened.text)
            await opened.until(lambda: "Fetching c1" in opened.foot)
            may_answer.set()
            await opened.settle()
            assert "hello there" not in opened.text
            assert "Refused" in opened.text
            assert "Fetching" not in opened.text
            assert "1 turn" not in opened.head
            await opened.press("n", "j", "m")
            assert "hello there" not in opened.text


async def test_a_query_that_waits_for_the_record_ends_with_the_fetch(open_app: Open, path: Path) -> None:
    await keep(path)
    with refusing() as (url, _):
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "Fetching c1" in opened.foot)
            await opened.pilot.press("slash", *"-label:foo hello", "enter", "n")
            await opened.until(lambda: "is not there yet" in opened.foot)
            await opened.pilot.press("escape", "n")
            await opened.until(lambda: opened.foot.startswith(" / -label:foo hello  1/1 "))


async def test_an_open_bar_goes_with_a_copy_that_is_taken_away(open_app: Open, path: Path) -> None:
    await keep(path)
    with refusing() as (url, may_answer):
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: "hello there" in opened.text)
            opened.app.simulate_key("slash")
            await opened.until(lambda: opened.only(Foot).open_inputs)
            may_answer.set()
            await opened.settle()
            assert not opened.only(Foot).open_inputs
            await opened.press("o")
            assert isinstance(opened.screen, PromptScreen)


@pytest.mark.parametrize("size", [(160, 40), (80, 24)])
async def test_open_insights_say_no_longer_that_it_is_a_copy(open_app: Open, path: Path, size: tuple[int, int]) -> None:
    may_answer = threading.Event()
    await keep(path)

    def answer_to(path: str) -> Answer:
        may_answer.wait(20)
        return sent(HELLO) if path.endswith("/transcript") else told({}, 404)

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=size, settled=False) as opened:
            await opened.until(lambda: "no times" in opened.head)
            opened.app.simulate_key("i")
            await opened.until(lambda: opened.screen.query(InsightList))
            assert "kept copy of 12 Nov" in str(opened.only(InsightList).options[0].prompt)
            may_answer.set()
            await opened.settle()
            assert "kept copy" not in str(opened.only(InsightList).options[0].prompt)


async def test_a_copy_that_cannot_have_changed_is_not_fetched_until_it_is_asked_for(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    monkeypatch.setattr("tui.screens.call_loader._LOOK_UP_S", 10)
    await keep(path, status="completed", created_at=KEPT_MS - 7_200_000)

    def answer_to(path: str) -> Answer:
        asked.append(path)
        return sent(ADDED) if path.endswith("/transcript") else told({}, 404)

    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24)) as opened:
            assert "kept copy of 12 Nov" in opened.head
            assert (asked, "Fetching" in opened.foot) == ([], False)
            await opened.press("r")
            assert "and more" in opened.text
            assert asked


async def test_a_settled_copy_that_comes_late_ends_the_request(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_look, may_answer, look = list[str](), asyncio.Event(), threading.Event(), Archive.cached
    await keep(path, status="completed", created_at=KEPT_MS - 7_200_000)

    async def late(archive: Archive, call_id: str) -> Transcript | None:
        await may_look.wait()
        return await look(archive, call_id)

    def answer_to(path: str) -> Answer:
        asked.append(path)
        may_answer.wait(20)
        return sent(ADDED) if path.endswith("/transcript") else told({}, 404)

    monkeypatch.setattr(Archive, "cached", late)
    monkeypatch.setattr("tui.screens.call_loader._LOOK_UP_S", 0)
    with answering(answer_to) as url:
        async with open_app("c1", base_url=url, archive=archive(path), size=(120, 24), settled=False) as opened:
            await opened.until(lambda: bool(asked))
            may_look.set()
            await opened.until(lambda: "kept copy of 12 Nov" in opened.head)
            turns = opened.view.turns
            may_answer.set()
            await opened.settle()
            assert "kept copy of 12 Nov" in opened.head
            assert ("and more" in opened.text, "etch" in opened.foot) == (False, False)
            assert opened.view.turns is turns


async def test_a_locked_library_delays_nothing(open_app: Open, path: Path) -> None:
    await keep(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        async with open_app("call_demo_booking", archive=archive(path), size=(240, 24)) as opened:
            assert "38 turns" in opened.head
            await opened.until(lambda: "not kept on this machine" in opened.foot)
            assert "locked" in opened.foot


async def test_offline_an_unknown_call_is_reported(open_app: Open, path: Path) -> None:
    async with open_app("call_demo_booking", archive=archive(path), offline=True) as opened:
        assert "open it once without --offline" in opened.text


async def test_offline_the_known_calls_are_listed_with_those_without_a_transcript(open_app: Open, path: Path) -> None:
    for call_id in ("call_demo_failed", "call_demo_booking"):
        async with open_app(call_id, archive=archive(path)):
            pass
    async with open_app(archive=archive(path), offline=True, size=(140, 30)) as opened:
        await opened.press("ctrl+o")
        listed = [line for line in opened.text.splitlines() if "call_demo" in line]
        assert ["call_demo_booking" in line for line in listed] == [True, False]
        assert "failed" in listed[1]
        assert "1 of 2" in opened.foot
        await opened.press("down", "enter")
        await opened.until(lambda: "This call has no transcript" in opened.text)
        assert "the session ended before any speech" in opened.text
        await opened.press("d")
        assert "the record" in opened.text
        assert "engine had no identity" in opened.text


async def test_offline_calls_without_a_start_stand_where_the_list_has_them(open_app: Open, path: Path) -> None:
    records = [{"call_id": f"c{at}", "status": "completed", "created_at": KEPT_MS - at * 10**8} for at in range(4)]
    records[1]["started_at"] = KEPT_MS - 10**8
    del records[3]["created_at"]

    def answer_to(path: str) -> Answer:
        call_id = path.split("/")[4] if path.count("/") > 3 else ""
        if path.endswith("/transcript"):
            return sent(body([said("hello there")], call_id))
        named = [record for record in records if record["call_id"] == call_id]
        return told(named[0]) if named else told({"data": records, "has_more": False})

    with answering(answer_to) as url:
        async with open_app(base_url=url, archive=archive(path), size=(120, 24)) as opened:
            await opened.press("ctrl+o")
            online = re.findall(r"completed +(c\d)", opened.text)
            assert online == ["c0", "c1", "c2", "c3"]
            await opened.press("enter")
            for call_id in online[1:]:
                await opened.press("right_parenthesis")
                assert call_id in opened.head
    async with open_app(archive=archive(path), offline=True, size=(120, 24)) as opened:
        await opened.press("ctrl+o")
        assert re.findall(r"completed +(c\d)", opened.text) == online


async def test_offline_without_any_call_the_list_says_so(open_app: Open, path: Path) -> None:
    async with open_app(archive=archive(path), offline=True) as opened:
        await opened.press("ctrl+o")
        assert "no call is kept on this machine for this key and address" in opened.text


async def test_when_the_api_cannot_be_reached_the_copy_says_so(open_app: Open, path: Path) -> None:
    whole = answer(body([said("hello there")]))
    async with (
        FaultServer.following(says(whole), resets()) as server,
        open_app(
            "c1", base_url=server.base_url, archive=archive(path), sleep=no_pause, has_record=False, size=(120, 24)
        ) as opened,
    ):
        assert "hello there" in opened.text
        await opened.press("r")
        assert "hello there" in opened.text
        assert "kept copy of" in opened.head
        assert "broke off" in opened.words or "reset" in opened.words


async def test_standard_input_needs_no_key_and_shows_no_notice(open_app: Open, path: Path) -> None:
    keyless = Archive(Connection("https://api.pyai.com", environ={}), somebody, lambda: KEPT_MS, Library(path))
    async with open_app("-", stdin=body([said("hello there")]), archive=keyless) as opened:
        assert "hello there" in opened.text
        assert "not kept" not in opened.foot


def in_the_way(path: Path) -> None:
    path.mkdir(parents=True)


def damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no library" * 100)


def newer(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")


unusable = pytest.mark.parametrize(
    ("trouble", "why"), [(in_the_way, "no regular file"), (newer, "is of a newer version")]
)


@unusable
async def test_an_unusable_library_is_reported_and_the_call_shown(
    open_app: Open, path: Path, trouble: Callable[[Path], None], why: str
) -> None:
    trouble(path)
    async with open_app("call_demo_booking", archive=archive(path), size=(240, 24)) as opened:
        await opened.until(lambda: "not kept on this machine" in opened.words)
        assert why in opened.words
        assert "38 turns" in opened.head


@unusable
async def test_a_call_without_a_transcript_that_is_not_kept_is_reported_once(
    open_app: Open, path: Path, trouble: Callable[[Path], None], why: str
) -> None:
    trouble(path)
    async with open_app("call_demo_failed", archive=archive(path), size=(240, 24)) as opened:
        await opened.until(lambda: "not kept on this machine" in opened.words)
        assert why in opened.words
        assert "has no transcript" in opened.text
        await opened.press("r")
        assert "not kept" not in opened.foot
        await opened.press("o", *"call_demo_booking", "enter")
        await opened.app._source._writes.stored()  # type: ignore[attr-defined]  # of this source alone
        await opened.settle()
        assert ("38 turns" in opened.head, "not kept" in opened.foot) == (True, False)


async def test_that_an_open_call_is_not_kept_as_the_library_is_locked_is_said(open_app: Open, path: Path) -> None:
    await keep(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        async with open_app("call_demo_failed", archive=archive(path), size=(240, 24)) as opened:
            await opened.until(lambda: "not kept on this machine" in opened.words)
            assert "locked" in opened.foot


@unusable
async def test_failed_calls_of_the_list_that_are_not_kept_are_reported_once(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[Path], None], why: str
) -> None:
    keep, notices = Archive.keep, list[str]()

    async def kept(*what: Any) -> str:
        notices.append(await keep(*what))
        return notices[-1]

    trouble(path)
    monkeypatch.setattr(Archive, "keep", kept)
    async with open_app(archive=archive(path), size=(240, 24)) as opened:
        await opened.press("ctrl+o")
        await opened.until(lambda: "not kept on this machine" in opened.words)
        assert (why in opened.words, "call_demo_failed" in opened.text) == (True, True)
        await opened.press("down")
        assert "not kept" not in opened.foot
        await opened.press("ctrl+r")
        await opened.press("enter")
        await opened.until(lambda: notices and "turns" in opened.head)
        assert (any(notices), "not kept" in opened.foot) == (False, False)


async def test_that_calls_of_the_list_are_not_kept_outlives_the_next_page(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, notices, may_keep = Archive.keep_bare, list[str](), asyncio.Event()
    asked, may_answer = list[str](), threading.Event()

    async def kept(*what: Any) -> str:
        await may_keep.wait()
        notices.append(await keep(*what))
        return notices[-1]

    def answer_to(path: str) -> Answer:
        asked.append(path)
        if len(asked) == 1:
            return told({"data": [{"call_id": "c1", "status": "failed"}], "has_more": True, "next_cursor": "2"})
        may_answer.wait(20)
        return told({"data": [{"call_id": "c2"}], "has_more": False})

    in_the_way(path)
    monkeypatch.setattr(Archive, "keep_bare", kept)
    with answering(answer_to) as url:
        async with open_app(base_url=url, archive=archive(path), size=(240, 24)) as opened:
            await opened.pilot.press("ctrl+o")
            await opened.until(lambda: "c1" in opened.text)
            await opened.pilot.press("down")
            await opened.until(lambda: len(asked) == 2)
            may_keep.set()
            await opened.until(lambda: bool(notices))
            assert "fetching more" in opened.foot
            may_answer.set()
            await opened.until(lambda: "not kept on this machine" in opened.foot)
            assert "c2" in opened.text


async def test_a_damaged_library_is_reported_once(open_app: Open, path: Path) -> None:
    damaged(path)
    async with open_app("call_demo_booking", archive=archive(path), size=(200, 24)) as opened:
        await opened.until(lambda: "a new one is begun" in opened.foot)
        await opened.press("r")
        assert "fetched again" in opened.foot


async def test_a_slow_disk_delays_neither_keys_nor_exit(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer, connect = threading.Event(), threading.Event(), sqlite3.connect

    def connect_late(*arguments: Any, **named: Any) -> Any:
        asked.set()
        assert may_answer.wait(20)
        return connect(*arguments, **named)

    monkeypatch.setattr(sqlite3, "connect", connect_late)
    try:
        async with open_app("call_demo_booking", archive=archive(path), settled=False) as opened:
            await opened.until(asked.is_set)
            begun = time.monotonic()
            await opened.pilot.press("j")
            await opened.until(lambda: " turn 2 of 38 " in opened.foot)
            await opened.pilot.press("q")
            await opened.until(lambda: opened.app.return_value is not None)
            assert time.monotonic() - begun < 1
            may_answer.set()  # the end waits for the disk here, and not half a second at most
    finally:
        may_answer.set()
