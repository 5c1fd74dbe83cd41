"""What is said of a call and of a fetch: all of it safe, and each state told from the others."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tui.core.anomalies import Anomalies
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, RefusedError, UnreachableError
from tui.core.progress import Connecting, LookingAgain, Progress, Receiving, Waiting
from tui.core.record import Call
from tui.core.transcript import Transcript, Turn
from tui.screens import presenters
from tui.screens.export_job import Written

CLOCK = Clock(UTC, lambda: 1_794_500_000_000)
START_MS = 1_794_492_191_250
TURNS = (Turn(0, "user", "a", 0, 1_000), Turn(1, "user", "b", 252_000))


def surveyed(transcript: Transcript) -> Anomalies:
    anomalies = Anomalies()
    anomalies.take(transcript.turns)
    return anomalies


def test_the_header_tells_what_is_known_of_a_call() -> None:
    transcript = Transcript("c1", TURNS)
    call = Call("c1", "label", "completed", duration_s=300.4, started_at_ms=START_MS)
    header = presenters.header(CallDocument(transcript, call), surveyed(transcript), CLOCK)
    assert (header.name, header.label, header.status, header.failed) == ("c1", "label", "completed", False)
    assert header.facts == ("12 Nov 14:03", "5:00", "2 turns")
    assert header.remark == ""


def test_without_a_record_the_turns_tell_the_length() -> None:
    transcript = Transcript("c1", TURNS, epoch_ms=START_MS)
    header = presenters.header(CallDocument(transcript), surveyed(transcript), CLOCK)
    assert header.facts == ("12 Nov 14:03", "4:12", "2 turns")
    assert (header.label, header.status) == ("", "")


@pytest.mark.parametrize("status", ["failed", "Failed", "error", "canceled", "cancelled"])
def test_a_status_of_trouble_is_known(status: str) -> None:
    assert presenters.header(CallDocument(Transcript("c1"), Call("c1", status=status)), Anomalies(), CLOCK).failed


def test_that_there_are_no_times_is_said_only_when_all_turns_were_seen() -> None:
    transcript = Transcript("c1", [Turn(0, "user", "a", odd=("no text",)), Turn(1, "user", "b")])
    part = Anomalies()
    part.take(transcript.turns[:1])
    assert presenters.header(CallDocument(transcript), part, CLOCK).remark == "1 turn: no text"
    whole = surveyed(transcript)
    assert presenters.header(CallDocument(transcript), whole, CLOCK).remark == "no times · 1 turn: no text"
    assert presenters.header(CallDocument(Transcript("c1", plain="x")), Anomalies(), CLOCK).remark == ""


def test_everything_foreign_in_the_header_is_safe() -> None:
    call = Call("c1", "a\x1b[2J\nb", "st\x07")
    header = presenters.header(CallDocument(Transcript("c\x1b]0;x\x07"), call), Anomalies(), CLOCK)
    assert (header.name, header.label, header.status) == ("c␛", "a␛ b", "st␇")


@pytest.mark.parametrize(
    ("transcript", "count"),
    [
        (Transcript("c1"), "0 turns"),
        (Transcript("c1", TURNS[:1]), "1 turn"),
        (Transcript("c1", TURNS * 617), "1,234 turns"),
        (Transcript("c1", plain=""), "plain text, no turns"),
    ],
)
def test_how_many_turns_there_are(transcript: Transcript, count: str) -> None:
    assert presenters.turn_count(transcript) == count


@pytest.mark.parametrize(
    ("progress", "title", "line", "share"),
    [
        (None, "Fetching c1", "connecting   2 s", None),
        (Connecting(1), "Fetching c1", "connecting   2 s", None),
        (Connecting(2), "Fetching c1", "connecting   2 s   attempt 2", None),
        (Receiving(500, None), "Fetching c1", "500 bytes   2 s", None),
        (Receiving(500, 2_000), "Fetching c1", "500 bytes of 2.0 kB   2 s", 0.25),
        (Receiving(0, 0), "Fetching c1", "0 bytes of 0 bytes   2 s", None),
        (
            Waiting(UnreachableError("a\x1b[2Jb", "c", request_id="r1"), 9.0, 2, 3),
            "Waiting to try again: a␛b – c (request r1)",
            "attempt 2 of 3 in 7 s",
            None,
        ),
    ],
)
def test_a_fetch_under_way(progress: Progress | None, title: str, line: str, share: float | None) -> None:
    facts = presenters.fetching("c1", progress, elapsed_s=2.2, wait_s=7.3)
    assert (facts.title, facts.lines, facts.share) == (title, (line,), share)
    assert facts.actions == (("dismiss", "give up"),)
    assert not facts.trouble


def test_a_wait_that_is_over_is_never_negative() -> None:
    facts = presenters.fetching("c1", Waiting(UnreachableError("x"), 1.0, 2, 3), elapsed_s=1, wait_s=-0.7)
    assert facts.lines == ("attempt 2 of 3 in 0 s",)


@pytest.mark.parametrize(
    ("looks", "in_s", "line"),
    [(1, 2.0, "looking again in 2 s   looked 1 time so far"), (3, -1.0, "looking again now   looked 3 times so far")],
)
def test_waiting_for_what_is_not_there(looks: int, in_s: float, line: str) -> None:
    call = Call("c1", status="completed", created_at_ms=1_000)
    facts = presenters.awaiting("c1", LookingAgain(call, 2.0, looks, 900.0), in_s, 13_000)
    assert facts.lines == (f"{line}   ends after 15 minutes", "status completed, recorded 12 seconds ago")


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (RefusedError("no \x1b[2J", "hint"), "Refused: no ␛"),
        (BadAnswerError("no", "hint"), "Not understood: no"),
        (UnreachableError("no", "hint"), "No"),
    ],
)
def test_a_fetch_that_failed(error: OmniError, title: str) -> None:
    error.request_id = "r\x1b[2J1"
    facts = presenters.failed(error, Call("c1"), CLOCK.now_ms())
    assert (facts.title, facts.lines, facts.trouble) == (title, ("hint", "request r␛1"), True)
    assert [action for action, _ in facts.actions] == ["refresh_call", "open_call", "back"]


def test_what_is_missing_without_a_record() -> None:
    facts = presenters.failed(NotFoundError("no such call", "check the id"), None, 0)
    assert (facts.title, facts.lines, facts.trouble) == ("No such call", ("check the id",), False)
    assert facts.actions[0] == ("wait_for_transcript", "wait for it")


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(-5, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (119, "1 minute"), (7_200, "2 hours"),
     (86_400, "1 day"), (200_000_000, "2,314 days")],
)  # fmt: skip
def test_the_record_tells_why_something_is_missing(age_s: int, words: str) -> None:
    call = Call("c1", status="failed", error="no\x1b[2J speech", created_at_ms=1_000)
    facts = presenters.failed(NotFoundError("x", request_id="r1"), call, 1_000 + age_s * 1000)
    assert facts.title == "This call has no transcript"
    assert facts.lines[:3] == ("status: failed", "error: no␛ speech", f"recorded {words} ago")
    assert facts.lines[-1] == "request r1"


def test_a_record_that_tells_nothing() -> None:
    assert presenters.failed(NotFoundError("x"), Call("c1"), 0).lines[:2] == ("status: unknown", "")


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (6_049, "6.0 kB"),
     (999_949, "999.9 kB"), (999_950, "1.0 MB"), (1_000_000, "1.0 MB"), (18_000_000, "18.0 MB")],
)  # fmt: skip
def test_a_size_for_people(count: int, words: str) -> None:
    assert presenters.size(count) == words


def test_where_an_export_went() -> None:
    written = presenters.export_ended(Path("/a\x1b[2J.srt"), Written(1_200, ("2 turns have no times",)))
    assert written == "written to /a␛.srt (1.2 kB) · 2 turns have no times"
