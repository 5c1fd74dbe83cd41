"""Transcripts to export: an ordinary one, and strategies for the hostile kind."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tui.core.export.model import Options
from tui.core.record import Call
from tui.core.transcript import Transcript, Turn

OPTIONS = Options()

TURNS = (
    Turn(0, "assistant", "Thanks for calling Acme Dental, this is Mia.", 0, 3_900),
    Turn(1, "user", "Hi, uh, I need to\nmove my appointment.", 4_200, 8_700),
    Turn(2, "tool", "", 9_000, None, extra={"tool_calls": [{"name": "find_slot", "day": "Fri"}]}),
    Turn(3, "assistant", "Of course.", 11_900, 13_000),
    Turn(4, "user", "Thank you."),
)
SOURCE = b'{"object":"omni.call.transcript","call_id":"call_8Hq2vTk3","transcript":{"turns":[]}}'
ORDINARY = Transcript("call_8Hq2vTk3", TURNS, source=SOURCE)
RECORD = Call(
    "call_8Hq2vTk3",
    label="support-line",
    status="completed",
    duration_s=252.0,
    started_at_ms=1_762_956_191_250,
)
LEGACY = Transcript("call_old", plain="hello\n\n= who is there", source=json.dumps("hello").encode())

_HOSTILE_WORDS = st.sampled_from(
    [
        *(
            "-->",
            "&",
            "&lt;",
            "<",
            ">",
            "<b>",
            "</v>",
            "<v x>",
            "{\\an8}",
            "\n\n",
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "1",
        ),
        *(
            "2\n00:00:01,000 --> 00:00:02,000\n",
            "00:00:01.000 --> 00:00:02.000",
            "01:02:03,004",
            "4:05.6",
            "\n7\n",
        ),
        *(
            "=1+1",
            "@SUM",
            "＝1",
            "'",
            '"',
            ",",
            "-rf",
            "\ufeff",
            "WEBVTT",
            "NOTE x",
            "STYLE",
            "[0:05.0] user: hi",
        ),
        *(
            "<script>alert(1)</script>",
            "<!--",
            "]]>",
            "&#60;",
            "\x1b[31m",
            "\x9b2J",
            "\u202e",
            "\u200b",
            "\u2028",
        ),
        *(
            "![x](http://a.example/x.png)",
            "[x](javascript:y)",
            "www.example.com",
            "http://localhost",
            "a@b.example",
        ),
        *(
            "# x",
            "- x",
            "1. x",
            "1) x",
            "===",
            "---",
            "> x",
            "    code",
            "```",
            "~~~",
            "`x`",
            "*x*",
            "__x__",
            "|a|b|",
        ),
        *(
            "[x]: /y",
            "mailto:a@b.example",
            "//localhost/x",
            "\\",
            "$x$",
            ":smile:",
            "é",
            "日本",
            "שלום",
            "\U0001f600",
        ),
    ]
)
HOSTILE = st.lists(st.one_of(_HOSTILE_WORDS, st.text(max_size=6)), max_size=8).map("".join)
TIME_MS = st.one_of(st.none(), st.integers(-5_000, 400_000), st.sampled_from([0, 1, -(10**20), 10**20, 10**11, 10**9]))
EXTRAS = st.dictionaries(st.text(max_size=3), HOSTILE, max_size=2)


@st.composite
def hostile_transcripts(draw: st.DrawFn) -> Transcript:
    """Transcripts of a few turns in which everything is as bad as it can be."""
    fields = st.tuples(
        st.one_of(st.sampled_from(["user", "assistant", ""]), HOSTILE), HOSTILE, TIME_MS, TIME_MS, EXTRAS
    )
    turns = tuple(Turn(index, *drawn) for index, drawn in enumerate(draw(st.lists(fields, max_size=6))))
    return Transcript(draw(HOSTILE), turns)


def squeezed(text: str) -> str:
    """The text without any white space, which a subtitle may break differently."""
    return "".join(text.split())


@st.composite
def hostile_records(draw: st.DrawFn) -> Call:
    """A record of which every word is somebody's who means harm."""
    return Call(draw(HOSTILE), label=draw(HOSTILE), status=draw(HOSTILE), error=draw(HOSTILE))
