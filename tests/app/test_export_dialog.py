"""The export dialog: every format, existing files, errors."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import select
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import pytest
from textual import events
from textual.widgets import Input

from tests.app.conftest import PATIENCE_S, Open, Opened, body, said
from tui.core.call import CallDocument
from tui.core.export import FORMATS
from tui.core.export.model import Options
from tui.core.transcript import Transcript
from tui.screens.export_dialog import ExportDialog
from tui.screens.export_job import ExportJob
from tui.store import files
from tui.widgets.switch import Switch


def names(directory: Path) -> list[str]:
    """The files in a directory."""
    return [file.name for file in directory.iterdir()]


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def file_field(opened: Opened) -> Input:
    return opened.screen.query_one("#file", Input)


async def ask_for(opened: Opened, name: str) -> None:
    """Open the dialog and name a file in it."""
    await opened.press("e", "ctrl+u")
    if name:
        await opened.paste(name)


async def write(opened: Opened, *keys: str) -> None:
    """Press keys and Enter, and wait until the dialog is left."""
    await opened.pilot.press(*keys, "enter")
    await opened.until(lambda: not isinstance(opened.screen, ExportDialog) and "written to" in opened.words)


async def test_every_format_is_written_under_its_ending(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking", size=(200, 24)) as opened:
        for kind in FORMATS.values():
            file = here / f"call{kind.suffixes[0]}"
            await ask_for(opened, file.name)
            assert kind.title in opened.text
            await write(opened)
            assert opened.view.has_focus
            assert f"written to {file} (" in opened.words
            assert "Thank you for calling Acme Dental" in read(file)
            assert stat.S_IMODE(file.lstat().st_mode) == 0o600


async def test_up_and_down_step_through_the_formats(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("e")
        offered = []
        for _ in FORMATS:
            offered.append(file_field(opened).value)
            await opened.press("down")
        assert offered == [f"call_demo_booking{kind.suffixes[0]}" for kind in FORMATS.values()]
        assert file_field(opened).value == offered[0]
        await write(opened, "up", "up", "up")
        assert names(here) == ["call_demo_booking.srt"]


async def test_adjustments_are_reported(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_untimed", size=(160, 24)) as opened:
        await ask_for(opened, "x.srt")
        await write(opened)
        assert f"written to {here / 'x.srt'} (" in opened.words
        assert " · " in opened.foot


async def test_the_json_equals_the_answer(open_app: Open, here: Path) -> None:
    sent = body([said("x\x1b[2J") | {"seq": 4}])
    async with open_app("c1", calls={"c1": sent}) as opened:
        await ask_for(opened, "c.json")
        await write(opened)
    assert json.loads((here / "c.json").read_text()) == json.loads(sent)


async def test_a_file_that_exists_is_overwritten_only_when_asked_again(open_app: Open, here: Path) -> None:
    (here / "mine.txt").write_text("precious")
    async with open_app("call_demo_booking", size=(200, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.press("enter")
        assert "mine.txt exists" in opened.text
        await opened.press("backspace", "t", "enter")
        assert "mine.txt exists" in opened.text  # another name was typed in between, so it is asked anew
        assert (here / "mine.txt").read_text() == "precious"
        await write(opened)
        assert f"written to {here / 'mine.txt'} (" in opened.words
    assert "Acme" in (here / "mine.txt").read_text()


async def test_escape_leaves_it(open_app: Open, here: Path) -> None:
    (here / "mine.txt").write_text("precious")
    async with open_app("call_demo_booking") as opened:
        before = opened.rows
        await ask_for(opened, "mine.txt")
        await opened.press("enter", "escape")
        assert opened.rows == before
        assert opened.view.has_focus
    assert (here / "mine.txt").read_text() == "precious"


UNWRITABLE = {
    "": "name a file",
    "   ": "name a file",
    "no/such/place.txt": "no/such/place.txt was not written: there is no directory {here}/no/such",
    "directory": "was not written: it is a directory",
    "y" * 300 + ".txt": "was not written: the name is too long",
    "~no_such_user/x": "was not written: there is no directory {here}/~no_such_user",
    "x.pdf": "there is no format “.pdf” – the formats are txt, md, json, csv, srt, vtt, html\n",
    "x.jsonl": "only omni-transcripts export writes .jsonl – here the formats are txt, md, json, csv, srt, vtt, html\n",
    "taken.docx": "there is no format “.docx” – the formats are txt, md, json, csv, srt, vtt, html\n",
    "fifo": "fifo is no regular file",
}


async def test_a_failed_write_is_reported_in_the_dialog(open_app: Open, here: Path) -> None:
    (here / "directory").mkdir()
    (here / "taken.docx").write_text("mine")
    os.mkfifo(here / "fifo")
    async with open_app("call_demo_booking", size=(300, 24)) as opened:
        for name, trouble in UNWRITABLE.items():
            await ask_for(opened, name)
            await opened.press("enter")
            assert isinstance(opened.screen, ExportDialog)
            shown = "\n".join(" ".join(row.split()) for row in opened.rows)
            assert trouble.replace("{here}", str(here)) in shown
            await opened.press("escape")
            assert not isinstance(opened.screen, ExportDialog)
        assert sorted(names(here)) == ["directory", "fifo", "taken.docx"]
        assert read(here / "taken.docx") == "mine"


async def test_arrows_replace_an_unknown_ending(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        for key, expected in (("down", "x.txt"), ("up", f"x.{list(FORMATS)[-1]}")):
            await ask_for(opened, "x.pdf")
            assert "none of these" in opened.text
            await opened.press(key)
            assert file_field(opened).value == expected
            await opened.press("escape")


async def test_names_are_shown_as_they_are(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking", size=(200, 24)) as opened:
        await ask_for(opened, "[red]x[@click=app.quit].txt")
        await write(opened)
        assert f"written to {here}/[red]x[@click=app.quit].txt (" in opened.words
        await ask_for(opened, "[red]x[@click=app.quit].txt\x1b[2J")
        assert "\x1b" not in opened.text
    assert len(names(here)) == 1


async def test_a_hostile_call_id_gives_a_harmless_file_name(open_app: Open, here: Path) -> None:
    call_id = "../..\u202e/[red]-rf"
    async with open_app(
        f"/omni/calls/{quote(call_id, safe='')}", calls={call_id: body([said("x")], call_id=call_id)}
    ) as opened:
        await opened.press("e")
        name = file_field(opened).value
        assert "rf" in name
        assert "/" not in name
        assert "\u202e" not in name
        await write(opened)
    assert names(here) == [name]


async def test_a_click_chooses_a_format(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("e")
        row = next(at for at, text in enumerate(opened.rows) if " csv  srt " in text)
        await opened.pilot.click(offset=(opened.rows[row].index("srt") + 1, row))
        await opened.settle()
        assert file_field(opened).value == "call_demo_booking.srt"
        assert "SubRip" in opened.text
        await opened.pilot.click(offset=(opened.rows[row].index("SubRip"), row))
        assert file_field(opened).value == "call_demo_booking.srt"


async def test_an_empty_name_steps_from_the_default(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "")
        await opened.press("down")
        assert file_field(opened).value == "call_demo_booking.md"


async def offered(opened: Opened, ending: str) -> list[str]:
    """The options that are offered for a file of an ending."""
    await ask_for(opened, f"x.{ending}")
    switches = [str(switch.render()) for switch in opened.screen.query(Switch) if switch.display]
    await opened.press("escape")
    return switches


async def test_only_options_with_an_effect_are_offered(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        assert await offered(opened, "srt") == ["[ ] one cue per turn", "[ ] speakers"]
        assert await offered(opened, "vtt") == ["[ ] one cue per turn"]
        assert await offered(opened, "csv") == ["[ ] byte order mark, for Excel"]
        for ending in ("txt", "md", "json", "html", "pdf"):
            assert await offered(opened, ending) == []


async def test_the_dialog_keeps_its_height_through_all_formats(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(80, 24)) as opened:
        await opened.press("e")
        heads = []
        for _ in FORMATS:
            heads.append(next(place for place, row in enumerate(opened.rows) if row.startswith(" Export to a file")))
            assert opened.rows[-1].startswith(" Enter write ")
            await opened.press("down")
        assert len(set(heads)) == 1


SIZES = [(100, 8), (40, 12), (20, 6), (100, 6), (24, 40), (60, 9)]


@pytest.mark.parametrize("size", SIZES)
async def test_no_window_hides_the_question_before_a_file_is_overwritten(
    open_app: Open, here: Path, size: tuple[int, int]
) -> None:
    (here / "m.txt").write_text("precious")
    async with open_app("call_demo_booking", size=size) as opened:
        await ask_for(opened, "m.txt")
        await opened.press("enter")
        words = " ".join(opened.text.split())
        assert "Enter overwrites, Esc leaves: m.t" in words
        assert opened.foot.startswith(" Enter write")
        await opened.press("escape")
    assert read(here / "m.txt") == "precious"


@pytest.mark.parametrize("size", SIZES)
async def test_no_error_however_long_hides_the_file_or_the_keys(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_booking", size=size) as opened:
        await ask_for(opened, f"/nonexistent/{'very' * 20}/long.srt")
        await opened.press("enter")
        await opened.press("tab", "tab", "tab", "space")
        await opened.press("enter")
        assert "/nonexistent/very" in opened.text
        assert "very/long.srt" in opened.text
        assert opened.foot.startswith(" Enter write")
        await opened.pilot.resize_terminal(80, 24)
        await opened.until(lambda: "[x] speakers" in opened.text)
        assert "was not written: there is no directory" in " ".join(opened.text.split())


async def test_each_option_has_a_row_in_a_narrow_window(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(30, 10)) as opened:
        await ask_for(opened, "x.srt")
        await opened.press("tab", "tab", "tab")
        await opened.until(lambda: opened.rows[-4:-2] == [" [ ] one cue per turn", " [ ] speakers"])  # it scrolls there


async def test_the_keys_name_the_options_that_are_there(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(80, 24)) as opened:
        await ask_for(opened, "x.txt")
        assert opened.foot == " Enter write   Esc back   ↑↓ format   Tab turns"
        await opened.press("escape")
        await ask_for(opened, "x.srt")
        assert opened.foot == " Enter write   Esc back   ↑↓ format   Tab options   space on, off"
        await opened.press("escape", "m")
        await ask_for(opened, "x.txt")
        assert opened.foot.endswith("Tab options   space on, off")
    async with open_app("call_demo_legacy", size=(80, 24)) as opened:
        await opened.press("e")
        assert opened.foot == " Enter write   Esc back   ↑↓ format"


async def test_all_options_fit_in_a_narrow_window(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(60, 14)) as opened:
        await ask_for(opened, "x.srt")
        assert "[ ] one cue per turn   [ ] speakers" in opened.text


async def test_options_and_turns_are_chosen_by_keys(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "x.srt")
        await write(opened, "tab", *"9..14", "tab", "space", "tab", "space")
        cues = read(here / "x.srt").split("\n\n")
        assert len(cues) == 6
        assert cues[0].startswith("1\n00:00:50,319 --> ")
        assert "\nuser: Yes please. Oh, hang on." in cues[0]
        await ask_for(opened, "x.csv")
        await write(opened, "tab", "ctrl+u", "7", "tab", "space")
        assert read(here / "x.csv").startswith('\ufeff"turn"')
        assert [row[0] for row in csv.reader(io.StringIO(read(here / "x.csv"), newline=""))][1:] == ["7"]


async def test_a_letter_behind_tab_goes_to_the_next_field(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "x.txt")
        await opened.press("tab", "7", "shift+tab", "y")
        assert [field.value for field in opened.screen.query(Input)] == ["x.txty", "7"]


async def test_an_option_that_vanishes_leaves_the_keyboard_to_another(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "x.vtt")
        await opened.press("tab", "tab", "space", "down", "down")
        assert isinstance(opened.screen.focused, Input)
        await opened.press("escape")
        assert opened.view.has_focus


@pytest.mark.parametrize(
    ("typed", "trouble"),
    [
        ("400", "there is no turn 400 – this call has 38 turns"),
        ("14..9", "the turns 14..9 end before they begin"),
        ("x", "“x” names no turns – type 14 or 9..14, or nothing for all"),
    ],
)
async def test_turns_that_are_not_there_are_refused(open_app: Open, here: Path, typed: str, trouble: str) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "x.txt")
        await opened.press("tab", *typed, "enter")
        assert trouble in opened.text
        assert names(here) == []


async def test_the_next_export_begins_with_the_last(open_app: Open, here: Path) -> None:
    (here / "out").mkdir()
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "out/mine.srt")
        await write(opened, "tab", "3", "tab", "tab", "space")
        await opened.press("e")
        assert [field.value for field in opened.screen.query(Input)] == ["out/mine.srt", "3"]
        assert "[ ] one cue per turn   [x] speakers" in opened.text
        await opened.press("escape", "o", *"call_demo_untimed", "enter")
        await opened.until(lambda: "call_demo_untimed" in opened.head and "turn 1 of" in opened.foot)
        await opened.press("e")
        assert [field.value for field in opened.screen.query(Input)] == ["out/call_demo_untimed.srt", ""]
        assert "[x] speakers" in opened.text


async def test_a_plain_text_has_no_turns_to_choose_from(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_legacy") as opened:
        await opened.press("e")
        assert "9..14" not in opened.text
        await write(opened)
    assert names(here) == ["call_demo_legacy.txt"]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Holds each file when all is written, and once it is decided that it gets its name, until it is let go."""
    held = Held()
    real = files.write_new

    def write_new(path: Path, data: bytes, *, force: bool, before_naming: Callable[[], object]) -> None:
        def named() -> None:
            held.wait("written")
            before_naming()
            held.wait("decided")

        real(path, data, force=force, before_naming=named)

    monkeypatch.setattr("tui.screens.export_job.write_new", write_new)
    yield held
    held.let_go.update(dict.fromkeys(held.let_go, True))


