"""What exports write as JSON is JSON by the standard, whatever values the turns of a call have."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest

from tui.core.call import CallDocument
from tui.core.export import FORMATS, HARNESS, ROW_FORMATS
from tui.core.export.model import Options
from tui.core.export.rows import TURNS
from tui.core.transcript import Transcript, Turn

BEYOND = json.loads("1e999")


def strict(text: str) -> Any:
    """The value of a text; RFC 8259 knows neither NaN nor Infinity."""

    def refuse(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def call(arguments: Any) -> Transcript:
    """A call of which the second turn calls a tool."""
    tool = {"tool_calls": [{"name": "f", "arguments": arguments}]}
    return Transcript("c1", (Turn(0, "user", "Hi"), Turn(1, "assistant", "Hello", extra=tool)))


def harness(transcript: Transcript) -> Any:
    return strict(HARNESS.render(CallDocument(transcript), Options()).text)["turns"][0]["tool_calls"][0]["args"]


def part_as_json(transcript: Transcript) -> Any:
    text = FORMATS["json"].render(CallDocument(transcript), Options(turns=range(1, 2))).text
    return strict(text)["transcript"]["turns"][0]["tool_calls"][0]["arguments"]


def further_fields(transcript: Transcript) -> Any:
    row = list(csv.DictReader(StringIO(FORMATS["csv"].render(CallDocument(transcript), Options()).text)))[1]
    return strict(row["extra"])["tool_calls"][0]["arguments"]


def tools(transcript: Transcript) -> Any:
    content = BytesIO()
    with ROW_FORMATS["jsonl"].writing(content.write, TURNS.columns) as add:
        add(TURNS.rows_of(CallDocument(transcript), Options()))
    return strict(strict(content.getvalue().splitlines()[1].decode())["tools"][0]["arguments"])


@pytest.mark.parametrize("arguments_in", [harness, part_as_json, further_fields, tools])
def test_a_number_beyond_all_floats_is_a_text(arguments_in: Callable[[Transcript], Any]) -> None:
    assert arguments_in(call({"parcel": [BEYOND, 1.5]})) == {"parcel": ["inf", 1.5]}


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ('{"parcel": 22}', {"parcel": 22}),
        ("parcel 22", "parcel 22"),
        ('{"parcel": NaN}', '{"parcel": NaN}'),
        ('{"parcel": 1e999}', {"parcel": "inf"}),
        ("[" * 200 + "]" * 200, json.loads("[" * 200 + "]" * 200)),
        ("[" * 201 + "]" * 201, "[" * 201 + "]" * 201),
        ("[" * 500 + "]" * 500, "[" * 500 + "]" * 500),
        ("[" * 100_000 + "]" * 100_000, "[" * 100_000 + "]" * 100_000),
    ],
)
def test_arguments_in_a_text_are_an_object_in_a_fixture_if_they_can_be(sent: str, written: Any) -> None:
    assert harness(call(sent)) == written
