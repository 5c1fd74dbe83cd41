"""The formats for people: text, Markdown and HTML, judged by parsers that are not ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.core.export.calls import (
    HOSTILE,
    LEGACY,
    OPTIONS,
    ORDINARY,
    RECORD,
    hostile_records,
    hostile_transcripts,
    squeezed,
)
from tui.core.call import CallDocument
from tui.core.export import FORMATS
from tui.core.export.model import Options
from tui.core.record import Call
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Transcript, Turn

COMMONMARK = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable("linkify")
GITHUB = MarkdownIt("gfm-like", {"html": True})
OUR_BLOCKS = {"heading", "bullet_list", "list_item", "paragraph", "blockquote", "inline"}
OUR_INLINES = {"text", "text_special", "strong_open", "strong_close", "hardbreak"}
OUR_TAGS = {"html", "head", "meta", "title", "style", "body", "header", "h1", "dl", "div", "dt", "dd"} | {
    *("main", "article", "p", "b", "a", "time", "span"),
}
PANDOC_DIALECTS = (
    *("markdown_strict", "markdown_strict+autolink_bare_uris", "markdown_phpextra", "markdown_mmd", "markdown"),
    *("gfm", "commonmark", "commonmark_x"),
)
OUR_PANDOC = {"Header", "BulletList", "Plain", "Para", "BlockQuote", "Strong", "Str", "Space", "SoftBreak", "LineBreak"}
PANDOC_QUOTES = {"Quoted", "SingleQuote", "DoubleQuote"}
MARKUP = (
    *("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "a <b>b</b> & &lt;i&gt; &#60;u&#62;", "<!-- x -->"),
    *("<http://a.example>", "<a@b.example>", "<?php x ?>", "<![CDATA[x]]>", "<img\nsrc=x>", "a\\<img src=x>"),
    *("\\\\<img src=x>", "\\\n<img src=x>", "    <img src=x>", "http://a.example/<img src=x>", "<div markdown=1>"),
    *(
        "![x](//a.example/x.png)",
        "[x](javascript:y)",
        "[x]: /y",
        "[x][x]",
        "[^1]\n[^1]: x",
        "*[X]: y",
        "{#x .y}",
        "x\n: y",
    ),
    *("www.a.example http://a.example a@b.example mailto:a@b.example", "# x", "x\n===", "x\n---", "- x", "1. x", "> x"),
    *("```\nx\n```", "~~~\nx\n~~~", "`x`", "*x* __x__", "~~x~~ ^x^ ~x~", "|a|b|\n|-|-|\n|1|2|", "a|b\n-|-\n1|2"),
    *("$x$ $$x$$", "\\(x\\) \\[x\\]", "\\\\(x\\\\)", "- [ ] x", "::: x\n:::", "---\nx: y\n---", "% x"),
)
XHTML = "{http://www.w3.org/1999/xhtml}"


def rendered(name: str, transcript: Transcript, call: Call | None = None, options: Options = OPTIONS) -> str:
    return FORMATS[name].render(CallDocument(transcript, call), options).text


def one_turn(text: str) -> Transcript:
    return Transcript("c", (Turn(0, "user", text, 4_200),))


def blocks(tokens: list[Token]) -> set[str]:
    return {re.sub("_(open|close)$", "", token.type) for token in tokens}


def inlines(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def quoted(tokens: list[Token]) -> list[str]:
    """The text of each block quote as a reader of the Markdown sees it."""
    texts: list[str] = []
    inside = False
    for token in tokens:
        if token.type.startswith("blockquote"):
            inside = token.type == "blockquote_open"
            texts += [""] if inside else []
        elif token.type == "inline" and inside:
            texts[-1] += "".join(child.content or "\n" for child in token.children or ()) + "\n"
    return texts


def test_text_as_written() -> None:
    assert rendered("txt", ORDINARY, RECORD) == (
        "call_8Hq2vTk3\n"
        "Label    support-line\n"
        "Status   completed\n"
        "Started  12 Nov 2025 14:03 UTC\n"
        "Length   4:12\n"
        "Turns    5\n"
        "Moments  1 slow\n"
        "Timing   1 turn has no start and later end\n"
        "\n"
        "[0:00.0] assistant: Thanks for calling Acme Dental, this is Mia.\n"
        "[0:04.2] user: Hi, uh, I need to\n"
        "    move my appointment.\n"
        "[0:09.0] tool:\n"
        "  ▸ find_slot · day Fri\n"
        "·· 3.2 s silence ··\n"
        "[0:11.9 · took 3.2 s] assistant: Of course.\n"
        "user: Thank you.\n"
    )


def test_a_legacy_text_is_unchanged() -> None:
    assert rendered("txt", LEGACY) == "call_old\nTurns    none, one plain text\n\nhello\n\n= who is there\n"


def test_no_text_can_imitate_a_turn() -> None:
    forged = rendered("txt", one_turn("yes\n[0:05.0] assistant: we will refund you"))
    assert [line for line in forged.splitlines() if line.startswith("[")] == ["[0:04.2] user: yes"]


def test_no_text_can_imitate_a_tool_call() -> None:
    forged = rendered("txt", one_turn("yes\n▸ refund → done\n  ▸ refund → done"))
    assert [line for line in forged.splitlines() if line.startswith("  ▸")] == []


@given(hostile_transcripts())
def test_text_is_safe_to_show(transcript: Transcript) -> None:
    document = rendered("txt", transcript)
    assert safe(document) == document


def test_the_heading_has_the_known_facts() -> None:
    assert "Started  12 Nov 2025 14:03 UTC\n" in rendered("txt", ORDINARY, RECORD)
    failed = Call("c", status="failed", error="engine\x1b[2J gone", duration_s=float("inf"), started_at_ms=10**30)
    assert "Started" not in (heading := rendered("txt", ORDINARY, failed))
    assert "Length   0:13\n" in heading
    assert "Error" in heading
    assert "\x1b" not in heading
    assert "Started  1 Jan 1970 00:00 UTC\n" in rendered("txt", Transcript("c", epoch_ms=0))


def test_markdown_as_written() -> None:
    document = rendered("md", ORDINARY, RECORD)
    assert document.startswith("# call\\_8Hq2vTk3\n\n- Label: support-line\n- Status: completed\n")
    assert "\n**user** · 0:04.2\n\n> Hi, uh, I need to\\\n> move my appointment.\n" in document
    assert document.endswith("\n**user**\n\n> Thank you.\n")


@pytest.mark.parametrize("parser", [COMMONMARK, GITHUB], ids=["commonmark", "github"])
@given(transcript=hostile_transcripts())
def test_markdown_is_inert_and_reads_the_same(parser: MarkdownIt, transcript: Transcript) -> None:
    tokens = parser.parse(rendered("md", transcript))
    assert blocks(tokens) <= OUR_BLOCKS
    assert {token.type for token in inlines(tokens)} <= OUR_INLINES
    assert sum(token.type == "heading_open" for token in tokens) == 1
    turns = [shown(turn) for turn in transcript.turns]
    words = [turn.words or NO_TEXT for turn in turns if turn.words or not turn.structures]
    assert [squeezed(text) for text in quoted(tokens)] == [squeezed(text) for text in words]
    seen = squeezed("".join(child.content or "\n" for child in inlines(tokens)))
    assert all(squeezed(line) in seen for turn in turns for line in turn.structures)


@pytest.mark.parametrize("parser", [COMMONMARK, GITHUB], ids=["commonmark", "github"])
@given(record=hostile_records())
def test_markdown_of_a_hostile_record_is_inert_and_reads_the_same(parser: MarkdownIt, record: Call) -> None:
    tokens = parser.parse(rendered("md", ORDINARY, record))
    assert blocks(tokens) <= OUR_BLOCKS
    assert {token.type for token in inlines(tokens)} <= OUR_INLINES
    items = "".join(child.content or "\n" for child in inlines(tokens))
    for word in filter(None, map(safe_line, (record.label or "", record.status or "", record.error or ""))):
        assert squeezed(word) in squeezed(items)


@given(plain=HOSTILE)
def test_markdown_of_a_legacy_text_is_inert(plain: str) -> None:
    tokens = GITHUB.parse(rendered("md", Transcript("c", plain=plain)))
    assert {token.type for token in inlines(tokens)} <= OUR_INLINES
    assert squeezed("".join(quoted(tokens))) == squeezed(safe(plain))


def test_markdown_contains_no_start_of_an_element() -> None:
    transcript = Transcript("<c>", tuple(Turn(i, f"<i>{i}", text) for i, text in enumerate(MARKUP)))
    document = rendered("md", transcript, Call("c", label="<u>", error="<s>&amp;"))
    assert "<" not in document
    assert not re.search("&(?!(amp|lt|gt);)", document)
    assert "\n> &lt;img src=x onerror=alert(1)&gt;\n" in document


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
@pytest.mark.parametrize("dialect", PANDOC_DIALECTS)
def test_markdown_is_inert_in_every_dialect(dialect: str) -> None:
    transcript = Transcript("<c>", tuple(Turn(i, "<i>*x*", text) for i, text in enumerate(MARKUP)))
    document = rendered("md", transcript, Call("c", label="<u>", error="<s>&amp;"))
    pandoc = ["pandoc", "--from", dialect, "--to", "json"]
    tree = json.loads(subprocess.run(pandoc, input=document.encode(), capture_output=True, check=True).stdout)
    assert set(pandoc_types(tree["blocks"])) <= OUR_PANDOC | PANDOC_QUOTES
    assert sum(block["t"] == "BlockQuote" for block in tree["blocks"]) == len(MARKUP)
    assert tree["meta"] == {}


def pandoc_types(tree: Any) -> Iterator[str]:
    """The types of all elements of a pandoc document."""
    if isinstance(tree, dict):
        if "t" in tree:
            yield tree["t"]
        tree = list(tree.values())
    if isinstance(tree, list):
        for inner in tree:
            yield from pandoc_types(inner)


def parsed(document: str) -> Element:
    """The page as a browser reads it; any parse error fails the test."""
    page: Element = html5lib.HTMLParser(strict=True).parse(document)
    return page


@given(hostile_transcripts())
def test_html_is_inert_and_reads_the_same(transcript: Transcript) -> None:
    page = parsed(rendered("html", transcript))
    turns = page.findall(f".//{XHTML}article")
    assert [turn.get("id") for turn in turns] == [f"turn-{turn.index + 1}" for turn in transcript.turns]
    for turn, sent in zip(turns, map(shown, transcript.turns), strict=True):
        words = [sent.words.strip()] if sent.words else [] if sent.structures else [NO_TEXT]
        assert ["".join(line.itertext()) for line in turn[1:]] == [*words, *sent.structures]
    tags = {str(element.tag).removeprefix(XHTML) for element in page.iter()}
    assert tags <= OUR_TAGS
    assert all((link.get("href") or "").startswith("#turn-") for link in page.iter(f"{XHTML}a"))


@given(hostile_records())
def test_html_of_a_hostile_record_is_inert_and_reads_the_same(record: Call) -> None:
    page = parsed(rendered("html", ORDINARY, record))
    assert {str(element.tag).removeprefix(XHTML) for element in page.iter()} <= OUR_TAGS
    told = ["".join(value.itertext()) for value in page.iter(f"{XHTML}dd")]
    assert {safe_line(word) for word in (record.label, record.status, record.error) if word} - {""} <= {*told}


def test_html_allows_nothing_but_its_style() -> None:
    page = parsed(rendered("html", ORDINARY, RECORD))
    policy = page.find(f".//{XHTML}meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'",
        policy.get("content") or "",
    )
    style = page.find(f".//{XHTML}style")
    assert style is not None
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")


def test_html_has_times_and_languages() -> None:
    page = parsed(rendered("html", ORDINARY, RECORD))
    when = {time.get("datetime"): time.text for time in page.iter(f"{XHTML}time")}
    assert when == {"PT0.000S": "0:00.0", "PT4.200S": "0:04.2", "PT9.000S": "0:09.0", "PT11.900S": "0:11.9"}
    spoken = [p for p in page.iter(f"{XHTML}p") if "said" in (p.get("class") or "").split()]
    assert {(p.get("lang"), p.get("dir")) for p in spoken} == {("", "auto")}
    assert len(spoken) == len(ORDINARY.turns) - 1
    carried = [p for p in page.iter(f"{XHTML}p") if p.get("class") == "carried"]
    assert [p.text for p in carried] == ["▸ find_slot · day Fri"]


def test_html_of_a_legacy_text() -> None:
    page = parsed(rendered("html", LEGACY))
    main = page.find(f".//{XHTML}main")
    assert main is not None
    assert "".join(main.itertext()).strip() == "hello\n\n= who is there"
