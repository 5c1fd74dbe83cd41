"""Marks of turns, by keystroke: set, shown, gone to, kept with the call, and exported."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.events import Key

from tests.app.conftest import PATIENCE_S, Open, body, said
from tests.app.test_kept import archive
from tui.screens.export_dialog import ExportDialog
from tui.screens.transcript import TranscriptScreen
from tui.sources.archive import Archive

CALLS = {
    "c1": body([said(f"word{at}", ("user", "assistant")[at % 2], at * 4_000, at * 4_000 + 3_000) for at in range(6)])
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture
def in_the_way(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


async def test_a_mark_is_shown_and_removed(open_app: Open, path: Path) -> None:
    async with open_app("c1", calls=CALLS, archive=archive(path), size=(120, 36)) as opened:
        assert "marked" not in opened.text
        await opened.press("j", "m")
        assert "turn 2 marked" in opened.foot
        assert any("assistant  0:04.0  marked" in row for row in opened.rows)
        assert "*" in opened.rows[2]
        await opened.press("m")
        assert "turn 2 unmarked" in opened.foot
        assert "*" not in opened.rows[2]
        assert not any("0:04.0  marked" in row for row in opened.rows)


async def test_the_next_mark_is_gone_to_with_the_time_between(open_app: Open, path: Path) -> None:
    async with open_app("c1", calls=CALLS, archive=archive(path), size=(120, 36)) as opened:
        await opened.press("apostrophe")
        assert "no marks" in opened.foot
        await opened.press("j", "m", "j", "j", "m")
        assert "turn 4 marked, 8.0 s after the mark at turn 2" in opened.foot
        await opened.press("apostrophe")
        assert "mark 1 of 2 " in opened.foot
        assert opened.view.current == 1
        await opened.press("apostrophe")
        assert "mark 2 of 2, 8.0 s after the mark at turn 2" in opened.foot
        assert opened.view.current == 3


@pytest.mark.parametrize("layout", ["chat", "script", "outline"])
async def test_marks_are_kept_with_the_call(open_app: Open, path: Path, layout: str) -> None:
    async with open_app("c1", calls=CALLS, archive=archive(path)) as opened:
        await opened.press("j", "j", "m")
    async with open_app("c1", calls=CALLS, archive=archive(path), layout=layout) as opened:
        assert "marked" in opened.text
        await opened.press("apostrophe")
        assert opened.view.current == 2
    assert await archive(path).marks("c1") == {2}


async def test_an_export_waits_for_the_stored_marks(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app("c1", calls=CALLS, archive=archive(path)) as opened:
        await opened.press("m")
    held, asked = asyncio.Event(), asyncio.Event()
    read, waited = Archive.marks, TranscriptScreen._await_marks

    async def marks(self: Archive, call_id: str) -> frozenset[int]:
        await held.wait()
        return await read(self, call_id)

    async def await_marks(self: TranscriptScreen) -> None:
        asked.set()
        await waited(self)

    monkeypatch.setattr(Archive, "marks", marks)
    monkeypatch.setattr(TranscriptScreen, "_await_marks", await_marks)
    async with open_app("c1", calls=CALLS, archive=archive(path), settled=False) as opened:
        await opened.until(lambda: "word0" in opened.text)
        opened.app.post_message(Key("e", "e"))
        await asyncio.wait_for(asked.wait(), PATIENCE_S)  # not by the pilot, which waits for the action to end
        held.set()
        await opened.until(lambda: isinstance(opened.screen, ExportDialog))
        await opened.settle()
        assert "marks" in opened.text


async def test_without_a_library_marks_hold_for_the_run(open_app: Open) -> None:
    async with open_app("c1", calls=CALLS, size=(120, 24)) as opened:
        await opened.press("m")
        await opened.until(lambda: "marks hold until the program ends" in opened.foot)
        await opened.press("j", "m")
        assert "turn 2 marked, 4.0 s after the mark at turn 1" in opened.foot
        await opened.press("r")
        assert opened.text.count("marked") >= 2


async def test_marks_hold_where_the_library_cannot_be_written(open_app: Open, in_the_way: Path) -> None:
    async with open_app("c1", calls=CALLS, archive=archive(in_the_way), size=(240, 24)) as opened:
        await opened.until(lambda: "no regular file" in opened.foot)  # the call cannot be kept either
        await opened.press("m")
        await opened.until(lambda: "marks hold until the program ends: " in opened.foot)
        assert "no regular file" in opened.foot
        await opened.press("r")
        assert "marked" in opened.text


async def test_the_export_dialog_offers_marks_where_there_are_any(open_app: Open, path: Path, tmp_path: Path) -> None:
    written = tmp_path / "c1.txt"
    async with open_app("c1", calls=CALLS, archive=archive(path), size=(120, 36)) as opened:
        await opened.press("e")
        assert "[ ] marks" not in opened.text
        await opened.press("escape", "m", "e", "tab", "tab", "space", "enter")
        await opened.until(written.exists)
    assert "[0:00.0 · marked] user: word0" in written.read_text()


async def test_a_mark_is_stored_though_its_call_is_left_at_once(open_app: Open, path: Path) -> None:
    kept = archive(path)
    async with open_app("c1", calls=CALLS, archive=kept) as opened:
        await kept._lock.acquire()  # as while the call itself is being stored
        await opened.press("j")
        opened.app.post_message(Key("m", "m"))
        opened.app.post_message(Key("q", "q"))
        await opened.until(lambda: opened.app.return_value == 0)
        kept._lock.release()
        await opened.app._source.marks.stored()
    assert await archive(path).marks("c1") == {1}


async def test_stored_marks_that_come_late_leave_those_just_set(
    open_app: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, there = archive(path), asyncio.Event()
    for turn in (2, 4):
        await kept.mark("c1", turn, is_marked=True)
    stored = kept.marks

    async def late(call_id: str) -> frozenset[int]:
        marks = await stored(call_id)
        await there.wait()
        return marks

    monkeypatch.setattr(kept, "marks", late)
    monkeypatch.setattr("tui.screens.call_marking._PATIENCE_S", 0.0)
    async with open_app("c1", calls=CALLS, archive=kept, settled=False) as opened:
        await opened.until(lambda: "word5" in opened.text)
        await opened.pilot.press("m", "j", "j", "m", "m")
        there.set()
        await opened.settle()
        assert isinstance(opened.screen, TranscriptScreen)
        assert opened.screen._marks == (0, 4)
        assert await stored("c1") == {0, 4}
