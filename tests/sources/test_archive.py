"""What was fetched is kept for its account, and found again when there is no answer; never in the way of one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import FaultServer, answer, says
from tui.api.records import Identity
from tui.core.background import in_daemon_thread
from tui.core.errors import (
    BadAnswerError,
    NotFoundError,
    OmniError,
    OutputError,
    RefusedError,
    UnreachableError,
)
from tui.core.progress import FellBack, Progress
from tui.core.record import Call
from tui.core.search import Query, SearchTimeout, compile_query, parse_query
from tui.core.secret import SecretStr
from tui.core.target import Target
from tui.core.transcript import Transcript, Turn
from tui.sources.archive import Archive
from tui.sources.calls import OmniCallSource
from tui.sources.connection import Connection
from tui.sources.library_search import CallHits, SearchBounds, SearchProgress
from tui.sources.write_through import WriteThrough
from tui.store.accounts import Account
from tui.store.library import Library
from tui.store.listing import Wanted
from tui.store.retention import Retention

KEY = {"PYAI_API_KEY": "pyai_live_of_somebody"}
ACCESS = Connection("https://api.pyai.com", environ=KEY)
BODY = json.dumps({"call_id": "c1", "transcript": {"turns": [{"role": "user", "text": "hello\x1b[2J"}]}}).encode()
RECORD = {
    "call_id": "c1",
    "status": "completed",
    "session_label": "a label",
    "recording_url": "https://signed.example/?token=secret",
    "transcript": {"turns": []},
    "recording_result": {"url": "https://signed.example/?token=secret", "terminal_reason": "done"},
    "channels": [{"recording_url": "https://signed.example/?token=secret", "side": "left"}],
}
CALL = Call("c1", "a label", "completed", started_at_ms=500, fields=RECORD)
TARGET = Target(call_id="c1")


class Identify:
    """Tells whom the key belongs to, and counts how often it was asked."""

    def __init__(self, *answers: Identity | OmniError) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> Identity:
        self.asked += 1
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(told, OmniError):
            raise told
        return told


SOMEBODY = Identity(org_id="org", project_id="proj")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture
def archive(path: Path) -> Archive:
    return archive_at(path)


def archive_at(path: Path, connection: Connection = ACCESS, identify: Identify | None = None) -> Archive:
    return Archive(connection, identify or Identify(SOMEBODY), lambda: 1_000, Library(path))


def transcript(body: bytes = BODY) -> Transcript:
    from tui.api.wire import parse_transcript

    return parse_transcript(body, call_id="c1")


def kept_in(path: Path) -> bytes:
    return path.read_bytes()


def found_in(archive: Archive, typed: str) -> list[CallHits]:
    return list(filter(None, archive.search(parse_query(typed))))


def is_there(path: Path) -> bool:
    return path.exists()


def with_key(key: str) -> Connection:
    return ACCESS._replace(environ={"PYAI_API_KEY": key})


@pytest.mark.parametrize("first", [BODY, BODY.replace(b"hello", b"hello, hello")], ids=["the same", "another text"])
async def test_a_call_that_comes_twice_at_once_has_its_hits_once(archive: Archive, first: bytes) -> None:
    await archive.store([(transcript(first), CALL), (transcript(), CALL)])
    assert [found.count for found in found_in(archive, "hello")] == [1]


async def test_a_call_is_stored_unchanged(archive: Archive) -> None:
    assert await archive.keep(transcript(), None) == ""
    assert await archive.keep(transcript(), CALL) == ""
    copy, record = await archive.cached("c1"), await archive.record("c1")
    assert copy is not None
    assert (copy.source, copy.cached_ms) == (BODY, 1_000)
    assert [turn.text for turn in copy.turns] == ["hello\x1b[2J"]
    assert record is not None
    assert (record.label, record.status) == ("a label", "completed")
    (found,) = found_in(archive, "hello")
    assert (found.texts, found.hits) == ({0: "hello␛"}, [(0, 0, 5)])


async def test_a_call_that_is_too_long_is_not_read(archive: Archive, path: Path) -> None:
    await archive.keep(transcript(), CALL)
    bounded = Archive(ACCESS._replace(max_body_bytes=len(BODY) - 1), None, lambda: 1_000, Library(path))
    assert await bounded.cached("c1") is None
    (found,) = found_in(bounded, "hello")
    assert found.read() is None


async def test_records_are_stored_without_links_and_transcripts(archive: Archive, path: Path) -> None:
    await archive.keep(transcript(), CALL)
    assert b"signed.example" not in kept_in(path)
    record = await archive.record("c1")
    assert record is not None
    assert record.fields["recording_result"] == {"terminal_reason": "done"}
    assert record.fields["channels"] == [{"side": "left"}]
    assert "transcript" not in record.fields


async def test_a_legacy_text_is_stored_too(archive: Archive) -> None:
    await archive.keep(transcript(b'"all in one\\u0007"'), None)
    assert found_in(archive, "ONE") == []
    (found,) = found_in(archive, "one")
    assert (found.texts, found.hits) == ({0: "all in one␇"}, [(0, 7, 10)])
    copy = await archive.cached("c1")
    assert copy is not None
    assert copy.plain == "all in one\x07"


async def test_many_turns_are_stored_in_order(archive: Archive) -> None:
    turns = [Turn(at, "user", f"turn {at}") for at in range(1_203)]
    await archive.keep(Transcript("c1", turns, source=b"[]"), None)
    (found,) = found_in(archive, "turn 1202")
    assert (found.texts, found.hits) == ({1_202: "turn 1202"}, [(1_202, 0, 9)])
    (every,) = found_in(archive, "turn")
    assert every.texts == {turn.index: turn.text for turn in turns}


async def test_only_keys_of_the_same_account_find_a_call(path: Path) -> None:
    await archive_at(path).keep(transcript(), CALL)
    rotated, stranger = archive_at(path, with_key("the_next_key")), archive_at(path, with_key("of_a_stranger"))
    assert await rotated.cached("c1") is None  # nobody has told yet identify it is
    await rotated.keep(transcript(b"[]"), None)
    assert await rotated.cached("c1") is not None
    assert await stranger.cached("c1") is None
    assert await stranger.record("c1") is None
    assert list(stranger.search(parse_query("hello"))) == []


async def test_the_owner_of_the_key_is_requested_once(path: Path) -> None:
    identify = Identify(SOMEBODY)
    for _ in range(2):
        await archive_at(path, identify=identify).keep(transcript(), None)
    assert identify.asked == 1


async def test_the_owner_may_become_known_between_any_two_steps(path: Path) -> None:
    class RenamedMeanwhile(Library):
        """A library in which another task or instance names each account just after it was looked up."""

        def account(self, base_url: str, key: SecretStr) -> Account | None:
            account = super().account(base_url, key)
            if account is not None and not account.is_named:
                self.name(account, json.dumps((SOMEBODY.org_id, SOMEBODY.project_id)))
            return account

        def new_account(self, base_url: str, key: SecretStr) -> Account:
            account = super().new_account(base_url, key)
            self.account(base_url, key)
            return account

    def fresh(place: str) -> Archive:
        return Archive(ACCESS, None, lambda: 1_000, RenamedMeanwhile(path.with_name(place)))

    reads: list[Callable[[Archive], Any]] = [
        lambda archive: archive.marks("c1"),
        lambda archive: archive.cached("c1"),
        lambda archive: archive.record("c1"),
        lambda archive: archive.recent(),
        lambda archive: archive.kept_among(["c1"]),
        lambda archive: archive.listed(None, None, 5),
        lambda archive: in_daemon_thread(lambda: found_in(archive, "hello")),
        lambda archive: in_daemon_thread(lambda: list(archive.kept(Wanted()))),
    ]
    for at, read in enumerate(reads):
        unnamed = Archive(ACCESS, None, lambda: 1_000, Library(path.with_name(f"{at}.db")))
        await unnamed.keep(transcript(), CALL)
        await unnamed.mark("c1", 1, is_marked=True)
        assert await read(fresh(f"{at}.db")), at
    written = fresh("written.db")
    await written.mark("c1", 1, is_marked=True)
    await fresh("kept.db").keep(transcript(), CALL)
    assert await written.marks("c1") == {1}
    assert await fresh("kept.db").cached("c1")


async def test_calls_are_stored_before_the_owner_is_known(path: Path) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def ask() -> Identity:
        asked.set()
        await never.wait()
        return SOMEBODY

    archive = Archive(ACCESS, ask, lambda: 1_000, Library(path))
    keeping = asyncio.create_task(archive.keep(transcript(), None))
    async with asyncio.timeout(10):
        await asked.wait()
        assert await archive.cached("c1") is not None
        assert await archive.keep(transcript(), CALL) == ""
    assert not keeping.done()
    keeping.cancel()


@pytest.mark.parametrize("silence", [UnreachableError("gone"), NotFoundError("unknown"), Identity()])
async def test_without_a_known_owner_the_fingerprint_identifies_the_account(
    path: Path, silence: OmniError | Identity
) -> None:
    identify = Identify(silence, SOMEBODY)
    await archive_at(path, identify=identify).keep(transcript(), CALL)
    assert await archive_at(path).cached("c1") is not None
    assert await archive_at(path, with_key("of_a_stranger")).cached("c1") is None
    await archive_at(path, identify=identify).keep(transcript(), None)
    assert await archive_at(path).record("c1") is not None


async def test_without_a_key_nothing_is_found(path: Path) -> None:
    await archive_at(path).keep(transcript(), None)
    nobody = archive_at(path, ACCESS._replace(environ={}))
    with pytest.raises(RefusedError, match="no API key"):
        await nobody.cached("c1")
    assert await nobody.record("c1") is None
    with pytest.raises(RefusedError):
        next(nobody.search(parse_query("hello")))


def damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no library" * 100)


def in_the_way(path: Path) -> None:
    path.mkdir(parents=True)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(damaged, "it is .*library.db.damaged-1 now"), (in_the_way, "not kept on this machine: .*library.db")],
)
async def test_trouble_is_reported_once(path: Path, trouble: Callable[[Path], None], said: str) -> None:
    import re

    trouble(path)
    archive = archive_at(path)
    assert re.search(said, await archive.keep(transcript(), None))
    assert await archive.keep(transcript(), CALL) == ""


async def test_a_python_without_sqlite_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "tui.store.library", None)
    archive = Archive(ACCESS, Identify(SOMEBODY), lambda: 0)
    assert "has no SQLite" in await archive.keep(transcript(), None)
    with pytest.raises(OutputError):
        await archive.cached("c1")


@pytest.mark.parametrize(
    "poison",
    [
        "source = x'7b'",
        'source = CAST(\'{"call_id": "c2", "turns": []}\' AS BLOB)',
        "source = x'ff'",
        "source = CAST('[NaN]' AS BLOB)",
    ],
)
async def test_an_invalid_cached_transcript_is_ignored(path: Path, poison: str) -> None:
    import sqlite3

    archive = archive_at(path)
    await archive.keep(transcript(), CALL)
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE body SET {poison}")
        database.execute('UPDATE kept SET record = CAST(\'{"call_id": "c2"}\' AS BLOB)')
    assert await archive.cached("c1") is None
    assert await archive.record("c1") is None


async def test_a_hit_is_within_one_turn(archive: Archive) -> None:
    turns = [Turn(0, "user", "a refund"), Turn(1, "assistant", "of course")]
    await archive.keep(Transcript("c1", turns, source=b"[]"), None)
    for query, hits in [("refund of", []), ("REFUND", []), ("of", [(1, 0, 2)]), ("F", [])]:
        assert [hit for found in found_in(archive, query) for hit in found.hits] == hits
    found = next(filter(None, archive.search(Query(compile_query(r"^.*$", regex=True)))))
    assert found.hits == [(0, 0, 8), (1, 0, 9)]


async def test_an_endless_expression_is_stopped_in_library_searches(archive: Archive) -> None:
    for at in range(3):
        await archive.keep(Transcript(f"c{at}", plain="a" * 40 + "!", source=b"%d" % at), None)
    query = Query(compile_query("(a|aa)+$", regex=True))
    with pytest.raises(SearchTimeout):
        list(archive.search(query))


async def test_a_search_that_takes_too_long_ends_early(archive: Archive) -> None:
    for at in range(3):
        await archive.keep(Transcript(f"c{at}", plain=f"hello {at}", source=b"%d" % at), None)
    progress = SearchProgress()
    steps = archive.search(parse_query("el"), SearchBounds(limit_s=0.0), progress)
    assert [step for step in steps if step is not None] == []
    assert (progress.is_cut, progress.is_done, progress.searched, progress.total) == (True, True, 0, 3)


# Bounds and marks


async def test_the_oldest_calls_go_beyond_the_bounds_and_it_is_said_once(path: Path) -> None:
    await archive_at(path).keep(transcript(), CALL)
    full = ACCESS._replace(retention=Retention(max_bytes=1))
    newer = Transcript("c2", plain="x", source=b"1")
    notice = await archive_at(path, full).keep(newer, Call("c2", started_at_ms=900))
    assert notice == "the library holds at most 0 MiB: its oldest calls go, those with a mark stay"
    assert [call.call_id for call in await archive_at(path).recent()] == ["c2"]
    await archive_at(path).mark("c2", 0, is_marked=True)
    assert await archive_at(path, full).keep(transcript(), CALL) == ""
    assert {call.call_id for call in await archive_at(path).recent()} == {"c1", "c2"}


async def test_a_call_that_is_too_old_goes_also_when_it_was_just_opened(path: Path) -> None:
    await archive_at(path).keep(Transcript("c2", plain="x", source=b"1"), Call("c2", started_at_ms=900))
    old = ACCESS._replace(retention=Retention(max_days=1))
    archive = Archive(old, Identify(SOMEBODY), lambda: 86_400_700, Library(path))
    assert [call.call_id for call in await archive.store([(transcript(), CALL)])] == ["c1"]
    assert [call.call_id for call in await archive.recent()] == ["c2"]
    third = (Transcript("c3", plain="x", source=b"2"), Call("c3", started_at_ms=5))
    assert [call.call_id for call in await archive.store([third], spared="c3")] == ["c3"]
    assert await archive.store([(transcript(), Call("c1", started_at_ms=950))], spared="c1") == []
    assert {call.call_id for call in await archive.recent()} == {"c1", "c2"}


async def test_that_a_record_pushes_out_others_is_said_once(path: Path) -> None:
    await archive_at(path).keep(transcript(), CALL)
    full = archive_at(path, ACCESS._replace(retention=Retention(max_bytes=1)))
    failed = Call("c2", status="failed", started_at_ms=900)
    notice = await full.keep_bare([failed], "c2")
    assert notice == "the library holds at most 0 MiB: its oldest calls go, those with a mark stay"
    assert await full.keep_bare([Call("c3", status="failed", started_at_ms=950)], "c3") == ""


async def test_marks_are_kept_for_the_account(path: Path) -> None:
    archive = archive_at(path)
    assert await archive.marks("c1") == frozenset()
    await archive.mark("c1", 3, is_marked=True)
    await archive.keep(transcript(), CALL)
    assert await archive_at(path).marks("c1") == {3}
    assert await archive_at(path, with_key("of_a_stranger")).marks("c1") == frozenset()
    with pytest.raises(RefusedError):
        await archive_at(path, ACCESS._replace(environ={})).mark("c1", 0, is_marked=True)


# Through the one way to a transcript


def failing(fault: OmniError) -> Callable[[], Any]:
    def connect() -> Any:
        raise fault

    return connect


def source(archive: Archive, fault: OmniError, *, offline: bool = False) -> OmniCallSource:
    made = OmniCallSource(failing(fault), offline=offline)
    made.use_archive(archive)
    return made


STOOD_IN_FOR = [UnreachableError("gone"), NotFoundError("no such call"), BadAnswerError("nonsense")]


@pytest.mark.parametrize("fault", STOOD_IN_FOR)
async def test_a_failed_fetch_falls_back_to_the_cached_call(archive: Archive, fault: OmniError) -> None:
    await archive.keep(transcript(), CALL)
    heard: list[Progress] = []
    shown = await source(archive, fault).transcript(TARGET, heard.append)
    assert (shown.source, shown.cached_ms) == (BODY, 1_000)
    assert heard == [FellBack(fault)]
    record = await source(archive, fault).call(TARGET)
    assert record is not None
    assert record.label == "a label"


async def test_a_refused_key_gets_no_cached_call(archive: Archive) -> None:
    await archive.keep(transcript(), CALL)
    refusing = source(archive, RefusedError("no"))
    with pytest.raises(RefusedError):
        await refusing.transcript(TARGET)
    assert await refusing.call(TARGET) is None


@pytest.mark.parametrize("fault", STOOD_IN_FOR)
async def test_without_a_cached_call_the_error_is_raised(archive: Archive, fault: OmniError) -> None:
    with pytest.raises(type(fault), match=fault.what):
        await source(archive, fault).transcript(TARGET)


async def test_an_unusable_library_does_not_hide_the_error(path: Path) -> None:
    in_the_way(path)
    with pytest.raises(UnreachableError):
        await source(archive_at(path), UnreachableError("gone")).transcript(TARGET)
    with pytest.raises(OutputError):
        await source(archive_at(path), UnreachableError("gone"), offline=True).transcript(TARGET)


async def test_offline_a_damaged_library_is_reported(path: Path) -> None:
    damaged(path)
    with pytest.raises(OutputError, match=r"it is .*library\.db\.damaged-1 now"):
        await source(archive_at(path), UnreachableError("gone"), offline=True).transcript(TARGET)


async def test_offline_sends_no_requests(archive: Archive) -> None:
    offline = source(archive, AssertionError("asked"), offline=True)  # type: ignore[arg-type]  # raises whatever is asked
    assert offline.is_at_hand(TARGET)
    with pytest.raises(NotFoundError, match="no copy of this call is kept"):
        await offline.transcript(TARGET)
    assert await offline.call(TARGET) is None
    await archive.keep(transcript(), CALL)
    heard: list[Progress] = []
    assert (await offline.transcript(TARGET, heard.append)).cached_ms == 1_000
    assert heard == []
    assert await offline.call(TARGET) is not None


async def test_a_cached_call_is_not_stored_again(archive: Archive) -> None:
    await archive.keep(transcript(), None)
    made = source(archive, UnreachableError("gone"))
    await made.transcript(TARGET)
    archive._now_ms = lambda: 2_000
    await made.aclose()
    copy = await archive.cached("c1")
    assert copy is not None
    assert copy.cached_ms == 1_000


async def test_only_calls_of_the_api_are_stored(archive: Archive, path: Path, tmp_path: Path) -> None:
    file = tmp_path / "c1.json"
    file.write_bytes(BODY)
    made = OmniCallSource(failing(UnreachableError("gone")), stdin=BODY)
    made.use_archive(archive)
    assert (await made.transcript(Target(path=str(file)))).turns
    assert (await made.transcript(Target(stdin=True))).turns
    await made.aclose()
    assert not is_there(path)


async def test_an_empty_transcript_replaces_nothing(archive: Archive) -> None:
    await archive.keep(transcript(), None)
    writes = WriteThrough(archive)
    writes.take_transcript(transcript(b'{"transcript": null}'), print)
    await writes.stored()
    copy = await archive.cached("c1")
    assert copy is not None
    assert copy.source == BODY


async def test_a_call_is_stored_with_its_own_record(archive: Archive) -> None:
    writes = WriteThrough(archive)
    writes.take_record(Call("c2", label="of another"))
    writes.take_transcript(transcript(), print)
    await writes.stored()
    assert [call.label for call in await archive.recent()] == [None]
    writes.take_record(CALL)
    await writes.stored()
    assert [call.label for call in await archive.recent()] == ["a label"]


async def test_the_record_of_the_next_call_stores_nothing_of_this_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, honest = list[str](), archive.keep

    async def keep(stored: Transcript, call: Call | None) -> str:
        kept.append(stored.call_id)
        return await honest(stored, call)

    monkeypatch.setattr(archive, "keep", keep)
    writes = WriteThrough(archive)
    writes.take_transcript(transcript(), print)
    await writes.stored()
    writes.take_record(Call("c2", label="of another"))
    await writes.stored()
    assert kept == ["c1"]


async def test_a_call_that_is_fetched_again_is_stored_with_its_newest_record(archive: Archive) -> None:
    writes = WriteThrough(archive)
    for label in ("a label", "another"):
        writes.take_transcript(transcript(), print)
        await writes.stored()
        writes.take_record(replace(CALL, label=label))
        await writes.stored()
        assert [call.label for call in await archive.recent()] == [label]


async def test_a_storage_failure_is_reported_once_for_all_fetches(path: Path) -> None:
    in_the_way(path)
    writes, told = WriteThrough(archive_at(path)), list[str]()
    for _ in range(2):
        writes.take_transcript(transcript(), told.append)
        await writes.stored()
    assert len(told) == 1
    assert told[0].startswith("not kept on this machine: ")


async def test_closing_waits_for_storage_within_its_limit(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    may_store, keep = asyncio.Event(), archive.keep

    async def late(*what: Any) -> str:
        await may_store.wait()
        return await keep(*what)

    monkeypatch.setattr(archive, "keep", late)
    writes = WriteThrough(archive)
    writes.take_transcript(transcript(), print)
    await writes.stored(0.01)
    assert await archive.cached("c1") is None
    may_store.set()
    await writes.stored()
    assert await archive.cached("c1") is not None


async def test_fetch_store_and_fall_back_over_the_network(path: Path) -> None:
    identity = answer(json.dumps({"org_id": "org", "project_id": "proj"}).encode())
    async with FaultServer.following(says(answer(BODY)), says(identity), says(b"")) as server:
        connection = Connection(server.base_url, environ=KEY)
        async with open_at(path, connection) as opened:
            await opened.transcript(TARGET)
            await opened.recent()  # waits until it is stored
            assert (await opened.transcript(TARGET)).cached_ms is not None
        assert [head.split(b" ")[1] for head in server.requests][:2] == [b"/v1/omni/calls/c1/transcript", b"/v1/me"]


def open_at(path: Path, connection: Connection) -> Any:
    from contextlib import asynccontextmanager

    from tui.sources.calls import open_source

    @asynccontextmanager
    async def opened() -> Any:
        async with open_source(connection) as made:
            assert made.archive is not None
            made.archive._library_or_none = Library(path)
            yield made

    return opened()


@pytest.mark.parametrize("connection", [ACCESS._replace(demo=True), ACCESS._replace(keeps=False)])
async def test_samples_have_no_archive_and_no_cache_turns_it_off(connection: Connection) -> None:
    from tui.sources.calls import open_source

    async with open_source(connection) as opened:
        assert opened.archive is None
        assert await opened.recent() == []


async def test_a_library_that_was_damaged_is_used_anew(path: Path) -> None:
    damaged(path)
    archive = archive_at(path)
    assert "was damaged" in await archive.keep(transcript(), None)
    assert len(found_in(archive, "hello")) == 1
    assert [call.call_id for call in (await archive.listed(None, None, 9)).calls] == ["c1"]
    assert await archive.cached("c2") is None
    assert [call.call_id for call in archive.kept(Wanted())] == ["c1"]


async def test_a_call_is_kept_also_where_its_owner_cannot_be_noted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OutputError("the library is locked")

    identify = Identify(SOMEBODY)
    archive = archive_at(path, identify=identify)
    with monkeypatch.context() as patch:
        patch.setattr(Library, "name", fails)
        assert await archive.keep(transcript(), None) == ""
    assert await archive.cached("c1") is not None
    assert await archive.keep(transcript(BODY.replace(b"hello", b"bye")), None) == ""
    assert identify.asked == 2
    assert await archive_at(path, with_key("pyai_live_another")).cached("c1") is None  # not identified yet
