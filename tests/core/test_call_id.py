"""Call ids: refused before a request, and one path segment whatever they hold."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.call_id import check_call_id, encode_call_id
from tui.core.errors import UsageError


@pytest.mark.parametrize("call_id", ["", ".", "..", "a\nb", "\x00", "a\x7f", "a\x85b", "\ud800", "x" * 257])
def test_what_cannot_be_an_id_is_refused(call_id: str) -> None:
    with pytest.raises(UsageError) as fault:
        check_call_id(call_id)
    assert fault.value.line().isprintable()


@pytest.mark.parametrize("call_id", ["a", "...", "call_8Hq2", "x" * 256, "a b", "é/日本", "%2e%2e", "?#"])
def test_no_pattern_is_asked_for(call_id: str) -> None:
    check_call_id(call_id)


@given(st.text(min_size=1, max_size=256))
def test_an_encoded_id_is_one_segment_that_decodes_to_the_id(call_id: str) -> None:
    try:
        encoded = encode_call_id(call_id)
    except UsageError:
        return
    assert encoded.isascii()
    assert not set(encoded) & set("/?# \\")
    assert encoded not in {".", ".."}
    assert unquote(encoded) == call_id


@pytest.mark.parametrize("key", ["pyai_live_8Hq2", "pyai_test_a-b_c", "PYAI_LIVE_x", "pyai_live_"])
def test_an_api_key_is_no_call_id(key: str) -> None:
    with pytest.raises(UsageError) as fault:
        check_call_id(key)
    assert key not in fault.value.line()


@pytest.mark.parametrize("call_id", ["pyai_call_1", "call_pyai_live_1", "pyai_live", "pyai_live_1 2"])
def test_what_is_only_like_a_key_may_be_an_id(call_id: str) -> None:
    check_call_id(call_id)
