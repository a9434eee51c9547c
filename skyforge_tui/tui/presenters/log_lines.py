"""What lines of output mean at a glance: failures, warnings, headings, results, gaps.

Ansible's words are known, and what most command line tools say in front of an error. A colour of
our own replaces the log's where a line is recognised, so that coloured and plain logs look alike.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from skyforge_tui.domain.log import LogGap
from skyforge_tui.domain.log_severity import LOOKED_AT, Severity, severity_of
from skyforge_tui.tui.ansi import Parsed
from skyforge_tui.tui.presenters import amounts
from skyforge_tui.tui.presenters.cells import Tone
from skyforge_tui.tui.sgr import PLAIN, Sgr

_RESULT = re.compile(r"(ok|changed|skipping|included): ")
_RESULT_TONES: dict[str, Tone] = {"ok": "ok", "changed": "warn"}
_HEADING = re.compile(r"(?:PLAY|TASK|RUNNING HANDLER|PLAY RECAP) ?(?:\[[^\n]*\] )?(?=\*{3,}$)")


class Dressed(NamedTuple):
    """A parsed line and what it is."""

    parsed: Parsed
    severity: Severity
    has_rule: bool = False
    """A heading: a thin rule runs from the end of its text to the edge."""
    rest: Sgr | None = None
    """How what follows this text in the same line is to look; None as the log says."""


def dressed(parsed: Parsed) -> Dressed:
    """Recognise a line, or the beginning of a long one, and give it the tones it deserves."""
    severity = severity_of(parsed.text[:LOOKED_AT])
    if severity:
        look = Sgr(tone=severity)
        return Dressed(parsed.dressed([0], [look]), severity, rest=look)
    heading = _HEADING.match(parsed.text)
    if heading is not None:
        title = heading.group()
        width = parsed.columns - (len(parsed.text) - len(title))
        looks = [Sgr(tone="strong", bold=True)]
        is_uniform = parsed.edges is None
        return Dressed(Parsed(title, [0], looks, width, is_uniform=is_uniform), "", has_rule=True)
    result = _RESULT.match(parsed.text)
    if result is not None:
        end = result.end() - 1
        tone = _RESULT_TONES.get(result[1], "muted")
        return Dressed(parsed.dressed([0, end], [Sgr(tone=tone), PLAIN]), "", rest=PLAIN)
    return Dressed(parsed, "")


def gap_words(gap: LogGap) -> str:
    """Return how much is missing, as `gap 1,204 lines, 88.0 kB`; if nothing, what happened."""
    if gap.is_filled:
        return gap.reason
    sizes = []
    if gap.missing_lines is not None:
        sizes.append(f"{amounts.count(gap.missing_lines)} line{'s' * (gap.missing_lines != 1)}")
    if gap.missing_bytes is not None:
        sizes.append(amounts.size(gap.missing_bytes))
    return "gap " + (", ".join(sizes) if sizes else "of unknown size")


def hidden_words(lines: int | None, tasks: int) -> str:
    """Return how much is left out, as `3 tasks passed, 41 lines`; what is unknown is not said."""
    told = [f"{amounts.count(tasks)} task{'s' * (tasks != 1)} passed"] if tasks else []
    if lines is not None:
        told.append(f"{amounts.count(lines)} line{'s' * (lines != 1)}")
    return ", ".join(told) or "left out"
