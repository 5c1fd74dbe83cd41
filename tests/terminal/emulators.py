"""Terminals to look at programs through: pyte's, and xterm.js in node where that is installed.

A look is the visible state of a cell: its text and its style. Bold and italic of a blank are left out as invisible.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from codecs import getincrementaldecoder
from pathlib import Path
from typing import Any, Protocol

from platformdirs import user_cache_path

from tests.terminal.screens import Terminal

Look = tuple[str, ...]

PACKAGES = ("@xterm/headless@6.0.0", "@xterm/addon-unicode11@0.9.0")
"""What npm installs for xterm.js. It is looked for where ``NODE_PATH`` says, else in the user's cache."""

_MODULES = Path(os.environ.get("NODE_PATH") or user_cache_path("omni-transcripts-tests") / "node_modules")
_SERVER = Path(__file__).with_name("xterm_js.cjs")
_ANSWERS = {"\x1b[6n": "\x1b[1;1R", "\x1b[?2026$p": "\x1b[?2026;2$y", "\x1b[?2048$p": "\x1b[?2048;0$y"}
ASCII = frozenset(map(chr, range(128)))
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>]\d*u|\x1b\[\?\d+\$p|\x1b\[>[\d;]*[cqm]|\x1bP[^\x1b]*\x1b\\")
_SEQUENCE_CUT_OFF = re.compile(r"\x1b(?:\[[\x20-\x3f]*|\][^\x07\x1b]*\x1b?|P[^\x1b]*\x1b?|[()]?)\Z")


def no_xterm_js() -> str:
    """Why xterm.js cannot be used here; empty if it can."""
    if not shutil.which("node"):
        return "node is not installed"
    if not (_MODULES / "@xterm").is_dir():
        return f"npm install --prefix {_MODULES.parent} {' '.join(PACKAGES)} was not run"
    return ""


class Emulator(Protocol):
    """A terminal that is fed with what a program writes."""

    def feed(self, data: bytes) -> bytes:
        """Draw; returns what the terminal answers."""

    def resize(self, columns: int, lines: int) -> None:
        """Take another size."""

    def looks(self) -> list[list[Look]]:
        """All cells, row by row."""

    def close(self) -> None:
        """End it."""


def rows(emulator: Emulator) -> list[str]:
    """The text on a terminal."""
    return ["".join(look[0] for look in row) for row in emulator.looks()]


class Pyte:
    """pyte, which draws the widths by which Textual lays out."""

    def __init__(self, columns: int, lines: int) -> None:
        self._terminal = Terminal(columns, lines)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._cut_off = ""

    def feed(self, data: bytes) -> bytes:
        text = self._cut_off + self._decode(data)
        cut = _SEQUENCE_CUT_OFF.search(text)
        at = cut.start() if cut else len(text.rstrip("".join(set(text) - ASCII)))  # a grapheme may come in two pieces
        text, self._cut_off = text[:at], text[at:]
        self._terminal.feed(_UNKNOWN_TO_PYTE.sub("", text))
        return "".join(answer * text.count(question) for question, answer in _ANSWERS.items()).encode()

    def resize(self, columns: int, lines: int) -> None:
        self._terminal.resize(lines, columns)

    def looks(self) -> list[list[Look]]:
        return [[tuple(map(str, look)) for look in row] for row in self._terminal.looks()]

    def close(self) -> None:
        """There is nothing to end."""


class XtermJs:
    """xterm.js, which draws widths of Unicode 6, as VS Code did for years, or 11, as it does now."""

    def __init__(self, columns: int, lines: int, unicode: str = "11") -> None:
        self._node = subprocess.Popen(
            ["node", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"NODE_PATH": str(_MODULES)},
        )
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._ask("open", columns=columns, lines=lines, unicode=unicode)

    def feed(self, data: bytes) -> bytes:
        whole = self._decode(data)  # given a part of some characters (U+201C), xterm.js loses them; VS Code gives none
        return str(self._ask("write", data=b64encode(whole.encode()).decode())["answers"]).encode()

    def resize(self, columns: int, lines: int) -> None:
        self._ask("resize", columns=columns, lines=lines)

    def looks(self) -> list[list[Look]]:
        return [[_seen(*cell) for cell in row] for row in self._ask("screen")["rows"]]

    def clipboard(self) -> list[str]:
        """The texts that were put on the clipboard since the last time, each of them whole."""
        return [
            b64decode(data.removeprefix("c;").removeprefix(";")).decode()
            for data in self._ask("clipboard")["clipboard"]
        ]

    def modes(self) -> dict[str, Any]:
        """The terminal's modes by xterm.js' names for them."""
        return dict(self._ask("screen")["modes"])

    def close(self) -> None:
        assert self._node.stdin is not None
        self._node.stdin.close()
        self._node.wait()

    def _ask(self, request: str, **values: object) -> dict[str, Any]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"request": request, **values}).encode() + b"\n")
        self._node.stdin.flush()
        return dict(json.loads(self._node.stdout.readline()))


def _seen(text: str, foreground: str, background: str, emphasis: str, lines: str) -> Look:
    if text == " " and lines == "000":
        return (text, "", background, "", lines)
    return (text, foreground, background, emphasis, lines)
