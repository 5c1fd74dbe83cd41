"""Which format is meant, what new files are called, and what holds for every format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.export.calls import HOSTILE, OPTIONS, ORDINARY
from tui.core.call import CallDocument
from tui.core.errors import UsageError
from tui.core.export import FORMATS, ROW_FORMATS, format_for
from tui.core.export.file_name import default_name
from tui.core.transcript import Transcript, Turn


class Lazy(Sequence[Turn]):
    """Turns that are built when asked for, and count how often all of them were."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.rounds = 0

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # for each of its overloads
        raise AssertionError("a turn was asked for by its index")

    def __iter__(self) -> Iterator[Turn]:
        self.rounds += 1
        text = "I would like to move my appointment from Tuesday to Friday, it's at nine fifteen."
        return (Turn(i, ("user", "assistant")[i % 2], text, i * 4_000, i * 4_000 + 3_500) for i in range(self.length))


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        (None, None, "txt"),
        (None, "call.md", "md"),
        (None, "call.MARKDOWN", "md"),
        (None, "dir.csv/call.htm", "html"),
        (None, "call", "txt"),
        (None, "call.", "txt"),
        (None, ".json", "txt"),
        ("srt", "call.md", "srt"),
        ("VTT", None, "vtt"),
        ("markdown", None, "md"),
        (".json", None, "json"),
    ],
)
def test_format_for(name: str | None, path: str | None, expected: str) -> None:
    assert format_for(name, Path(path) if path else None) is FORMATS[expected]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("pdf", "call.md"),
        ("", "call.md"),
        ("\x1b[2J", "call.md"),
        (None, "call.pdf"),
        (None, "call.log"),
        (None, "a.7"),
    ],
)
def test_an_unknown_format_is_refused_with_the_known_ones(name: str | None, path: str) -> None:
    with pytest.raises(UsageError) as refusal:
        format_for(name, Path(path))
    assert refusal.value.line().endswith(f"the formats are {', '.join((*FORMATS, *ROW_FORMATS))}")


@pytest.mark.parametrize(
    ("call_id", "expected"),
    [
        ("call_8Hq2vTk3", "call_8Hq2vTk3.txt"),
        ("../../etc/passwd", "_.._etc_passwd.txt"),
        ("..", "transcript.txt"),
        ("-rf", "rf.txt"),
        ("NUL", "call_NUL.txt"),
        ("com1.x", "call_com1.x.txt"),
        ("LPT0:", "call_LPT0.txt"),
        ("console", "console.txt"),
        ("a\u202egpj.exe", "a_gpj.exe.txt"),
        ("通話", "transcript.txt"),
        ("x" * 300, "x" * 116 + ".txt"),
        ("a. ", "a.txt"),
    ],
)
def test_default_name(call_id: str, expected: str) -> None:
    assert default_name(Transcript(call_id), FORMATS["txt"]) == expected


@given(st.one_of(st.text(), HOSTILE, st.sampled_from(["con", "AUX", "prn.", "lpt9", "conin$", "clock$"])))
def test_default_names_are_portable(call_id: str) -> None:
    for wanted in FORMATS.values():
        name = default_name(Transcript(call_id), wanted)
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name)
        assert len(name) <= 120
        assert name.endswith(wanted.suffixes[0])
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name)
        assert format_for(None, Path(name)) is wanted


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_a_title(name: str) -> None:
    assert FORMATS[name].name == name
    assert 10 < len(FORMATS[name].title) < 34  # which fits beside the names in 80 columns
    assert FORMATS[name].render(CallDocument(ORDINARY), OPTIONS).text.endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_the_turns_are_built_once(name: str) -> None:
    turns = Lazy(3)
    FORMATS[name].render(CallDocument(Transcript("c", turns)), OPTIONS)
    assert turns.rounds == 1
