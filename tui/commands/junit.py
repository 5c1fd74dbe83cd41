"""The JUnit report of ``check`` for CI servers: a suite for each call, a case for each check."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from tui.commands.verdicts import Checked, address, in_words, name
from tui.core.checks import Outcome, Verdict
from tui.core.errors import OmniError
from tui.core.text import safe_line


def report(calls: Sequence[Checked]) -> bytes:
    """The report as XML; all text in it is safe, so it holds no character that XML forbids."""
    suites = ET.Element("testsuites", name="omni-transcripts check")
    suites.extend(_suite(call) for call in calls)
    for kind in ("tests", "failures", "errors", "skipped"):
        suites.set(kind, str(sum(int(suite.get(kind, "0")) for suite in suites)))
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(call: Checked) -> ET.Element:
    call_id = safe_line(call.call_id)
    outcomes = [verdict.outcome for verdict in call.verdicts]
    counts = {
        "tests": len(outcomes) or 1, "failures": outcomes.count(Outcome.FAIL), "errors": int(call.fault is not None),
        "skipped": outcomes.count(Outcome.UNKNOWN),
    }  # fmt: skip
    suite = ET.Element("testsuite", {"name": call_id, **{kind: str(count) for kind, count in counts.items()}})
    if call.fault is not None:
        case = ET.SubElement(suite, "testcase", classname=call_id, name="the call")
        ET.SubElement(case, "error", type=_kind(call.fault), message=call.fault.line())
    for verdict in call.verdicts:
        case = ET.SubElement(suite, "testcase", classname=call_id, name=name(verdict))
        _add_outcome(case, call, verdict)
    return suite


def _kind(fault: OmniError) -> str:
    """The kind of an error, by its exit status: "not-found", "refused"."""
    return fault.exit_status.name.lower().replace("_", "-")


def _add_outcome(case: ET.Element, call: Checked, verdict: Verdict) -> None:
    """Add the outcome of a check; a passed one has its figure as output."""
    words, where = in_words(verdict), address(call, verdict)
    if verdict.outcome is Outcome.PASS:
        ET.SubElement(case, "system-out").text = f"{where}  {words}"
        return
    tag = "failure" if verdict.outcome is Outcome.FAIL else "skipped"
    ET.SubElement(case, tag, type=verdict.check, message=words).text = where
