"""The registry of export formats, and their selection.

Each format has its own module, of the format's name, that is imported when the format is used: the table of options
reads this list before the first picture. A new format is an entry here, and its module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tui.core.counted import listed
from tui.core.errors import UsageError

if TYPE_CHECKING:
    from tui.core.call import CallDocument
    from tui.core.export.columns import Columns
    from tui.core.export.model import Export, Options

AddRows = Callable[[Iterable[dict[str, Any]]], None]


class Format(NamedTuple):
    """A format that a transcript can be exported to.

    Attributes:
        name: Its name on the command line, and that of its module.
        suffixes: Its file name endings with the dot, in lower case; new files get the first.
        title: Its description and use, in one line for the dialog.
        switches: What can be on or off and has an effect on it, as in ``SWITCHES``.
        has_time_styles: Whether it shows the times of turns in the style that the user chooses.
    """

    name: str
    suffixes: tuple[str, ...]
    title: str
    switches: tuple[str, ...] = ()
    has_time_styles: bool = False

    def render(self, document: CallDocument, options: Options) -> Export:
        """Render the export.

        Raises:
            UsageError: The format cannot represent the transcript.
        """
        export: Export = _module(self.name).render(document, options)
        return export


class RowFormat(NamedTuple):
    """A format of the tables that other engines read, of one call or of many.

    Attributes:
        name: Its name on the command line, and that of its module.
        suffixes: Its file name endings with the dot, in lower case.
        needs: The package that it takes, which only an extra of its name installs; empty for none.
        switches: None of them has an effect.
        has_time_styles: It has times in ms.
    """

    name: str
    suffixes: tuple[str, ...]
    needs: str = ""
    switches: tuple[str, ...] = ()
    has_time_styles: bool = False

    def writing(self, write: Callable[[bytes], object], columns: Columns) -> AbstractContextManager[AddRows]:
        """What writes some more rows, or keeps a bounded number of them; an exception leaves the rest unwritten."""
        writing: AbstractContextManager[AddRows] = _module(self.name).writing(write, columns)
        return writing


SWITCHES: Mapping[str, str] = {
    "whole_turns": "one cue per turn",
    "speakers": "speakers",
    "bom": "byte order mark, for Excel",
    "marks": "marks",
}
"""What can be on or off, by its name in ``Options`` and on the command line, and its label in the dialog."""

FORMATS: Mapping[str, Format] = {one.name: one for one in (
    Format("txt", (".txt", ".text"), "plain text, to read or to grep", ("marks",), has_time_styles=True),
    Format("md", (".md", ".markdown"), "Markdown, for an issue or a wiki", ("marks",), has_time_styles=True),
    Format("json", (".json",), "JSON as the API sent it"),
    Format("csv", (".csv",), "a row per turn, for a spreadsheet", ("bom", "marks")),
    Format("srt", (".srt",), "SubRip subtitles, for any player", ("whole_turns", "speakers")),
    Format("vtt", (".vtt", ".webvtt"), "WebVTT subtitles, with speakers", ("whole_turns",)),
    Format("html", (".html", ".htm"), "a page for browser and printer", ("marks",), has_time_styles=True),
)}  # fmt: skip
"""The formats that people read, of one call: in the app and on the command line."""
HARNESS = Format("harness", (".harness.json",), "a fixture of PyAI's harness")
"""Chosen by its own flag, as its files end in .json."""
ROW_FORMATS: Mapping[str, RowFormat] = {one.name: one for one in (
    RowFormat("jsonl", (".jsonl", ".ndjson")),
    RowFormat("parquet", (".parquet",), needs="pyarrow"),
)}  # fmt: skip
"""The formats that other engines read, of any number of calls: on the command line alone."""

F = TypeVar("F", Format, RowFormat)


def format_for(name: str | None, path: Path | None, *, names: Collection[str] = (*FORMATS, *ROW_FORMATS)) -> Format:
    """Select a format by its name, else by the file's ending, else, without an ending, plain text.

    File endings such as "markdown" or "htm" count as names too.

    Args:
        name: The name.
        path: The file.
        names: What can be written where it is asked, for the error.

    Raises:
        UsageError: There is no format of that name or ending.
    """
    wanted = _asked_for(name, path)
    if name is None and wanted in {"", "."}:
        return FORMATS["txt"]
    found = _with_ending(FORMATS, wanted)
    if found is None and row_format_for(name, path) is not None:
        raise UsageError(f"only omni-transcripts export writes {wanted}", f"here the formats are {', '.join(FORMATS)}")
    if found is None:
        raise UsageError(f"there is no format “{wanted}”", f"the formats are {', '.join(names)}")
    return found


def row_format_for(name: str | None, path: Path | None) -> RowFormat | None:
    """The format of tables by its name, else by the file's ending; None if it is another format, or none."""
    return _with_ending(ROW_FORMATS, _asked_for(name, path))


def ending_note(wanted: Format | RowFormat, path: Path | None) -> str:
    """Tells that a file has the ending of another format than it holds; empty if it has not."""
    ending = path.suffix.lower() if path else ""
    other = _with_ending(FORMATS, ending) or _with_ending(ROW_FORMATS, ending)
    if path is None or other is None or any(one.endswith(ending) for one in wanted.suffixes):
        return ""
    return f"{path.name} holds {wanted.name}, and its ending is that of {other.name}"


def check_rows(wanted: RowFormat, output: Path | None) -> None:
    """Reject a format whose package is missing, or which is no text and has no file to go to.

    Raises:
        UsageError: It is so.
    """
    from importlib.util import find_spec  # needed only here

    if wanted.needs and find_spec(wanted.needs) is None:
        raise UsageError(f"{wanted.name} takes {wanted.needs}", f"pip install 'omni-transcripts[{wanted.name}]'")
    if wanted.needs and output is None:
        raise UsageError(f"{wanted.name} is no text", "name a file with -o")


def _asked_for(name: str | None, path: Path | None) -> str:
    return name if name is not None else path.suffix if path else ""


def _with_ending(formats: Mapping[str, F], wanted: str) -> F | None:
    ending = "." + wanted.strip().lower().removeprefix(".")
    return next((one for one in formats.values() if ending in one.suffixes), None)


def _module(name: str) -> Any:
    return import_module(f"tui.core.export.{name}")


def check_switches(wanted: Format | RowFormat, on: Collection[str]) -> None:
    """Reject what is on without effect.

    Raises:
        UsageError: The format does not use it.
    """
    for name in SWITCHES:
        if name in on and name not in wanted.switches:
            flag = "--" + name.replace("_", "-")
            raise UsageError(f"{flag} has no effect on {wanted.name}", f"it is for {listed(formats_with(name))}")


def check_time(wanted: Format | RowFormat) -> None:
    """Reject a style of times without effect.

    Raises:
        UsageError: The format does not use it.
    """
    if not wanted.has_time_styles:
        raise UsageError(f"--time has no effect on {wanted.name}", f"it is for {listed(formats_with_time())}")


def formats_with_time() -> list[str]:
    """The names of the formats that show times in a chosen style."""
    return [one.name for one in FORMATS.values() if one.has_time_styles]


def formats_with(switch: str) -> list[str]:
    """The names of the formats on which a switch has an effect."""
    return [one.name for one in FORMATS.values() if switch in one.switches]
