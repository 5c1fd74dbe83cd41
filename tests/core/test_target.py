"""Every form of TARGET and of the go-to box, and what is refused."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.errors import UsageError
from tui.core.secret import is_key
from tui.core.target import (
    AmbiguousTargetError,
    Locator,
    Target,
    call_address,
    host_of,
    is_elsewhere,
    link,
    parse_locator,
    parse_target,
    parse_turns,
)

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
        "call_8Hq2.",
        "(call_8Hq2)",
        "[call_8Hq2],",
        "“call_8Hq2”.",
        "call_8Hq2)",
        '"call_8Hq2',
        "call_id=call_8Hq2",
        "2026-11-12T14:03:11Z ERROR call_id=call_8Hq2 status=500",
        '{"level":"error","call_id":"call_8Hq2","status":500}',
        '{"message":"{\\"call_id\\":\\"call_8Hq2\\"}"}',
        "{'callId': 'call_8Hq2'}",
        "Call ID: call_8Hq2",
        'level=info msg="event=call_ended" call_id=call_8Hq2',
        "the call call_8Hq2 failed",
        '{"id": "call_8Hq2"}',
        "id=call_8Hq2",
        "GET /v1/omni/calls/call_8Hq2/transcript HTTP/1.1",
        f"fetch of {URL}/call_8Hq2/transcript failed.",
        f"{URL}/call_8Hq2.",
        f"see ({URL}/call_8Hq2).",
        f'"url":"{URL}/call_8Hq2/transcript","call_id":"call_8Hq2"',
        URL.replace("/", "\\/") + "\\/call_8Hq2",
    ],
)
def test_a_call_id_in_whatever_it_came(text: str) -> None:
    host = "api.pyai.com" if "api.pyai.com" in text else None
    assert parse_target(text) == Target(call_id="call_8Hq2", host=host)


def test_a_url_is_decoded_once() -> None:
    assert parse_target(f"{URL}/a%2Fb%2520c/transcript").call_id == "a/b%20c"
    assert parse_target("a%2Fb").call_id == "a%2Fb"


@pytest.mark.parametrize(
    ("fragment", "turn", "time_ms"),
    [("turn=14", 14, None), ("t=1:23", None, 83_000), ("t=83.5s", None, 83_500), ("t=83.5", None, 83_500)],
)
def test_deep_links(fragment: str, turn: int | None, time_ms: int | None) -> None:
    meant = Target("c", place=Locator(turn=turn, time_ms=time_ms))
    assert parse_target(f"c#{fragment}") == meant
    assert parse_target(f"call_id=c#{fragment} status=500") == meant
    assert parse_target(f"{URL}/c/transcript?x=y#{fragment}") == meant._replace(host="api.pyai.com")


def test_a_range_of_turns() -> None:
    assert parse_target("c#turn=9..14") == Target("c", place=Locator(9, 14))
    assert parse_target("(call_c#turn=9..14).") == Target("call_c", place=Locator(9, 14))
    assert parse_target("see call_c#turn=9..14.") == Target("call_c", place=Locator(9, 14))


@pytest.mark.parametrize(
    "text",
    ["a/b\u00fc?", "conv(1)", "user:call_x", "my/call_x", "call_ab==", "call_a(b)", "a%2Fb", "x=y", "a,b", "4711"],
)
def test_an_id_of_any_form_is_left_as_it_is(text: str) -> None:
    assert parse_target(text) == Target(call_id=text)


@pytest.mark.parametrize(
    "text",
    [
        "user said: my pin is 4711",
        "ERROR 2026-11-12 session failed",
        "“a b”",
        "my pin #turn=4",
        "4711\tagain",
        "4711\u00a0again",
        "recall_id 4711",
    ],
)
def test_words_without_an_id_name_no_call(text: str) -> None:
    with pytest.raises(UsageError, match="no call is named there"):
        parse_target(text)


def test_an_id_with_a_blank_is_taken_where_it_is_marked() -> None:
    assert parse_target('call_id="a b"').call_id == "a b"
    assert parse_target(f"{URL}/a%20b").call_id == "a b"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("call_id=call_a parent_call_id=call_b", ["call_a", "call_b"]),
        ('{"call_id":"a","previous":{"call_id":"b"}}', ["a", "b"]),
        ("call_a,call_b", ["call_a", "call_b"]),
        ("moved from call_a to call_b.", ["call_a", "call_b"]),
        (f"{URL}/a call_id=b", ["b", "a"]),
    ],
)
def test_of_several_calls_none_is_guessed(text: str, ids: list[str]) -> None:
    with pytest.raises(AmbiguousTargetError) as refusal:
        parse_target(text)
    assert [target.call_id for target in refusal.value.targets] == ids
    assert all(call_id in refusal.value.line() for call_id in ids)


def test_one_call_that_is_named_twice_is_one() -> None:
    meant = Target("call_a", place=Locator(3), host="api.pyai.com")
    assert parse_target(f"call_id=call_a#turn=3 url={URL}/call_a call_id=null") == meant


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://API.PyAI.com./v1", "api.pyai.com"),
        ("https://api.pyai.com:443", "api.pyai.com"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://api.pyai.com@evil.example/", "evil.example"),
        ("https://a:99999/", "a:99999"),
        ("https://[bad/", "[bad"),
    ],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


def test_an_address_is_of_a_host() -> None:
    target = parse_target("https://staging.example/v1/omni/calls/c")
    assert is_elsewhere(target, "api.pyai.com")
    assert not is_elsewhere(target, "staging.example")
    assert not is_elsewhere(parse_target("/v1/omni/calls/c"), "api.pyai.com")


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "call_id=" * 20_000, "/calls/" * 20_000, '"call_' * 20_000, "#t=" * 40_000]
)
def test_a_long_text_is_taken_apart_in_time(text: str) -> None:
    begun = time.process_time()
    with suppress(UsageError):
        parse_target(text)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "fragment",
    ["", "turn=", "turn=0", "turn=-1", "turn=x", "turn=9..x", "turn=9..3", "turn=٣", "t=", "t=x", "page=2", "14"],
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
    there = {"call.json", "notes", "a#b", "/x y.json", "call_id=x"}.__contains__
    assert parse_target("-") == Target(stdin=True)
    assert parse_target("notes", there) == Target(path="notes")
    assert parse_target("'notes'.", there) == Target(path="notes")
    assert parse_target("a#b", there) == Target(path="a#b")
    assert parse_target("call_id=x", there) == Target(path="call_id=x")
    assert parse_target("call.json#turn=3", there) == Target(path="call.json", place=Locator(3))
    assert parse_target("file:///x%20y.json#turn=3", there) == Target(path="/x y.json", place=Locator(3))
    assert parse_target("file://localhost/x%20y.json", there) == Target(path="/x y.json")
    assert parse_target(f"{URL}/c.json", there) == Target(call_id="c.json", host="api.pyai.com")


@pytest.mark.parametrize(
    "text", ["./gone.json", "gone.json", "~/gone", "./gone", "../gone", "/home/me/calls/gone", "my gone call_x.json"]
)
def test_what_looks_like_a_file_is_one_that_is_not_there(text: str) -> None:
    assert parse_target(text) == Target(path=text)
    assert parse_target(f"{text}#turn=3") == Target(path=text, place=Locator(3))


def test_a_file_address_is_no_call() -> None:
    assert parse_target("file:///home/me/x") == Target(path="/home/me/x")
    assert parse_target("file://elsewhere/x") == Target(path="file://elsewhere/x")


@given(
    st.text("abc#=-_.0:é", min_size=1).filter(lambda i: i == i.strip() and i not in {".", ".."}),
    st.integers(1, 10**9 - 1),
)
def test_a_link_leads_back(call_id: str, turn: int) -> None:
    assert parse_target(link(call_id, turn)) == Target(call_id, place=Locator(turn))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("14", Locator(turn=14)),
        (" #14 ", Locator(turn=14)),
        ("1:23", Locator(time_ms=83_000)),
        ("83s", Locator(time_ms=83_000)),
        ("50%", Locator(fraction=0.5)),
        ("12.5 %", Locator(fraction=0.125)),
        ("100%", Locator(fraction=1.0)),
    ],
)
def test_places(text: str, place: Locator) -> None:
    assert parse_locator(text) == place


@pytest.mark.parametrize("text", ["", "0", "#0", "#", "x", "-50%", "%", "101%", "100.5%", "1:23:45:67", "٣"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_locator(text)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", Locator()),
        ("  ", Locator()),
        ("14", Locator(turn=14)),
        (" #14 ", Locator(turn=14)),
        ("9..14", Locator(turn=9, last_turn=14)),
        ("9 - 14", Locator(turn=9, last_turn=14)),
        ("9…14", Locator(turn=9, last_turn=14)),
    ],
)
def test_turns_are_read_as_they_are_typed(typed: str, place: Locator) -> None:
    assert parse_turns(typed) == place


@pytest.mark.parametrize("typed", ["x", "9..", "..9", "1:23", "50%", "0", "14..9", "9..14..20", "９..14", "9,14"])
def test_what_names_no_turns_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_turns(typed)


ODD_IDS = (
    "a b", "  lead", "call_a,b", "(call_y)", "call id=foo", "call_1;call_2", "x.json", "./rel", "~home", "x.", "-x",
    "-", "file:///etc/passwd", "http://h/omni/calls/zz", "a#turn=2", "#", "ü b", '"x"', "null", "a?b", "/", "%41",
    "%", "`", "call_x\u200b", "call_x\u202e", "call_x\u00ad1", "\u200d",
)  # fmt: skip


@pytest.mark.parametrize("call_id", [*ODD_IDS, "call_x", "4711", "a%2Fb"])
def test_a_link_leads_back_to_its_call_whatever_the_id(call_id: str) -> None:
    check_leads_back(call_id)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40))
def test_a_link_of_any_id_leads_back(call_id: str) -> None:
    if call_id not in {".", ".."} and not is_key(call_id):
        check_leads_back(call_id)


def check_leads_back(call_id: str) -> None:
    address = call_address(call_id)
    assert parse_target(address) == Target(call_id)
    assert parse_target(link(address, 7)) == Target(call_id, place=Locator(7))
    assert not address.startswith("-")


def test_a_usual_id_is_its_own_address() -> None:
    for call_id in ("call_8Hq2-x", "4711", "conv(1)", "user:call_x", "a%2Fb"):
        assert call_address(call_id) == call_id
