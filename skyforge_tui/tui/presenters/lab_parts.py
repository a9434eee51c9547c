"""What there is to a lab besides its nodes, part by part: links, steps, runs, and the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import Lab, LabDetail, LabLink, LabLinkEnd, LabNode, LabState, LabStep
from skyforge_tui.domain.run import Run
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    cut_line,
    joined,
    line,
    literal,
    width_of,
    wrapped,
)
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.runs import starter

Cells = Mapping[str, Line]
_STEPS_SHOWN = 1000
_ROWS_OF_A_FAILURE = 6
"""What a step that failed says may be as long as a screen; so many rows of it are shown."""


class Part(StrEnum):
    """One part."""

    LINKS = "links"
    STEPS = "steps"
    RUNS = "runs"
    OUTPUT = "output"
    CONFIGS = "configs"
    DATA = "data"


COLUMNS: Mapping[Part, tuple[Column, ...]] = {
    Part.LINKS: (
        Column("one", "From", 22, most=34, priority=100),
        Column("other", "To", 22, most=None, priority=90),
        Column("kind", "Kind", 4, most=6, priority=20),
    ),
    Part.STEPS: (
        Column("at", "At", 6, align="right", priority=50),
        Column("step", "Step", 20, most=None, priority=100),
    ),
    Part.CONFIGS: (
        Column("node", "Node", 14, most=24, priority=100, is_name=True),
        Column("kept", "Configuration", 20, most=None, priority=90),
    ),
    Part.DATA: (
        Column("key", "Name", 22, most=34, priority=100),
        Column("value", "Value", 22, most=None, priority=90),
    ),
    Part.RUNS: (
        Column("state", "State", 10, priority=100),
        Column("run", "Run", 4, most=5, align="right", priority=95),
        Column("did", "Did", 8, most=None, priority=99, is_name=True),
        Column("who", "Who", 6, most=10, priority=40),
        Column("start", "Start", 6, align="right", priority=80),
        Column("took", "Took", 6, align="right", priority=85),
    ),
}
"""The output has no rows: it is shown as it is."""
EMPTY: Mapping[Part, str] = {
    Part.LINKS: "no link is known",
    Part.STEPS: "nothing was done yet",
    Part.CONFIGS: "nobody tells which configurations are kept",
    Part.DATA: "nothing is written down of it",
    Part.RUNS: "no run of this workspace had to do with it",
    Part.OUTPUT: "no run of this workspace has built it",
}


def parts_of(detail: LabDetail) -> tuple[Part, ...]:
    """Return the parts that there are to a lab, in their order."""
    tells_configs = any(one.has_config is not None for one in detail.nodes)
    return tuple(part for part in Part if tells_configs or part is not Part.CONFIGS)


def first_part(detail: LabDetail, runs: Sequence[Run]) -> Part:
    """Return the part that says most of a lab as it is now."""
    lab = detail.lab
    if runs and (lab.state.is_moving or lab.state in (LabState.FAILED, LabState.MARKER)):
        return Part.OUTPUT
    if lab.state.is_moving and detail.steps:
        return Part.STEPS
    if lab.state is LabState.STOPPED:
        return Part.RUNS if runs else Part.LINKS if lab.folder else Part.STEPS
    return Part.LINKS if detail.links or not detail.steps else Part.STEPS


def told_by(lab: Lab, runs: Sequence[Run]) -> Run | None:
    """Return the run whose output belongs to a lab as it is now."""
    if runs and runs[0].state.is_active:
        return runs[0]
    built = next((one for one in runs if one.id == lab.run_id), None)
    return built or (runs[0] if runs else None)


def parts_line(
    detail: LabDetail, runs: Sequence[Run], told: Run | None, shown: Part, width: int
) -> Line:
    """Return the names of the parts, each with how much there is; the shown one stands out."""
    kept = sum(one.has_config is True for one in detail.nodes)
    counts = {Part.LINKS: len(detail.links), Part.STEPS: len(detail.steps), Part.CONFIGS: kept,
              Part.RUNS: len(runs)}  # fmt: skip
    names = []
    for part in parts_of(detail):
        is_shown = part is shown
        name = Span(
            part.value.title(), "strong" if is_shown else "muted", bold=is_shown, ref=part.value
        )
        count = f" {counts[part]:,}" if counts.get(part) else ""
        if part is Part.OUTPUT and told is not None:
            count = f" of run {told.number}"
        names.append(line(name, Span(count, "muted", ref=part.value)))
    row = cut_line(joined(names, "   "), width)
    rule = width - width_of(row) - 2
    return line(row, "  ", Span(glyphs.TRACK * rule, "line")) if rule > 0 else row


def config_cells(node: LabNode) -> Cells:
    """Return whether a configuration is kept for a node."""
    return {
        "node": (Span(literal(node.name)),),
        "kept": (Span("kept", "ok") if node.has_config else Span("none kept", "muted"),),
    }


def link_cells(link: LabLink) -> Cells:
    """Return a link's cells: one end, and the others."""
    ends = link.ends or (LabLinkEnd(""),)
    others = joined([_end(one) for one in ends[1:]], ", ")
    return {
        "one": _end(ends[0]),
        "other": others or (Span("nobody else", "muted"),),
        "kind": (Span("down", "bad", bold=True),)
        if link.is_up is False
        else (Span(literal(link.kind), "muted"),),
    }


def step_rows(steps: Sequence[LabStep], now: datetime, width: int) -> list[Cells]:
    """Return what was done, oldest first; what a failed one says takes several rows.

    Of more than anybody reads, the newest.
    """
    rows: list[Cells] = []
    if earlier := len(steps[:-_STEPS_SHOWN]):
        rows.append({"step": (Span(f"  {earlier:,} earlier steps are not shown", "muted"),)})
    for step in steps[-_STEPS_SHOWN:]:
        at = (Span(tones.clock(step.at, now) if step.at else "", "muted"),)
        text = literal(step.text)
        if step.failed:
            first, *more = wrapped(text, max(20, width), _ROWS_OF_A_FAILURE)
            sign = Span(f"{glyphs.FAILED} ", "bad", bold=True)
            rows.append({"at": at, "step": (sign, Span(first, "bad"))})
            rows += [{"step": (Span(f"  {one}", "bad"),)} for one in more]
        else:
            tone = Span(f"  {text}", "muted" if text.startswith("OK: ") else "text")
            rows.append({"at": at, "step": (tone,)})
    return rows


def run_cells(run: Run, now: datetime, me: Me) -> Cells:
    """Return the cells of a run that had to do with a lab."""
    did = joined([(Span(literal(run.action or run.template)),), _why(run)])
    return {
        "state": tones.run_look(run).line,
        "run": (Span(str(run.number), "muted"),),
        "did": did,
        "who": (Span(starter(run), "text" if run.is_by(me) else "muted"),),
        "start": (Span(tones.clock(run.started_at or run.created_at, now), "muted"),),
        "took": (Span(tones.duration(run.duration(now))),),
    }


def _why(run: Run) -> Line:
    return (Span(literal(run.note), "muted"),) if run.note else ()


def _end(end: LabLinkEnd) -> Line:
    name = Span(literal(f"{end.node} {end.interface}".strip()))
    return (name, Span(f"  {literal(end.address)}", "muted")) if end.address else (name,)
