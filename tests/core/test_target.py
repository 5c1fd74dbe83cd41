"""Every form of TARGET and of the go-to box, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.errors import UsageError
from tui.core.target import Place, Target, link, parse_place, parse_target

URL = "https://api.pyai.com/v1/omni/calls"


@pytest.mark.parametrize(
    "text",
    [
        "call_8Hq2",
        "  call_8Hq2\n",
        '"call_8Hq2"',
        "'call_8Hq2',",
        "<call_8Hq2>",
        "“call_8Hq2”",
        '<"call_8Hq2">;',
        f"{URL}/call_8Hq2",
        f"{URL}/call_8Hq2/transcript?x=y",
        f"<{URL}/call_8Hq2/>",
        "api.pyai.com/v1/omni/calls/call_8Hq2",
    ],
)
def test_a_call_id_in_whatever_it_came(text: str) -> None:
    assert parse_target(text) == Target(call_id="call_8Hq2")


def test_a_url_is_decoded_once() -> None:
    assert parse_target(f"{URL}/a%2Fb%2520c/transcript").call_id == "a/b%20c"
    assert parse_target("a%2Fb").call_id == "a%2Fb"


@pytest.mark.parametrize(
    ("fragment", "turn", "time_ms"),
    [("turn=14", 14, None), ("t=1:23", None, 83_000), ("t=83.5s", None, 83_500), ("t=83.5", None, 83_500)],
)
def test_deep_links(fragment: str, turn: int | None, time_ms: int | None) -> None:
    assert parse_target(f"c#{fragment}") == Target(call_id="c", turn=turn, time_ms=time_ms)
    assert parse_target(f"{URL}/c/transcript?x=y#{fragment}") == Target(call_id="c", turn=turn, time_ms=time_ms)


@pytest.mark.parametrize(
    "fragment", ["", "turn=", "turn=0", "turn=-1", "turn=x", "turn=٣", "t=", "t=x", "page=2", "14"]
)
def test_a_bad_place_is_refused_with_a_hint(fragment: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_target(f"call#{fragment}")
    assert refusal.value.hint


@pytest.mark.parametrize(
    "text",
    ["", " ", '""', ".", "..", f"{URL}/%2e%2e", "a\x1bb", "https://pyai.com/docs", "x" * 257, "#turn=1"],
)
def test_what_can_be_no_call_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_target(text)


def test_standard_input_and_files() -> None:
    there = {"call.json", "notes", "a#b"}.__contains__
    assert parse_target("-") == Target(stdin=True)
    assert parse_target("notes", there) == Target(path="notes")
    assert parse_target("a#b", there) == Target(path="a#b")
    assert parse_target("call.json#turn=3", there) == Target(path="call.json", turn=3)
    assert parse_target("./gone.json", there) == Target(path="./gone.json")
    assert parse_target("gone.json", there) == Target(path="gone.json")
    assert parse_target(f"{URL}/c.json", there) == Target(call_id="c.json")


@given(
    st.text("abc#=-_. 0:é", min_size=1).filter(lambda i: i == i.strip() and i not in {".", ".."}),
    st.integers(1, 10**9 - 1),
)
def test_a_link_leads_back(call_id: str, turn: int) -> None:
    assert parse_target(link(call_id, turn)) == Target(call_id=call_id, turn=turn)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("14", Place(turn=14)),
        (" #14 ", Place(turn=14)),
        ("1:23", Place(time_ms=83_000)),
        ("83s", Place(time_ms=83_000)),
        ("50%", Place(fraction=0.5)),
        ("12.5 %", Place(fraction=0.125)),
        ("250%", Place(fraction=1.0)),
    ],
)
def test_places(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize("text", ["", "0", "#0", "#", "x", "-50%", "%", "1:23:45:67", "٣"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_place(text)
