"""Every shape of a transcript that API.md names, and whatever else may come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.lenient_turn import _speaker
from tui.api.wire import parse_transcript
from tui.core.errors import BadAnswerError
from tui.core.transcript import Role, Transcript, Turn

HI = {"role": "user", "text": "hi"}
UNIX = 1_700_000_000_000


def parse(value: Any, call_id: str | None = "c1") -> Transcript:
    return parse_transcript(json.dumps(value).encode(), call_id=call_id)


def turn(item: Any) -> Turn:
    return parse({"turns": [item]}).turns[0]


@pytest.mark.parametrize(
    "value",
    [
        {"object": "omni.call.transcript", "call_id": "c1", "transcript": {"turns": [HI]}},
        {"transcript": {"messages": [HI]}},
        {"transcript": [HI]},
        {"turns": [HI]},
        {"messages": [HI], "call_id": "c1"},
        {"messages": [HI], "call_id": ""},
        {"turns": None, "messages": [HI]},
        [HI],
    ],
)
def test_turns_are_found_in_every_shape(value: Any) -> None:
    transcript = parse(value)
    assert list(transcript.turns) == [Turn(0, "user", "hi")]
    assert transcript.plain is None
    assert transcript.call_id == "c1"


@pytest.mark.parametrize("value", [{"transcript": "all of it"}, "all of it"])
def test_a_legacy_transcript_is_one_text(value: Any) -> None:
    transcript = parse(value)
    assert (transcript.plain, len(transcript.turns)) == ("all of it", 0)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"transcript": None},
        {"transcript": {}},
        {"transcript": ""},
        {"transcript": []},
        {"turns": []},
        {"messages": None},
        {"transcript": {"turns": None}},
        {"object": "omni.call.transcript", "call_id": "c1"},
    ],
)
def test_an_unready_transcript_has_no_turns(value: Any) -> None:
    transcript = parse(value)
    assert (transcript.plain, len(transcript.turns)) == (None, 0)


@pytest.mark.parametrize(
    "value",
    [
        5,
        True,
        {},
        {"x": 1},
        {"transcript": 0},
        {"transcript": False},
        {"transcript": {"segments": []}},
        {"turns": "text"},
        {"turns": {}},
        {"object": "omni.call", "call_id": "c1"},
        {"error": {"code": "x"}},
        [{"package": "left-pad", "version": "1.0"}, {"package": "other"}],
        [None, 5, {}, ["text"]],
    ],
)
def test_json_of_another_shape_is_no_transcript(value: Any) -> None:
    with pytest.raises(BadAnswerError) as fault:
        parse(value)
    assert "transcript" in fault.value.line()


@pytest.mark.parametrize(
    "value",
    [
        {"call_id": "other", "transcript": [HI]},
        {"call_id": 7, "turns": [HI]},
        {"call_id": "c1", "transcript": {"call_id": "other", "turns": [HI]}},
        {"call_id": ["c1"], "turns": []},
    ],
)
def test_another_calls_transcript_is_refused(value: Any) -> None:
    with pytest.raises(BadAnswerError, match="another call"):
        parse(value)


@pytest.mark.parametrize(
    ("value", "call_id"),
    [
        ({"call_id": "told", "turns": []}, "told"),
        ([], "stem"),
        ({"call_id": "..", "turns": []}, "stem"),
        ({"call_id": 7, "turns": []}, "7"),
        ({"call_id": "a\nb", "transcript": "x"}, "stem"),
    ],
)
def test_a_file_has_its_own_id_or_its_name(value: Any, call_id: str) -> None:
    body = json.dumps(value).encode()
    assert parse_transcript(body, call_id=None, fallback_id="stem").call_id == call_id


def test_the_source_is_the_body_without_a_byte_order_mark() -> None:
    body = b' {"turns": [ ]} '
    assert parse_transcript(b"\xef\xbb\xbf" + body, call_id="c1").source == body


@pytest.mark.parametrize(
    ("item", "speaker", "text", "odd"),
    [
        ({"speaker": "caller", "message": "a"}, "caller", "a", ()),
        ({"role": "agent", "content": "a"}, "agent", "a", ()),
        ({"role": None, "speaker": "bot", "text": None, "content": "a"}, "bot", "a", ()),
        ({"role": "user", "content": [{"type": "text", "text": "a"}, "b"]}, "user", "a\nb", ()),
        ({"role": "user"}, "user", "", ("text missing",)),
        ({"role": "user", "text": None}, "user", "", ("text missing",)),
        ({"role": "user", "text": ""}, "user", "", ("text empty",)),
        ({"role": "user", "content": []}, "user", "", ("text empty",)),
        ({"role": "user", "text": 5}, "user", "5", ("text not understood",)),
        ({"role": "user", "text": {"a": "é"}}, "user", '{"a": "é"}', ("text not understood",)),
        ({"role": "user", "content": [{"image": 1}, 5, None]}, "user", '{"image": 1}\n5', ()),
        ({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image", "url": "x"}]}, "user",
         "a\n[image]", ()),
        ({"role": "user", "content": {"text": "a"}}, "user", "a", ()),
        ({"role": "user", "content": {"type": "audio", "transcript": "a"}}, "user", "a", ()),
        ({"role": "user", "content": [{"type": "text", "text": {"value": "a"}}]}, "user", "a", ()),
        ({"role": "user", "content": [{"type": "tool_use", "name": "x"}, "a"]}, "user", "a", ()),
        ({"text": "a"}, "unknown", "a", ("role missing",)),
        ({"role": " ", "text": "a"}, "unknown", "a", ("role empty",)),
        ({"speaker": 0, "text": "a"}, "speaker 0", "a", ()),
        ({"role": 3.0, "text": "a"}, "speaker 3", "a", ()),
        ({"role": -1, "text": "a"}, "unknown", "a", ("role not understood",)),
        ({"role": 0.5, "text": "a"}, "unknown", "a", ("role not understood",)),
        ({"role": True, "text": "a"}, "unknown", "a", ("role not understood",)),
        ({"role": 10**400, "text": "a"}, "unknown", "a", ("role not understood",)),
        ({}, "unknown", "", ("role missing", "text missing")),
        ("just text", "unknown", "just text", ("not an object",)),
        (None, "unknown", "null", ("not an object",)),
        ([1, "é"], "unknown", '[1, "é"]', ("not an object",)),
    ],
)  # fmt: skip
def test_roles_and_texts_of_every_type(item: Any, speaker: str, text: str, odd: tuple[str, ...]) -> None:
    seen = turn(item)
    assert (seen.speaker, seen.text, seen.odd) == (speaker, text, odd)


@pytest.mark.parametrize(
    ("value", "offset_ms"),
    [(0, 0), (1500, 1500), (1500.6, 1501), ("1500", 1500), (" 1.5e3 ", 1500), (-20, -20), (10**11, 10**11)],
)
def test_times_of_every_type(value: Any, offset_ms: int) -> None:
    seen = turn({**HI, "start_ms": value})
    assert seen.start_ms == offset_ms
    assert type(seen.start_ms) is int


@pytest.mark.parametrize("value", [True, "soon", "", "nan", "inf", [], {}, 10**14, -(10**12), 10**400, 1e300, "1e999"])
def test_an_invalid_time_is_dropped_kept_raw_and_named(value: Any) -> None:
    seen = turn({**HI, "end_ms": value})
    assert seen.end_ms is None
    assert seen.odd == ("end time not understood",)
    assert seen.extra == {"end_ms": value}


def test_a_number_beyond_all_floats_is_no_time() -> None:
    transcript = parse_transcript(b'[{"role": "user", "text": "a", "start_ms": 1e999}]', call_id="c1")
    assert transcript.turns[0].odd == ("start time not understood",)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "odd"),
    [(-5, 3, ("negative time",)), (9, 3, ("ends before it starts",)), (3, 3, ()), (None, None, ())],
)
def test_unusual_times_stay_and_are_named(start_ms: Any, end_ms: Any, odd: tuple[str, ...]) -> None:
    seen = turn({**HI, "start_ms": start_ms, "end_ms": end_ms})
    assert (seen.start_ms, seen.end_ms, seen.odd) == (start_ms, end_ms, odd)


@pytest.mark.parametrize(
    ("item", "times", "extra", "odd"),
    [
        ({"start": 0.0, "end": 2.5}, (0, 2500), {}, ("times in seconds",)),
        ({"start": "1.25"}, (1250, None), {}, ("times in seconds",)),
        ({"start_ms": 7, "end": 2}, (7, 2000), {}, ("times in seconds",)),
        ({"start_ms": 7, "start": 0.007}, (7, None), {"start": 0.007}, ()),
        ({"start": "soon", "end": None}, (None, None), {"start": "soon", "end": None}, ()),
        ({"start": 1e306, "end": True}, (None, None), {"start": 1e306, "end": True}, ()),
        ({"start": 3, "end": 1}, (3000, 1000), {}, ("times in seconds", "ends before it starts")),
    ],
)
def test_start_and_end_are_seconds(item: Any, times: Any, extra: Any, odd: tuple[str, ...]) -> None:
    seen = turn({**HI, **item})
    assert ((seen.start_ms, seen.end_ms), seen.extra, seen.odd) == (times, extra, odd)


def test_unix_times_in_seconds_become_offsets_too() -> None:
    transcript = parse([{**HI, "start": UNIX / 1000}, {**HI, "start": UNIX / 1000 + 2.5}])
    assert transcript.epoch_ms == UNIX
    assert [seen.start_ms for seen in transcript.turns] == [0, 2500]


def test_a_saved_record_is_used_as_one() -> None:
    fields = {"object": "omni.call", "call_id": "c1", "status": "failed", "duration_s": 12.5, "summary": {"a": 1}}
    record = parse({**fields, "transcript": {"turns": [HI]}}).record
    assert record is not None
    assert (record.call_id, record.status, record.duration_s, record.fields) == ("c1", "failed", 12.5, fields)
    assert parse({"object": "omni.call.transcript", "call_id": "c1", "transcript": [HI]}).record is None


def test_unix_times_become_offsets_from_the_smallest() -> None:
    items = [{**HI}, {**HI, "start_ms": UNIX + 500, "end_ms": str(UNIX + 900)}, {**HI, "start_ms": UNIX}]
    transcript = parse(items)
    assert transcript.epoch_ms == UNIX
    assert [(seen.start_ms, seen.end_ms) for seen in transcript.turns] == [
        (None, None),
        (500, 900),
        (0, None),
    ]


def test_an_offset_among_unix_times_stays_an_offset() -> None:
    transcript = parse([{**HI, "start_ms": 0}, {**HI, "start_ms": UNIX}, {**HI, "start_ms": UNIX + 9}])
    assert [seen.start_ms for seen in transcript.turns] == [0, 0, 9]


def test_a_late_unix_time_among_offsets_is_ignored() -> None:
    transcript = parse([{**HI, "start_ms": i} for i in range(40)] + [{**HI, "start_ms": UNIX}])
    assert transcript.epoch_ms is None
    assert transcript.turns[-1].odd == ("start time not understood",)


def test_a_unix_time_years_after_the_others_is_ignored() -> None:
    transcript = parse([{**HI, "start_ms": UNIX}, {**HI, "start_ms": 5 * UNIX}])
    assert transcript.turns[1].start_ms is None


def test_extra_keys_are_kept_as_sent() -> None:
    extra = {"seq": 4, "tool_calls": [{"a": None}], "said": 1, "model_config": 2, "__class__": 3}
    seen = turn({**HI, **extra})
    assert (seen.extra, seen.odd, seen.text) == (extra, (), "hi")
    assert turn({**HI, "speaker": "bob"}).extra == {"speaker": "bob"}


def test_a_content_in_parts_is_kept_as_sent() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image", "url": "x"}]
    seen = turn({"role": "user", "content": parts})
    assert (seen.text, seen.text_key, seen.extra) == ("a\n[image]", "content", {"content": parts})
    assert turn(HI).text_key == turn({**HI, "message": parts}).text_key == ""


def test_each_turn_is_built_once() -> None:
    turns = parse([{"role": "user", "text": str(i)} for i in range(5)]).turns
    assert len(turns) == 5
    assert turns[1] is turns[1]
    assert turns[-1].text == "4"
    assert [seen.index for seen in turns[::-2]] == [4, 2, 0]
    assert [seen.text for seen in turns] == list("01234")
    assert turns[3] in turns
    with pytest.raises(IndexError):
        turns[5]


def test_turns_are_built_on_access() -> None:
    turns = parse([HI] * 3).turns
    made = turns[1]
    slots = turns._slots  # type: ignore[attr-defined]  # which turns are built
    assert slots == [HI, made, HI]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
turn_values = json_values | st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("role", "speaker", "text", "content", "message", "start_ms", "end_ms", "start", "end", "x"),
        json_values | st.integers(UNIX - 9, UNIX + 9) | st.sampled_from(["5", "user"]),
    ),
)
documents = (
    json_values
    | st.lists(turn_values, max_size=5)
    | st.fixed_dictionaries(
        {},
        optional={
            "call_id": json_values | st.just("c1"),
            "object": st.just("omni.call.transcript") | json_values,
            "transcript": json_values | st.fixed_dictionaries({"turns": st.lists(turn_values, max_size=5)}),
            "turns": json_values | st.lists(turn_values, max_size=5),
            "duration_s": json_values,
            "started_at": json_values,
        },
    )
)


def check_total(body: bytes) -> None:
    """Either a clean refusal, or turns of the promised types."""
    try:
        transcript = parse_transcript(body, call_id="c1")
    except BadAnswerError:
        return
    assert transcript.plain is None or not transcript.turns
    for place, seen in enumerate(transcript.turns):
        assert seen.index == place
        assert all(type(text) is str for text in (seen.speaker, seen.text, *seen.odd))
        assert seen.speaker.strip()
        assert all(type(time) in {int, type(None)} for time in (seen.start_ms, seen.end_ms))
        assert isinstance(seen.extra, Mapping)
        assert isinstance(seen.role, Role)


@given(documents)
def test_any_json_is_read_or_refused(value: Any) -> None:
    check_total(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    check_total(body)


@given(documents, st.data())
def test_a_damaged_document_is_read_or_refused(value: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    place = data.draw(st.integers(0, len(body)))
    body[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    check_total(bytes(body))


def test_a_number_for_a_speaker_is_not_looked_for_among_a_million() -> None:
    class Counted(float):
        compared = 0
        __hash__ = float.__hash__

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return float.__eq__(self, other)

    assert _speaker(Counted(0.5)) == _speaker(0.5) == 0.5
    assert Counted.compared < 5
