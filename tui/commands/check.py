"""``omni-transcripts check``: checks calls against limits; writes lines, JSON and a JUnit report.

``core.checks`` judges; this module fetches the calls and writes the verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tui.commands.fetching import anomalies, check_whole, fetched
from tui.commands.output import say, write_file, write_out
from tui.commands.verdicts import Checked, address, in_words, link_of
from tui.core.checks import COUNT_LIMITS, FIXED_LIMITS, TIME_LIMITS, Checks, Outcome, Verdict, make_checks
from tui.core.errors import ExitStatus, OmniError, UsageError
from tui.core.target import Target, Unnamed, address_of
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


def refuse_part(target: Target) -> None:
    """Refuse a target that is no whole call.

    Raises:
        UsageError: It has a place, or is standard input, which is the list of the calls.
    """
    if target.stdin:
        raise UsageError("that is no call id", "write one call id a line")
    check_whole(target, "the checks are those of a whole call")


async def check(
    connection: Connection, targets: Sequence[Target | Unnamed], checks: Checks, args: Arguments
) -> ExitStatus:
    """Fetch the calls one after another, and write the results of each at once.

    Returns:
        CHECK_FAILED if any check failed; else the exit status of the first call that could not be fetched,
        or was not named.

    Raises:
        OmniError: The run cannot start, or its output cannot be written.
    """
    calls: list[Checked] = []
    if args.junit is not None:
        _check_report(args.junit, targets)
    async with open_source(connection) as source:
        for target in targets:
            checked = await _checked(source, target, checks)
            write_out((as_json if args.json else as_text)(checked).encode())
            calls.append(checked)
    if args.junit is not None:
        from tui.commands.junit import report

        await write_file(args.junit, report(calls), force=True)
    return _status(calls)


def _check_report(path: Path, targets: Sequence[Target | Unnamed]) -> None:
    """Refuse to replace what is checked by the report on it."""
    from tui.store.files import is_same

    if any(isinstance(target, Target) and target.path and is_same(target.path, path) for target in targets):
        raise UsageError("the report would replace a file that is checked", "name another file with --junit")


def _status(calls: Sequence[Checked]) -> ExitStatus:
    if any(call.has_failed for call in calls):
        return ExitStatus.CHECK_FAILED
    return next((call.fault.exit_status for call in calls if call.fault is not None), ExitStatus.DONE)


async def _checked(source: CallSource, target: Target | Unnamed, checks: Checks) -> Checked:
    """The results of a call, or its error, which does not stop the checks of other calls."""
    if isinstance(target, Unnamed):
        say(target.fault.line())
        return Checked(target.name, fault=target.fault)
    try:
        document = await fetched(source, target)
        verdicts = checks.judge(document.transcript)
    except OmniError as fault:
        say(f"{target.name}: {fault.line()}")
        return Checked(target.name, fault=fault)
    for note in anomalies(document):
        say(f"{target.name}: {note}")
    return Checked(document.transcript.call_id, verdicts, address=address_of(document.transcript))


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
        "link": link_of(call, verdict),
    }  # fmt: skip
