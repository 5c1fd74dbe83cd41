"""A short soak ends well, and what the long one would complain of is complained of."""

from __future__ import annotations

import sys

import pytest

from tests.soak.__main__ import main
from tests.soak.samples import Sample, complaints

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc"),
]

HELD = Sample(resident_bytes=60 * 2**20, files=7, sockets=2, threads=5, tasks=16)


def test_a_short_soak_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--fetches", "10", "--keys", "300", "--resizes", "10"])
    said = capsys.readouterr().out
    assert "TROUBLE" not in said
    assert status == 0
    assert "round 2: " in said


@pytest.mark.parametrize("kind", ["files", "sockets", "threads"])
def test_what_is_held_for_ever_is_told(kind: str) -> None:
    more = HELD._replace(**{kind: getattr(HELD, kind) + 1})
    (complaint,) = complaints([HELD, more])
    assert "in the end" in complaint
    assert not list(complaints([HELD, more, HELD]))


def test_memory_that_grows_and_grows_is_told() -> None:
    leaking = [HELD._replace(resident_bytes=HELD.resident_bytes + number * 2**17) for number in range(200)]
    (complaint,) = complaints(leaking)
    assert "memory grew by 22." in complaint
    level = [HELD._replace(resident_bytes=0)] * 20 + [HELD] * 180
    assert not list(complaints(level))
