"""``omni-transcripts check``: checks calls against limits; writes lines, JSON and a JUnit report.

``core.checks`` judges; this module fetches the calls and writes the verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tui.commands.fetching import anomalies, check_whole, fetched
from tui.commands.output import say, write_file, write_out
from tui.commands.verdicts import Checked, address, in_words
from tui.core.checks import COUNT_LIMITS, FIXED_LIMITS, TIME_LIMITS, Checks, Outcome, Verdict, make_checks
from tui.core.errors import ExitStatus, OmniError
from tui.core.target import Target, link
from tui.core.transcript import Role
from tui.options import Arguments
from tui.sources.call_source import CallSource
from tui.sources.calls import open_source
from tui.sources.connection import Connection


def checks_of(args: Arguments) -> Checks:
    """The checks that a command line asks for.

    Raises:
        UsageError: There is none, or words or an expression are invalid.
    """
    given = {name: getattr(args, name.replace("-", "_")) for name in (*TIME_LIMITS, *COUNT_LIMITS)}
    limits = given | {name: limit if given[name] else None for name, limit in FIXED_LIMITS.items()}
    return make_checks(limits, args.words, Role(args.role) if args.role else None, is_strict=args.strict)


async def check(connection: Connection, targets: Sequence[Target], checks: Checks, args: Arguments) -> ExitStatus:
    """Fetch the calls one after another, and write the results of each at once.

    Args:
        connection: The account.
        targets: The calls, each without a place.
        checks: The checks of each call.
        args: The command line.

    Returns:
        CHECK_FAILED if any check failed; else the exit status of the first call that could not be fetched.

    Raises:
        OmniError: The run cannot start, or its output cannot be written.
    """
    for target in targets:
        check_whole(target, f"{target.name}: the checks are those of a whole call")
    calls: list[Checked] = []
    async with open_source(connection) as source:
        for target in targets:
            checked = await _checked(source, target, checks)
            write_out((as_json if args.json else as_text)(checked).encode())
            calls.append(checked)
    if args.junit is not None:
        from tui.commands.junit import report

        await write_file(args.junit, report(calls), force=True)
    return _status(calls)


def _status(calls: Sequence[Checked]) -> ExitStatus:
    if any(call.has_failed for call in calls):
        return ExitStatus.CHECK_FAILED
    return next((call.fault.exit_status for call in calls if call.fault is not None), ExitStatus.DONE)


async def _checked(source: CallSource, target: Target, checks: Checks) -> Checked:
    """The results of a call, or its error, which does not stop the checks of other calls."""
    try:
        document = await fetched(source, target)
        verdicts = checks.judge(document.transcript)
    except OmniError as fault:
        say(f"{target.name}: {fault.line()}")
        return Checked(target.name, fault=fault)
    for note in anomalies(document):
        say(f"{target.name}: {note}")
    return Checked(document.transcript.call_id, verdicts)


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