@dataclass
class Held:
    """The places at which a file is held.

    Attributes:
        reached: How often each place was reached.
        let_go: Whether a file may go on from there.
    """

    reached: Counter[str] = field(default_factory=Counter)
    let_go: dict[str, bool] = field(default_factory=lambda: {"written": False, "decided": True})

    def wait(self, place: str) -> None:
        self.reached[place] += 1
        deadline = monotonic() + 20
        while not self.let_go[place] and monotonic() < deadline:
            select.select([], [], [], 0.005)


async def test_escape_while_it_writes_leaves_no_file_and_says_so(open_app: Open, here: Path, held: Held) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter")
        await opened.until(lambda: held.reached["written"])
        assert "writing – Esc gives up" in opened.text
        await opened.pilot.press("escape")
        await opened.until(lambda: f"gave up: {here / 'mine.txt'} was not written" in opened.foot)
        held.let_go["written"] = True
        await ask_for(opened, "other.txt")
        await opened.press("enter")
        await opened.until(lambda: "written to" in opened.foot)
    assert names(here) == ["other.txt"]


async def test_escape_after_writing_reports_the_file(open_app: Open, here: Path, held: Held) -> None:
    held.let_go = {"written": True, "decided": False}
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter")
        await opened.until(lambda: held.reached["decided"])
        await opened.pilot.press("escape")
        await opened.until(lambda: not isinstance(opened.screen, ExportDialog))
        held.let_go["decided"] = True
        await opened.until(lambda: f"written to {here / 'mine.txt'} (" in opened.words)
    assert names(here) == ["mine.txt"]


