"""What Trace knows of a call: its verdict, the times that the platform measured, and its findings.

Values whose units or origins are not documented stay as they were sent, as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """Percentiles of a measured time in ms.

    Attributes:
        n: How many were measured; None if not sent.
        p50: The median; None if nothing was measured.
        p95: The 95th percentile.
        p99: The 99th percentile.
    """

    n: int | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


NOTHING_MEASURED = Spread()


class Barge(NamedTuple):
    """The caller began to speak over the agent.

    Attributes:
        detect_ms: How long it took to notice; None if not sent.
        recovered: Whether the agent gave way and went on well; None if not sent.
    """

    detect_ms: float | None = None
    recovered: bool | None = None


class TraceEntry(NamedTuple):
    """An entry of Trace's own timeline: one contribution of a side.

    Attributes:
        role: The role as sent.
        text: Its text as sent; empty if not sent.
        t_ms: Its time in ms; its origin is not stated.
        ttfb_ms: The measured time to the first byte of the answer.
        endpointing_ms: The measured time until the end of speech was noticed.
        barge: The barge-in, if there was one.
        tools: The tool calls that led to it, as sent.
    """

    role: str = ""
    text: str = ""
    t_ms: int | None = None
    ttfb_ms: float | None = None
    endpointing_ms: float | None = None
    barge: Barge | None = None
    tools: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether it has a measured time."""
        return self.ttfb_ms is not None or self.endpointing_ms is not None or self.barge is not None


class Finding(NamedTuple):
    """A semantic finding, as sent.

    Attributes:
        check: The id of the check, such as "hallucination".
        verdict: Such as "concern".
        severity: Such as "high".
        action: Such as "flag".
        confidence: On a scale that is not stated.
        at: When, in a unit that is not stated.
        reason: Why.
        instruction: What the agent was told to do.
    """

    check: str = ""
    verdict: str = ""
    severity: str = ""
    action: str = ""
    confidence: str = ""
    at: str = ""
    reason: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """An interaction as Trace shows it; texts are as sent.

    Attributes:
        verdict: PASS, WARN or FAIL; None if not sent.
        scored_at_ms: Unix time in ms of its score.
        entries: Its timeline.
        findings: The semantic findings.
        ttfb: The spread of the times to the first byte.
        endpointing: The spread of the endpointing times.
        barges: How many barge-ins there were.
        recovered: How many of them were recovered from.
        detection: The spread of the times to notice a barge-in.
        counts: Numbers of rules that fired, blocked turns and modified turns, by their names as sent.
        rest: Fields without words here, as sent: packs, metrics, scorecard.
    """

    verdict: str | None = None
    scored_at_ms: int | None = None
    entries: tuple[TraceEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    ttfb: Spread = NOTHING_MEASURED
    endpointing: Spread = NOTHING_MEASURED
    barges: int | None = None
    recovered: int | None = None
    detection: Spread = NOTHING_MEASURED
    counts: Mapping[str, int] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
