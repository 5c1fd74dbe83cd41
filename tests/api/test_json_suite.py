"""The classes of JSONTestSuite (Seriot, "Parsing JSON is a minefield") as bodies: never a crash.

The cases are made here by the classes of that suite: what must be taken, what must be refused, and what may be either.
Each goes through the parser, and in several places through the whole of an answer.
"""

from __future__ import annotations

import pytest

from tui.api.strict import strict_json
from tui.api.wire import parse_transcript
from tui.core.errors import BadAnswerError

VALID = (
    """
[]|{}|null|true|false|0|-0|1|-1|12e5|1E22|1e+2|1E-2|1.5|-0.5|123.456e78|0e1|0e+1|""|"a"|[""]|[null,1,"1",{}]
[[]   ]|[ 4]|{"a":null}|{"a":[]}|{"":0}|{"a":"b","a":"c"}|{"a":"b","a":"b"}|{"\\u0000":1}|{ "min": -1.0e+28 }
["\\u0060\\u012a\\u12AB"]|["\\uD801\\udc37"]|["\\ud83d\\ude39\\ud83d\\udc8d"]|["\\"\\\\\\/\\b\\f\\n\\r\\t"]
["\\\\u0000"]|["\\""]|["a/*b*/c/*d//e"]|["\\\\a"]|["\\\\n"]|["\\u0012"]|["\\uFFFF"]|["new\\u000Aline"]|["\\u0000"]
["\\u2028"]|["\\uDBFF\\uDFFF"]|["\\uD834\\uDD1E"]|["\\u005C"]|["\\u0022"]|["\\u200B"]|["\\uFDD0"]|["\\uFFFE"]|["€𝄞"]
["π"]|["asd "]|[-0]|[1.0]|[123e65]|[1e-2]|[-123]|[20e1]|[0.000000000000000000000000000000000000000000000001]
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

INVALID = r"""
[1 true]~[a]~["": 1]~[""],~[,1]~[1,,2]~[1,,]~["x"]]~["",]~["x~[x~[3[4]]~[1:2]~[,]~[-]~[   , ""]~[1,]~[*]~[1,~[1~[{}
[fals]~[nul]~[tru]~[True]~[NULL]~[++1234]~[+1]~[+Inf]~[-01]~[-1.0.]~[-2.]~[-NaN]~[.-1]~[.2e-3]~[0.1.2]~[0.3e+]~[0.3e]
[0.e1]~[0E+]~[0E]~[0e+]~[1.0e+]~[1.0e-]~[1.0e]~[1 000.0]~[1eE2]~[2.e+3]~[2.e-3]~[9.e+]
[Inf]~[NaN]~[Infinity]~[-Infinity]~[0x1]~[0x42]~[1+2]~[-foo]
[- 1]~[-012]~[-.123]~[-1x]~[1ea]~[1.]~[.123]~[1.2a-3]~[1.8011670033376514H-308]~[012]
{[: "x"}~{"x", null}~{"x"::"b"}~{"a":"a" 123}~{key: 'value'}~{"a" b}~{:"b"}~{"a" "b"}~{"a":~{"a"~{1:1}~{null:null}
{"id":0,,,,,}~{'a':0}~{"id":0,}~{"a":"b"}/**/~{"a":"b"}/**//~{"a":"b"}//~{"a":"b",,"c":"d"}~{"a": true} "x"~{a: "b"}
["\uD800\u"]~["\uD800\u1"]~["\uD800\u1x"]~["\x00"]~["\{["\u00A"]~["\uD834\uDd"]~["\ud800\ud800\x"]~["\a"]~["\uqqqq"]
["\"]~["\u"]~[\n]~["\🌀"]~["new
line"]~["	"]~"~["asd]~aå~[True]~]~}~{}}~[]]~<.>~[<null>]~*~abc~2@~[][]~[1]x~{"a":/*comment*/"b"}~<html>~// []~'x'
""".replace("\nline", "\x00").replace("\n", "~").replace("\x00", "\nline").strip("~").split("~")  # fmt: skip

OF_BYTES = [
    b"", b" ", b"\n", b"\xef", b"\xef\xbb\xbf", b"\xef\xbb\xbf{", b"[\xff]", b'["\xff"]', b'["\xe5"]',
    b"[1e\xe5]", b"[0\xe5]",
    b'["\xc0\xaf"]', b'["\xe0\xff"]', b'["\xf4\xbf\xbf\xbf"]', b'["\xfc\x83\xbf\xbf\xbf\xbf"]',
    b'["\xed\xa0\x80"]', b'["\x80"]',
    b'["\x00"]', b"[\x0c]", b"[\xc2\xa0]", b"[\xe2\x81\xa0]", b"\x00", b"[]\x00", b"[\x00]",
    b"\xff\xfe[\x00]\x00", b"\xfe\xff\x00[\x00]",
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500, b'[{"":' * 50_000, b"\x1f\x8b\x08\x00",
    b"%PDF-1.4", b"\x1b]0;x\x07",
]  # fmt: skip

EITHER = [
    b"[0.4e00669999999999999999999999999999999999999999999999999999]", b"[-1e+9999]", b"[1.5e+9999]",
    b"[123123e100000]",
    b"[123.456e-789]", b"[-123123123123123123123123123123]", b"[100000000000000000000]",
    b"[-237462374673276894279832749832423479823246327846]",
    b'["\\uDADA"]', b'["\\uD888\\u1234"]', b'["\\uD800\\n"]', b'["\\uDd1ea"]', b'["\\uD800\\uD800\\n"]',
    b'["\\ud800"]', b'["\\ud800abc"]',
    b'["\\uDd1e\\uD834"]', b'["\\uDFAA"]', b"\xef\xbb\xbf{}", b"1" * 4_000, b"[" + b"9" * 100_000 + b"]",
    b'["\xf0\x9f\xbf\xbf"]',
]  # fmt: skip


@pytest.mark.parametrize("body", VALID)
def test_valid_json_is_accepted(body: str) -> None:
    strict_json(body.encode())


@pytest.mark.parametrize("body", [*(text.encode() for text in INVALID), *OF_BYTES], ids=lambda body: repr(body[:20]))
def test_invalid_json_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(BadAnswerError) as refusal:
        strict_json(body)
    assert "the answer is" in refusal.value.line()


REFUSED = -1


def taken(body: bytes) -> int:
    """How many turns came of a body, each of them built; or that it was refused cleanly."""
    try:
        return len(list(parse_transcript(body, call_id="c1").turns))
    except BadAnswerError:
        return REFUSED


FRAMES = {
    "document": b"%s",
    "turns": b'{"turns": %s}',
    "turn": b'{"turns": [%s]}',
    "fields": b'{"turns": [{"role": %s, "text": %s, "start_ms": %s, "more": %s}]}',
}


@pytest.mark.parametrize("frame", FRAMES)
def test_a_body_is_a_transcript_or_a_clean_error(frame: str) -> None:
    bodies = [*(text.encode() for text in [*VALID, *INVALID]), *OF_BYTES, *EITHER]
    turns = [taken(FRAMES[frame].replace(b"%s", body)) for body in bodies]
    assert turns.count(REFUSED) >= len(INVALID)
    assert frame == "document" or max(turns) > 0


def test_every_class_of_the_suite_has_cases() -> None:
    counts = (len(set(VALID)), len(set(INVALID)), len(set(OF_BYTES)), len(set(EITHER)))
    assert all(count >= least for count, least in zip(counts, (60, 120, 30, 20), strict=True)), counts
