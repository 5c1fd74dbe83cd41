"""The registry of export formats, their selection, and default file names.

Each format renders itself in its own module; the store writes files. The names of the formats also stand in the
table of options, which loads no format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from tui.core.errors import UsageError
from tui.core.export import csv, harness, html, json, md, srt, txt, vtt
from tui.core.export.jsonl import JsonLines
from tui.core.export.model import Format, Options, RowFormat
from tui.core.export.parquet import Parquet
from tui.core.transcript import Transcript

_ALL = (
    Format("txt", (".txt", ".text"), "plain text, to read or to grep", txt.render),
    Format("md", (".md", ".markdown"), "Markdown, for an issue or a wiki", md.render),
    Format("json", (".json",), "JSON as the API sent it", json.render),
    Format("csv", (".csv",), "a row per turn, for a spreadsheet", csv.render),
    Format("srt", (".srt",), "SubRip subtitles, for any player", srt.render),
    Format("vtt", (".vtt", ".webvtt"), "WebVTT subtitles, with speakers", vtt.render),
    Format("html", (".html", ".htm"), "a page for browser and printer", html.render),
)

FORMATS: Mapping[str, Format] = {one.name: one for one in _ALL}
"""The formats that people read, of one call: in the app and on the command line."""
HARNESS = Format("harness", (".harness.json",), "a fixture of PyAI's harness", harness.render)
"""Chosen by its own flag, as its files end in .json."""
_ROWS = (
    RowFormat("jsonl", (".jsonl", ".ndjson"), JsonLines),
    RowFormat("parquet", (".parquet",), Parquet, needs="pyarrow"),
)
ROW_FORMATS: Mapping[str, RowFormat] = {one.name: one for one in _ROWS}
"""The formats that other engines read, of any number of calls: on the command line alone."""
_BY_SUFFIX = {suffix: one for one in _ALL for suffix in one.suffixes}

_EFFECTIVE = {
    "whole_turns": ("srt", "vtt"),
    "speakers": ("srt",),
    "bom": ("csv",),
    "marks": ("txt", "md", "csv", "html"),
}
"""The formats on which each option has an effect."""

_MAX_NAME_BYTES = 120
_NOT_PORTABLE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin_|conout_)(?:\.|$)", re.IGNORECASE)


def format_for(name: str | None, path: Path | None) -> Format:
    """Select a format by its name, else by the file's ending, else, without an ending, plain text.

    File endings such as "markdown" or "htm" count as names too.

    Raises:
        UsageError: There is no format of that name or ending.
    """
    wanted = _asked_for(name, path)
    if name is None and wanted in {"", "."}:
        return FORMATS["txt"]
    found = _BY_SUFFIX.get(_ending(wanted))
    if found is None and row_format_for(name, path) is not None:
        raise UsageError(f"only omni-transcripts export writes {wanted}", f"here the formats are {', '.join(FORMATS)}")
    if found is None:
        raise UsageError(f"there is no format “{wanted}”", f"the formats are {', '.join((*FORMATS, *ROW_FORMATS))}")
    return found


def row_format_for(name: str | None, path: Path | None) -> RowFormat | None:
    """The format of tables by its name, else by the file's ending; None if it is another format, or none."""
    ending = _ending(_asked_for(name, path))
    return next((one for one in ROW_FORMATS.values() if ending in one.suffixes), None)


def check_rows(wanted: RowFormat, output: Path | None) -> None:
    """Reject a format whose package is missing, or which is no text and has no file to go to.

    Raises:
        UsageError: It is so.
    """
    if wanted.needs and find_spec(wanted.needs) is None:
        raise UsageError(f"{wanted.name} takes {wanted.needs}", f"pip install 'omni-transcripts[{wanted.name}]'")
    if wanted.needs and output is None:
        raise UsageError(f"{wanted.name} is no text", "name a file with -o")


def _asked_for(name: str | None, path: Path | None) -> str:
    return name if name is not None else path.suffix if path else ""


def _ending(wanted: str) -> str:
    return "." + wanted.strip().lower().removeprefix(".")


def check_options(wanted: Format | RowFormat, options: Options) -> None:
    """Reject options without effect.

    Raises:
        UsageError: An option is set that the format does not use.
    """
    effective = options_of(wanted)
    for name, formats in _EFFECTIVE.items():
        if getattr(options, name) and name not in effective:
            flag = "--" + name.replace("_", "-")
            raise UsageError(f"{flag} has no effect on {wanted.name}", f"it is for {' and '.join(formats)}")


def options_of(wanted: Format | RowFormat) -> frozenset[str]:
    """The options, by their names in ``Options``, that can be on or off and have an effect on a format."""
    return frozenset(name for name, formats in _EFFECTIVE.items() if wanted.name in formats)


def default_name(transcript: Transcript, wanted: Format) -> str:
    """A portable file name for the call: only ASCII letters, digits, ``.``, ``_`` and ``-``.

    It begins with none of ``.`` and ``-``, is no device of Windows (which reserves them with any ending)
    and has at most 120 bytes, the format's ending included.
    """
    suffix = wanted.suffixes[0]
    stem = _NOT_PORTABLE.sub("_", transcript.call_id).lstrip(".-")
    if _DEVICE.match(stem):
        stem = f"call_{stem}"
    stem = stem[: _MAX_NAME_BYTES - len(suffix)].rstrip("._-")
    return (stem or "transcript") + suffix
