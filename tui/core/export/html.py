"""HTML: a self-contained chat page without scripts or external links; light, dark and printable.

All text is escaped, and the page's content security policy allows only its style sheet, named by its
hash. So even text that escaped its quoting could not run, load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from tui.core import times
from tui.core.call import CallDocument
from tui.core.export.measured import MeasuredTurns, measured
from tui.core.export.model import Export, Options, facts, speaker, wanted
from tui.core.layout import Remarks, TimeLabels, TimeStyle
from tui.core.shown import NO_TEXT, shown
from tui.core.text import safe, safe_line
from tui.core.transcript import Turn

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #fbfaf7; --text: #22262e; --dim: #686d76; --rule: #e2dfd7; --mark: #fff3c4;
  --user: #9a5b00; --assistant: #00695c; --other: #6a4fb0; --trouble: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1218; --text: #dfe3ea; --dim: #8a919e; --rule: #262b35; --mark: #2a2618;
    --user: #e5a04b; --assistant: #58c4b0; --other: #ab98ea; --trouble: #f2867c;
  }
}
* { box-sizing: border-box; }
body {
  max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem;
  background: var(--page); color: var(--text); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header { margin-bottom: 2.25rem; padding-bottom: 1.25rem; border-bottom: 1px solid var(--rule); }
h1 { margin: 0 0 .75rem; font: 600 1.25rem/1.3 ui-monospace, Menlo, Consolas, monospace; }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: 0; font-size: .875rem; }
dl div { display: flex; gap: .5em; min-width: 0; }
dt { color: var(--dim); }
dd { margin: 0; }
.turn {
  --role: var(--other);
  width: fit-content; max-width: min(42rem, 88%); margin: 0 auto 1.35rem; padding: .05rem 1rem;
  background: var(--page); scroll-margin-top: 1.5rem;
}
.user { --role: var(--user); margin-right: 0; border-right: 3px solid var(--role); }
.assistant { --role: var(--assistant); margin-left: 0; border-left: 3px solid var(--role); }
.other { border-left: 3px dotted var(--role); }
.turn:target { background: var(--mark); }
.who { position: sticky; top: 0; margin: 0; padding: .1rem 0; background: inherit; font-size: .875rem; }
.who b { margin-right: .6em; color: var(--role); }
.who a { color: var(--dim); font-variant-numeric: tabular-nums; text-decoration: none; }
.who a:hover, .who a:focus-visible { text-decoration: underline; }
.note { margin-left: .6em; color: var(--trouble); }
.silence { margin: 0 0 1.35rem; color: var(--dim); font-size: .875rem; text-align: center; }
.silence.long { color: var(--trouble); }
.said { margin: 0; white-space: pre-wrap; unicode-bidi: plaintext; }
.carried { margin: .15rem 0; color: var(--dim); font-size: .875rem; unicode-bidi: plaintext; }
.nothing { color: var(--dim); font-style: italic; }
@media print {
  :root {
    --page: #fff; --text: #000; --dim: #555; --rule: #bbb;
    --user: #6b3f00; --assistant: #004d43; --other: #45307c; --trouble: #8c1d18;
  }
  @page { margin: 18mm 16mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .turn { break-inside: avoid-page; orphans: 3; widows: 3; }
  .who { position: static; break-after: avoid; }
  .silence { break-after: avoid; }
}
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1 dir="auto">{title}</h1>
<dl>
{facts}
</dl>
</header>
<main>
{body}
</main>
</body>
</html>
"""

_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def render(document: CallDocument, options: Options) -> Export:
    """Render an HTML page; turn 14 is at ``#turn-14``."""
    transcript = document.transcript
    whole = measured(document, options)
    body = [_turn(turn, _link(turn, whole), whole.remarks_of(turn)) for turn in wanted(whole.turns, options)]
    if transcript.plain is not None:
        body = [_text_element(safe(transcript.plain), "said")]
    page = _PAGE.format(
        policy=_POLICY,
        style=_STYLE,
        title=escape(safe_line(transcript.call_id)) or "Transcript",
        facts="\n".join(_fact(*fact) for fact in facts(document, whole, options)),
        body="\n".join(body),
    )
    return Export(page, whole.notes)


def _fact(name: str, value: str) -> str:
    return f'<div><dt>{name}</dt><dd dir="auto">{escape(value)}</dd></div>'


def _turn(turn: Turn, link: str, remarks: Remarks) -> str:
    who = f'<b dir="auto">{escape(speaker(turn))}</b> {link}{_notes(remarks)}'
    words, structures = shown(turn)
    lines = (
        [_text_element(words.strip(), "said")]
        if words
        else []
        if structures
        else [_text_element(NO_TEXT, "said nothing")]
    )
    body = "\n".join([*lines, *(_text_element(line, "carried") for line in structures)])
    return (
        f"{_silence(remarks)}"
        f'<article class="turn {turn.role.value}" id="turn-{turn.index + 1}">\n'
        f'<p class="who">{who}</p>\n{body}\n</article>'
    )


def _notes(remarks: Remarks) -> str:
    """The notes on a turn, beside its time."""
    return "".join(f' <span class="note">{escape(note)}</span>' for note in remarks.notes)


def _silence(remarks: Remarks) -> str:
    """The silence before a turn, on a line of its own."""
    if not remarks.silence:
        return ""
    return f'<p class="silence{" long" if remarks.is_long else ""}">{escape(remarks.silence)}</p>\n'


def _link(turn: Turn, whole: MeasuredTurns) -> str:
    """The turn's time, or its number if none is shown, as a link to the turn."""
    label = escape(whole.label(turn))
    shown = _time(turn.start_ms, label, whole.labels) if label and turn.start_ms is not None else f"#{turn.index + 1}"
    return f'<a href="#turn-{turn.index + 1}">{shown}</a>'


def _time(ms: int, label: str, labels: TimeLabels) -> str:
    """A time, machine-readable where HTML can say it."""
    value = _machine_readable(ms, labels)
    return f'<time datetime="{value}">{label}</time>' if value else label


def _machine_readable(ms: int, labels: TimeLabels) -> str:
    """A time of day as date and time in UTC, an offset as a duration; empty for negative ones and for gaps."""
    if labels.has_clock:
        return times.iso_utc((labels.epoch_ms or 0) + ms) or ""
    if labels.style is TimeStyle.GAP or not 0 <= ms < times.BEYOND_MS:
        return ""
    seconds, rest_ms = divmod(ms, times.SECOND_MS)
    return f"PT{seconds}.{rest_ms:03}S"


def _text_element(text: str, look: str) -> str:
    """Text in an unknown language (``lang=""``), with the direction of its characters."""
    return f'<p class="{look}" lang="" dir="auto">{escape(text)}</p>'