async def test_enter_while_it_writes_writes_nothing_more(open_app: Open, here: Path, held: Held) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter", "enter")
        await opened.until(lambda: held.reached["written"])
        await opened.pilot.press("enter", "enter")
        assert "already" not in opened.text
        held.let_go["written"] = True
        await opened.until(lambda: f"written to {here / 'mine.txt'} (" in opened.words)
        assert held.reached["written"] == 1
    assert names(here) == ["mine.txt"]


async def test_keys_typed_while_it_writes_act_behind_it(open_app: Open, here: Path, held: Held) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter", "j", "j", "m")
        await opened.until(lambda: held.reached["written"])
        assert isinstance(opened.screen, ExportDialog)
        held.let_go["written"] = True
        await opened.until(lambda: "written to" in opened.words)
        await opened.settle()
        assert "turn 3 of 38" in opened.text
        assert "marked" in opened.text
    assert names(here) == ["mine.txt"]


async def test_what_was_typed_before_it_asks_overwrites_nothing(open_app: Open, here: Path) -> None:
    (here / "mine.txt").write_text("precious")
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        for key in ("enter", "enter", "x", "enter"):
            opened.app.post_message(events.Key(key, key if key == "x" else None))
        await opened.until(lambda: "overwrites" in opened.text)
        await opened.settle()
        assert file_field(opened).value == "mine.txt"
        assert read(here / "mine.txt") == "precious"
        await opened.press("enter")
        await opened.until(lambda: "written to" in opened.words)
    assert read(here / "mine.txt") != "precious"


async def test_leaving_while_it_writes_leaves_no_file(open_app: Open, here: Path, held: Held) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter")
        await opened.until(lambda: held.reached["written"])
        await opened.pilot.press("ctrl+c")
    held.let_go["written"] = True
    for thread in threading.enumerate():
        if thread.name == "blocking _write":
            thread.join(20)
    assert names(here) == []


async def test_an_export_given_up_while_it_is_waited_for_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = threading.Event()

    def slowly(*arguments: Any, **options: Any) -> None:
        may_write.wait(PATIENCE_S)
        files.write_new(*arguments, **options)

    monkeypatch.setattr("tui.screens.export_job.write_new", slowly)
    job = ExportJob(CallDocument(Transcript("c1", plain="x")), tmp_path / "a.txt", Options(), force=False)
    waiting = asyncio.create_task(job.written())
    await asyncio.sleep(0)
    job.give_up()
    may_write.set()
    assert await waiting is None
    assert names(tmp_path) == []
