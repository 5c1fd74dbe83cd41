"""Records, pages, recordings and identities, in the promised and in stranger shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.call_record import call_of, parse_call
from tui.api.records import Identity, Recording, lenient_call, parse_identity, parse_page, parse_recording
from tui.core.errors import BadAnswerError
from tui.core.record import Call, CallPage

RECORD = {
    "object": "omni.call",
    "call_id": "c1",
    "session_label": "support",
    "status": "completed",
    "duration_s": 12.5,
    "has_recording": True,
    "has_summary": False,
    "started_at": 1_700_000_000_000,
    "created_at": 1_700_000_060_000,
    "recording_result": {"terminal_reason": "x"},
}


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_a_record_keeps_all_its_fields() -> None:
    assert parse_call(body(RECORD), call_id="c1") == Call(
        call_id="c1",
        label="support",
        status="completed",
        duration_s=12.5,
        started_at_ms=1_700_000_000_000,
        created_at_ms=1_700_000_060_000,
        has_recording=True,
        has_summary=False,
        fields=RECORD,
    )


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(
                st.none(), st.booleans(), st.text(max_size=3), st.integers(-1, 10**14), st.just([]),
                st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, -0.0, 10**8, 10**13, "1.5"]),
            )
            for name in RECORD
        },
    )
)  # fmt: skip
def test_a_record_is_read_alike_with_pydantic_and_without(fields: dict[str, Any]) -> None:
    assert call_of(fields, "c1") == lenient_call(fields, "c1")


@given(st.sampled_from([12, 12.5, 0, 10**8]), st.sampled_from([0, 1.7e12, 10**13]), st.booleans())
def test_a_promised_record_is_read_alike_with_pydantic_and_without(length: float, time: float, flag: bool) -> None:
    fields = RECORD | {"duration_s": length, "started_at": time, "has_summary": flag}
    assert call_of(fields, "c1") == lenient_call(fields, "c1")


def test_no_field_is_required() -> None:
    assert parse_call(b"{}", call_id="c1") == Call("c1")


@pytest.mark.parametrize(
    ("fields", "odd"),
    [
        ({"duration_s": "long"}, "length not understood"),
        ({"duration_s": -1}, "length not understood"),
        ({"duration_s": True}, "length not understood"),
        ({"duration_s": 1e306}, "length not understood"),
        ({"duration_s": 10**400}, "length not understood"),
        ({"started_at": 10**20}, "start not understood"),
        ({"created_at": "yesterday"}, None),
        ({"session_label": 5}, "label not understood"),
        ({"status": []}, "status not understood"),
        ({"has_recording": "perhaps"}, None),
        ({"has_summary": {}}, None),
    ],
)
def test_a_field_of_the_wrong_type_is_kept_raw(fields: dict[str, Any], odd: str | None) -> None:
    assert parse_call(body(fields), call_id="c1") == Call("c1", fields=fields, odd=(odd,) if odd else ())


@pytest.mark.parametrize(("value", "error"), [({"code": "x"}, '{"code": "x"}'), ("boom", "boom"), (None, None)])
def test_a_failed_calls_error_is_read_in_any_shape(value: Any, error: str | None) -> None:
    assert parse_call(body({"error": value}), call_id="c1").error == error


@pytest.mark.parametrize("call_id", ["other", 7, ["c1"]])
def test_another_calls_record_is_refused(call_id: Any) -> None:
    with pytest.raises(BadAnswerError, match="another call"):
        parse_call(body({"call_id": call_id}), call_id="c1")


@pytest.mark.parametrize("parse", [parse_page, parse_recording, parse_identity])
@pytest.mark.parametrize("value", [None, 5, "x", []])
def test_a_record_that_is_no_object_is_refused(parse: Any, value: Any) -> None:
    with pytest.raises(BadAnswerError, match="but not"):
        parse(body(value))


@pytest.mark.parametrize(
    ("page", "cursor"),
    [
        ({"has_more": True, "next_cursor": "n"}, "n"),
        ({"next_cursor": "n"}, "n"),
        ({"has_more": False, "next_cursor": "n"}, None),
        ({"has_more": True, "next_cursor": None}, None),
        ({"has_more": True, "next_cursor": ""}, None),
        ({"has_more": True, "next_cursor": 5}, None),
        ({"has_more": "?", "next_cursor": "n"}, "n"),
        ({"has_more": True, "next_cursor": "n" * 9999}, None),
    ],
)
def test_only_usable_cursors_lead_to_another_page(page: dict[str, Any], cursor: str | None) -> None:
    assert parse_page(body({"data": [RECORD], **page})).next_cursor == cursor


@pytest.mark.parametrize("data", [None, "x", {}, [None, 5, "x", []]])
def test_a_page_without_records_is_empty(data: Any) -> None:
    assert parse_page(body({"data": data})) == CallPage(())


def test_a_page_keeps_its_order_and_records_without_an_id() -> None:
    page = parse_page(body({"data": [{"call_id": "b"}, 5, {"status": "failed"}, {"call_id": "a"}]}))
    assert [call.call_id for call in page.calls] == ["b", "", "a"]


def test_a_recording_does_not_show_its_signed_url() -> None:
    recording = parse_recording(b'{"url": "https://f.example/?sig=1", "expires_at": 5000, "expires_in": 300}')
    assert recording == Recording("https://f.example/?sig=1", 5000)
    assert "sig" not in repr(recording)


def test_an_identity_is_read_from_either_name_of_its_environment() -> None:
    assert parse_identity(b'{"env": "live"}').environment == "live"
    fields = {"env": "live", "environment": "test", "key_id": "k", "scopes": ["omni:read"], "plan": 5}
    identity = parse_identity(body(fields))
    assert identity == Identity(key_id="k", environment="test", scopes=("omni:read",))


@pytest.mark.parametrize(
    ("scopes", "known"), [(["omni:read"], ("omni:read",)), (["a", "*"], ("a", "*")), ([], ()), ("*", ()), (None, ())]
)
def test_scopes_are_kept_if_they_are_a_list(scopes: Any, known: tuple[str, ...]) -> None:
    assert parse_identity(body({"scopes": scopes})).scopes == known
