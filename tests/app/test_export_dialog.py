"""The export dialog: every format, the file that is there already, what goes wrong."""

from __future__ import annotations

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
from urllib.parse import quote

import pytest
from textual.widgets import Input

from tests.app.conftest import Open, Opened, body, said
from tui.core.export import FORMATS
from tui.screens.export_dialog import ExportDialog
from tui.store import files


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which the app runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(directory: Path) -> list[str]:
    """The files in a directory."""
    return [file.name for file in directory.iterdir()]


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def ask_for(opened: Opened, name: str) -> None:
    """Open the dialog and name a file in it."""
    await opened.press("e", "ctrl+u")
    if name:
        await opened.paste(name)


async def write(opened: Opened, *keys: str) -> None:
    """Press keys and Enter, and wait until the dialog is left."""
    await opened.pilot.press(*keys, "enter")
    await opened.until(lambda: not isinstance(opened.screen, ExportDialog) and "written to" in opened.foot)


async def test_every_format_is_written_under_its_ending(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking", size=(200, 24)) as opened:
        for kind in FORMATS.values():
            file = here / f"call{kind.suffixes[0]}"
            await ask_for(opened, file.name)
            assert kind.title in opened.text
            await write(opened)
            assert opened.view.has_focus
            assert f"written to {file} (" in opened.foot
            assert "Thank you for calling Acme Dental" in read(file)
            assert stat.S_IMODE(file.lstat().st_mode) == 0o600


async def test_up_and_down_step_through_the_formats(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("e")
        offered = []
        for _ in FORMATS:
            offered.append(opened.only(Input).value)
            await opened.press("down")
        assert offered == [f"call_demo_booking{kind.suffixes[0]}" for kind in FORMATS.values()]
        assert opened.only(Input).value == offered[0]
        await write(opened, "up", "up", "up")
        assert names(here) == ["call_demo_booking.srt"]


async def test_it_says_what_had_to_be_adjusted(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_untimed", size=(160, 24)) as opened:
        await ask_for(opened, "x.srt")
        await write(opened)
        assert f"written to {here / 'x.srt'} (" in opened.foot
        assert " · " in opened.foot


async def test_the_json_is_what_was_received(open_app: Open, here: Path) -> None:
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
        assert f"written to {here / 'mine.txt'} (" in opened.foot
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
    "x.pdf": "there is no format “.pdf” – the formats are txt, md, json, csv, srt, vtt, html",
    "taken.docx": "there is no format “.docx” – the formats are txt, md, json, csv, srt, vtt, html",
    "fifo": "fifo is no regular file",
}


async def test_what_cannot_be_written_is_said_in_the_dialog(open_app: Open, here: Path) -> None:
    (here / "directory").mkdir()
    (here / "taken.docx").write_text("mine")
    os.mkfifo(here / "fifo")
    async with open_app("call_demo_booking", size=(300, 24)) as opened:
        for name, trouble in UNWRITABLE.items():
            await ask_for(opened, name)
            await opened.press("enter")
            assert isinstance(opened.screen, ExportDialog)
            assert trouble.replace("{here}", str(here)) in " ".join(opened.text.split())
            await opened.press("escape")
            assert not isinstance(opened.screen, ExportDialog)
        assert sorted(names(here)) == ["directory", "fifo", "taken.docx"]
        assert read(here / "taken.docx") == "mine"


async def test_from_an_unknown_ending_the_arrows_lead_to_the_first_and_the_last_format(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        for key, expected in (("down", "x.txt"), ("up", f"x.{list(FORMATS)[-1]}")):
            await ask_for(opened, "x.pdf")
            assert "none of these" in opened.text
            await opened.press(key)
            assert opened.only(Input).value == expected
            await opened.press("escape")


async def test_names_are_shown_as_they_are(open_app: Open, here: Path) -> None:
    async with open_app("call_demo_booking", size=(200, 24)) as opened:
        await ask_for(opened, "[red]x[@click=app.quit].txt")
        await write(opened)
        assert f"written to {here}/[red]x[@click=app.quit].txt (" in opened.foot
        await ask_for(opened, "[red]x[@click=app.quit].txt\x1b[2J")
        assert "\x1b" not in opened.text
    assert len(names(here)) == 1


async def test_a_hostile_call_id_gives_a_harmless_file_name(open_app: Open, here: Path) -> None:
    call_id = "../..\u202e/[red]-rf"
    async with open_app(
        f"/omni/calls/{quote(call_id, safe='')}", calls={call_id: body([said("x")], call_id=call_id)}
    ) as opened:
        await opened.press("e")
        name = opened.only(Input).value
        assert "rf" in name
        assert "/" not in name
        assert "\u202e" not in name
        await write(opened)
    assert names(here) == [name]


async def test_an_empty_name_steps_from_the_default(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await ask_for(opened, "")
        await opened.press("down")
        assert opened.only(Input).value == "call_demo_booking.md"


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


async def test_escape_that_comes_too_late_says_what_was_written(open_app: Open, here: Path, held: Held) -> None:
    held.let_go = {"written": True, "decided": False}
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter")
        await opened.until(lambda: held.reached["decided"])
        await opened.pilot.press("escape")
        await opened.until(lambda: not isinstance(opened.screen, ExportDialog))
        held.let_go["decided"] = True
        await opened.until(lambda: f"written to {here / 'mine.txt'} (" in opened.foot)
    assert names(here) == ["mine.txt"]


async def test_enter_while_it_writes_writes_nothing_more(open_app: Open, here: Path, held: Held) -> None:
    async with open_app("call_demo_booking", size=(120, 24)) as opened:
        await ask_for(opened, "mine.txt")
        await opened.pilot.press("enter", "enter")
        await opened.until(lambda: held.reached["written"])
        await opened.pilot.press("enter", "enter")
        assert "already" not in opened.text
        held.let_go["written"] = True
        await opened.until(lambda: f"written to {here / 'mine.txt'} (" in opened.foot)
        assert held.reached["written"] == 1
    assert names(here) == ["mine.txt"]


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
