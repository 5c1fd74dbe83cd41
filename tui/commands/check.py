"""``omni-transcripts check``: checks calls against limits; writes lines, JSON and a JUnit report.

``core.checks`` judges; this module fetches the calls and writes the verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tui.commands.fetching import anomalies, fetched
from tui.commands.output import say, write_file, write_out
from tui.commands.verdicts import Checked, address, in_words
from tui.core.checks import Checks, Outcome, Verdict
from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.core.missing import is_empty, missing
from tui.core.target import Locator, Target, link
from tui.sources.call_source import CallSource
from tui.sources.calls import open_source
from tui.sources.connection import Connection


class CheckRequest(NamedTuple):
    """What to check, and how to write the results.

    Attributes:
        targets: The calls, each without a place.
        checks: The checks of each call.
        as_json: Whether to write a line of JSON for each call instead of a line for each check.
        junit: Where to write a JUnit report; None for nowhere.
    """

    targets: Sequence[Target]
    checks: Checks
    as_json: bool = False
    junit: Path | None = None


async def check(connection: Connection, request: CheckRequest) -> ExitStatus:
    """Fetch the calls one after another, and write the results of each at once.

    Returns:
        CHECK_FAILED if any check failed; else the exit status of the first call that could not be fetched.

    Raises:
        OmniError: The run cannot start, or its output cannot be written.
    """
    for target in request.targets:
        if target.place != Locator():
            raise UsageError(f"{target.name}: the checks are those of a whole call", "leave out #turn= and #t=")
    calls: list[Checked] = []
    async with open_source(connection) as source:
        for target in request.targets:
            checked = await _checked(source, target, request.checks)
            write_out((as_json if request.as_json else as_text)(checked).encode())
            calls.append(checked)
    if request.junit is not None:
        from tui.commands.junit import report

        await write_file(request.junit, report(calls), force=True)
    return _status(calls)


def _status(calls: Sequence[Checked]) -> ExitStatus:
    if any(call.has_failed for call in calls):
        return ExitStatus.CHECK_FAILED
    return next((call.fault.exit_status for call in calls if call.fault is not None), ExitStatus.DONE)


async def _checked(source: CallSource, target: Target, checks: Checks) -> Checked:
    """The results of a call, or its error, which does not stop the checks of other calls."""
    try:
        transcript, record = await fetched(source, target)
        if is_empty(transcript):
            raise missing(None, record or transcript.record)
        verdicts = checks.judge(transcript)
    except OmniError as fault:
        say(f"{target.name}: {fault.line()}")
        return Checked(target.name, fault=fault)
    for note in anomalies(transcript, record):
        say(f"{target.name}: {note}")
    return Checked(transcript.call_id, verdicts)


def as_text(call: Checked) -> str:
    """A line for each check: its outcome, the link to the turn that shows it, figure and limit."""
    return "".join(
        f"{verdict.outcome.value:<7}  {address(call, verdict)}  {in_words(verdict)}\n" for verdict in call.verdicts
    )


def as_json(call: Checked) -> str:
    """One line of JSON in ASCII: times in ms, turns from 1, unknown values as null."""
    facts: dict[str, Any] = {"call_id": call.call_id}
    if call.fault is not None:
        facts |= {"outcome": "error", "error": call.fault.line()}
    else:
        facts |= {"outcome": _outcome(call).value, "checks": [_facts(call, verdict) for verdict in call.verdicts]}
    return json.dumps(facts) + "\n"


def _outcome(call: Checked) -> Outcome:
    """The outcome of all checks of a call together."""
    outcomes = {verdict.outcome for verdict in call.verdicts}
    return next(outcome for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS) if outcome in outcomes)


def _facts(call: Checked, verdict: Verdict) -> dict[str, Any]:
    figure = verdict.figure
    return {
        "check": verdict.check, "outcome": verdict.outcome.value, "value": figure.value, "limit": verdict.limit,
        "unit": "ms" if verdict.is_time else None, "note": figure.note or None,
        "turn": None if figure.turn is None else figure.turn + 1,
        "link": None if figure.turn is None else link(call.call_id, figure.turn + 1),
    }  # fmt: skip
