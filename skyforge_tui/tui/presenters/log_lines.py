"""What lines of output mean at a glance: failures, warnings, headings, results, gaps.

Ansible's words are known, and what most command line tools say in front of an error. A colour of
our own replaces the log's where a line is recognised, so that coloured and plain logs look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from skyforge_tui.domain.log import LogGap
from skyforge_tui.tui.ansi import Parsed, parse, prepared
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Tone
from skyforge_tui.tui.sgr import PLAIN, Sgr

Severity = Literal["", "warn", "bad"]

LOOKED_AT = 256
"""Characters at the start of a line that decide what it is."""

_BAD = re.compile(
    r"\s*(?:fatal: |failed: \[|ERROR! |\[ERROR\]|(?:[\w./-]+: )?(?:error|ERROR): |Traceback \(most)"
)
_WARN = re.compile(
    r"\s*(?:\[(?:DEPRECATION )?WARNING\]|FAILED - RETRYING|(?:[\w./-]+: )?(?:warning|WARNING): )"
)
_CANDIDATE = re.compile(
    rb"fatal: |failed: \[|(?:ERROR|error)[!\]:]|(?:WARNING|warning)[\]:]|FAILED - R|Traceback \("
)
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


def severity_of(text: str) -> Severity:
    """Return how bad the line is that begins with `text`."""
    if _BAD.match(text):
        return "bad"
    return "warn" if _WARN.match(text) else ""


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


def severities(data: bytes, most: int) -> Iterator[tuple[int, Severity]]:
    """Yield offset and severity of the bad lines in `data`, looking at no more than `most` lines.

    When that many were looked at, the last pair is the offset where to go on, with no severity.
    """
    position = 0
    while (found := _CANDIDATE.search(data, position)) is not None:
        start = data.rfind(b"\n", 0, found.start()) + 1
        if not most:
            yield start, ""
            return
        most -= 1
        end = data.find(b"\n", found.end())
        end = len(data) if end < 0 else end
        severity = severity_of(parse(*prepared(data[start : min(end, start + 4 * LOOKED_AT)])).text)
        if severity:
            yield start, severity
        position = end


def gap_words(gap: LogGap) -> str:
    """Return how much is missing, as `gap 1,204 lines, 88.0 kB`."""
    sizes = []
    if gap.missing_lines is not None:
        sizes.append(f"{tones.count(gap.missing_lines)} line{'s' * (gap.missing_lines != 1)}")
    if gap.missing_bytes is not None:
        sizes.append(tones.size(gap.missing_bytes))
    return "gap " + (", ".join(sizes) if sizes else "of unknown size")
