"""What is JSON and what is not, and as much of an object as fits a model."""

from __future__ import annotations

import math

import pytest

from tui.api.strict import strict_json
from tui.core.errors import BadAnswerError


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'{"turns": [', "incomplete"),
        (b'{"turns": [{"text": "hel', "incomplete"),
        ("[]".encode("utf-16"), "UTF-8"),
        ("[]".encode("utf-16-be"), "UTF-8"),
        ("[]".encode("utf-32-be"), "UTF-8"),
        (b"[" * 100_000, "deep"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "deep"),
        (b"NaN", "not JSON"),
        (b"[-Infinity]", "not JSON"),
        (b'["\\ud800"]', "not JSON"),
        (b'["\\udc00\\ud800"]', "not JSON"),
        (b'["\xed\xa0\x80"]', "not JSON"),
        (b'["\xff"]', "not JSON"),
        (b'["\xc0\xaf"]', "not JSON"),
        (b"[1,]", "not JSON"),
        (b"[01]", "not JSON"),
        (b"['a']", "not JSON"),
        (b'["a\nb"]', "not JSON"),
        (b"{}x", "not JSON"),
        (b"// no\n{}", "not JSON"),
        (b"1" * 5000, "not JSON"),
        (b"\xef\xbb\xbf\xef\xbb\xbf[]", "not JSON"),
    ],
)
def test_invalid_json_is_named_by_its_cause(body: bytes, said: str) -> None:
    with pytest.raises(BadAnswerError, match=said):
        strict_json(body)


def test_a_message_quotes_nothing_of_the_body() -> None:
    with pytest.raises(BadAnswerError) as fault:
        strict_json(b"<html>secret</html>")
    assert "html" not in fault.value.line()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\u0000"', "\0"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"1E400", math.inf),
        (b" [-0] ", [0]),
    ],
)
def test_unusual_json_is_accepted(body: bytes, value: object) -> None:
    assert strict_json(body) == value
