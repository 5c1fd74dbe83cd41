"""The formats for programs: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.export.calls import HOSTILE, LEGACY, OPTIONS, ORDINARY, SOURCE, hostile_transcripts
from tui.core.call import CallDocument
from tui.core.export import FORMATS
from tui.core.export.csv import HEADER
from tui.core.export.model import Options
from tui.core.text import safe
from tui.core.transcript import Transcript, Turn

UNSEEN = "\x7f\x85\x9b\u200b\u200d\u202e\u2028\u2066\ufeff\ufdd0\U0001ffff\U000e0041"
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), HOSTILE, st.text(alphabet=f"a é日{UNSEEN}\U0001f600\u0301")),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(HOSTILE, inner, max_size=4)),
    max_leaves=8,
)


def rendered(name: str, transcript: Transcript) -> str:
    return FORMATS[name].render(CallDocument(transcript), OPTIONS).text


def rows(document: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(document, newline=""), strict=True))


def cell(text: str) -> str:
    return rows(rendered("csv", Transcript("c", (Turn(0, "user", text),))))[1][5]


def test_json_equals_the_source() -> None:
    assert rendered("json", ORDINARY) == SOURCE.decode() + "\n"
    pretty = b'{\n  "transcript": "caf\xc3\xa9 \xf0\x9f\x98\x80"\n}\n'
    assert rendered("json", Transcript("c", source=pretty)) == pretty.decode()


@given(value=VALUES, indent=st.one_of(st.none(), st.just("\t"), st.just(1)))
def test_json_loses_nothing_and_is_safe_to_show(value: object, indent: str | int | None) -> None:
    sent = json.dumps(value, ensure_ascii=False, indent=indent).replace("\n", "\r")
    document = rendered("json", Transcript("c", source=sent.encode("utf-8", "surrogatepass")))
    assert json.loads(document) == json.loads(sent)
    assert safe(document) == document
    assert document.endswith("\n")


@pytest.mark.parametrize("character", UNSEEN)
def test_json_escapes_invisible_characters(character: str) -> None:
    document = rendered("json", Transcript("c", source=f'{{"transcript":"a{character}b"}}'.encode()))
    assert document.isascii()
    assert document.removesuffix("\n").isprintable()
    assert json.loads(document) == {"transcript": f"a{character}b"}


def test_json_without_a_source_is_built_from_the_turns() -> None:
    built = json.loads(rendered("json", replace(ORDINARY, source=b"")))
    assert built["object"] == "omni.call.transcript"
    assert built["call_id"] == "call_8Hq2vTk3"
    assert built["transcript"]["turns"][2:4] == [
        {"tool_calls": [{"name": "find_slot", "day": "Fri"}], "role": "tool", "text": "", "start_ms": 9_000},
        {"role": "assistant", "text": "Of course.", "start_ms": 11_900, "end_ms": 13_000},
    ]
    assert json.loads(rendered("json", replace(LEGACY, source=b"")))["transcript"] == LEGACY.plain


def test_csv_as_written() -> None:
    document = rendered("csv", ORDINARY)
    assert document.startswith(
        '"turn","speaker","role","start_ms","end_ms","text","extra","offset_ms","floor","tool_ms","moments"\r\n'
        '1,"assistant","assistant",0,3900,"Thanks '
    )
    assert rows(document)[3:] == [
        ["3", "tool", "other", "9000", "", "", '{"tool_calls":[{"name":"find_slot","day":"Fri"}]}', *[""] * 4],
        ["4", "assistant", "assistant", "11900", "13000", "Of course.", "", "3200", "change", "0", "slow_answer"],
        ["5", "user", "user", "", "", "Thank you.", *[""] * 5],
    ]


@given(hostile_transcripts())
def test_csv_reads_back_strictly(transcript: Transcript) -> None:
    header, *body = rows(rendered("csv", transcript))
    assert tuple(header) == HEADER
    assert [row[5].replace("'", "") for row in body] == [safe(t.text).replace("'", "") for t in transcript.turns]
    assert [row[3] for row in body] == ["" if t.start_ms is None else str(t.start_ms) for t in transcript.turns]


@given(hostile_transcripts())
def test_csv_quotes_every_text_and_no_number(transcript: Transcript) -> None:
    document = rendered("csv", transcript)
    cells = '("([^"]|"")*"|-?[0-9]*)'
    assert re.fullmatch(f"({cells}(,{cells}){{10}}\r\n)*", document)


FORMULA = re.compile(r"[\s\ufeff\"]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
NUMBER = re.compile(r"-[0-9]+")


def cells_found(document: str) -> Iterator[str]:
    """What programs take for cells that part them by one character or another, and do or do not know quotes."""
    for delimiter in ",;\t|":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            lines = io.StringIO(document, newline="")
            for row in csv.reader(lines, delimiter=delimiter, quoting=quoting):
                yield from row
    yield from re.split(r"[,;|\t\r\n]", document)


@given(hostile_transcripts(), st.lists(st.sampled_from([*",;\t| \r\n\"'\ufeff\xa0\\", *"=+-@＝＠", "1"]), max_size=9))
def test_no_position_begins_like_a_formula(transcript: Transcript, characters: list[str]) -> None:
    text = "".join(characters)
    more = Turn(9, text, text, -5, extra={text: [text, -5, {"x": text}]})
    document = rendered("csv", replace(transcript, turns=(*transcript.turns, more)))
    for found in cells_found(document):
        assert not FORMULA.match(found) or NUMBER.match(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thanks;=HYPERLINK(1)", "thanks;'=HYPERLINK(1)"),
        ("thanks; =HYPERLINK(1)", "thanks;' =HYPERLINK(1)"),
        ("one,@two", "one,'@two"),
        ('x;"=1"', 'x;\'"=1"'),
        ("x;;-1;1", "x;;'-1;1"),
        ("x|+1", "x|'+1"),
        ("x\n=1", "x\n'=1"),
        ("x\r=1", "x\n'=1"),
        ("\n=1", "'\n'=1"),
        ("x;＝1", "x;'＝1"),
    ],
)
def test_csv_has_an_apostrophe_wherever_a_cell_may_begin(text: str, expected: str) -> None:
    assert cell(text) == expected


@pytest.mark.parametrize("before", ["", "\t", "  ", "\ufeff", "\xa0", "\u3000", '"'])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦﹢﹣﹫")
def test_no_cell_begins_like_a_formula(before: str, sign: str) -> None:
    assert cell(f"{before}{sign}1") == "'" + safe(f"{before}{sign}1")


@pytest.mark.parametrize(
    "text", ["5 - 3", "'=1", "a=1", "a@b.example", "", "1+1", "well, yes; no\nmaybe", "a\t=1".expandtabs()]
)
def test_other_text_gets_no_apostrophe(text: str) -> None:
    assert cell(text) == text


@settings(max_examples=40)
@given(extra=st.dictionaries(st.text(), VALUES, min_size=1))
def test_csv_keeps_the_values_of_further_fields(extra: dict[str, object]) -> None:
    document = rendered("csv", Transcript("c", (Turn(0, "user", "x", extra=extra),)))
    kept = rows(document)[1][6]
    assert json.loads(kept) == extra
    assert safe(kept) == kept


def test_csv_begins_with_a_byte_order_mark_on_request() -> None:
    document = FORMATS["csv"].render(CallDocument(ORDINARY), Options(bom=True)).text
    assert document == "\ufeff" + rendered("csv", ORDINARY)


CALC = shutil.which("soffice")
FORMULAS = (
    "=1+1",
    "x;=1+1",
    "x,=1+1",
    "x\t=1+1",
    "x\n=1+1",
    '"=1+1"',
    'x;"=1+1',
    "\ufeff=1+1",
    "＝1+1",
    "+1+1",
    "x; @SUM(1)",
)


@pytest.mark.skipif(CALC is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("delimiter", ",;\t")
def test_a_spreadsheet_reads_only_text(tmp_path: Path, delimiter: str) -> None:
    turns = tuple(Turn(i, text, f"{text} café", extra={text: text}) for i, text in enumerate(FORMULAS))
    text = FORMATS["csv"].render(CallDocument(Transcript("c", turns)), Options(bom=True)).text
    (tmp_path / "call.csv").write_text(text, newline="")
    (tmp_path / "control.csv").write_text(f'1{delimiter}"=1+1"\r\n', newline="")
    reads_so = f"CSV:{ord(delimiter)},34,76,1,,0,false,true,false,false,false,-1"
    convert = [CALC or "", f"-env:UserInstallation=file://{tmp_path}", "--headless", "--convert-to", "fods"]
    files = ["--outdir", str(tmp_path), "call.csv", "control.csv"]
    subprocess.run([*convert, f"--infilter={reads_so}", *files], cwd=tmp_path, capture_output=True, check=True)
    table, control = ((tmp_path / name).read_text() for name in ("call.fods", "control.fods"))
    assert "table:formula" in control
    assert "table:formula" not in table
    assert "café" in table


def test_csv_numbers_stay_numbers() -> None:
    early = Transcript("c", (Turn(0, "=user", "x", -1_200, -1),))
    assert rows(rendered("csv", early))[1] == ["1", "'=user", "other", "-1200", "-1", "x", *[""] * 5]


def test_csv_of_a_legacy_text_is_one_row() -> None:
    assert rows(rendered("csv", replace(LEGACY, plain="=a\nb"))) == [list(HEADER), [*[""] * 5, "'=a\nb", *[""] * 5]]
