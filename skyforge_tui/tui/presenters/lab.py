"""One lab: its status row, its nodes as rows, and its links and steps as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabNode,
    LabSource,
    LabState,
    LabStep,
    NodeState,
)
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, joined, line, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.labs import is_stale, lab_look, ready_line, up_text
from skyforge_tui.tui.presenters.tones import StateLook

NODE_COLUMNS: tuple[Column, ...] = (
    Column("state", "State", 10, priority=100),
    Column("name", "Name", 10, most=18, priority=99, cut="middle", is_name=True),
    Column("device", "Device", 8, most=12, priority=80),
    Column("address", "Address", 15, most=24, priority=90),
    Column("connection", "Connection", 10, most=12, priority=70),
    Column("machine", "Machine", 14, most=26, priority=40, cut="middle"),
    Column("image", "Image", 12, most=None, priority=20, cut="front"),
)

_NODES: dict[NodeState, StateLook] = {
    NodeState.UP: StateLook(glyphs.READY, "up", "ok"),
    NodeState.DOWN: StateLook(glyphs.FAILED, "down", "bad", "bad", bold=True),
    NodeState.STOPPED: StateLook(glyphs.STOPPED_LAB, "stopped", "muted", "muted"),
    NodeState.UNKNOWN: StateLook(glyphs.UNKNOWN, "unknown", "muted", "muted"),
}


def status_line(lab: Lab, source: LabSource | None, now: datetime) -> Line:
    """Return the first row: how the lab is, how many nodes, whose and since when."""
    look = lab_look(lab)
    stale = is_stale(source)
    state: Line = (
        Span(glyphs.STALE if stale else look.glyph, "muted" if stale else look.tone),
        Span(f" {look.word}", "strong", bold=True),
    )
    counts: Line = ()
    if lab.nodes_total is not None:
        counts = (Span(up_text(lab)), Span(" up", "muted"))
        if lab.ready is not None:
            counts = line(counts, "  ", ready_line(lab), Span(" ready", "muted"))
    owner = (Span(literal(f"{lab.kind}  {lab.owner}".strip()), "muted"),)
    since = (Span(f"since {tones.age(now - lab.updated_at)}", "muted"),) if lab.updated_at else ()
    return joined([state, counts, owner, since, _deviation(lab)], "   ")


def node_cells(node: LabNode) -> dict[str, Line]:
    """Return a node's cells, by column."""
    look = _NODES[node.state]
    return {
        "state": look.line,
        "name": (Span(literal(node.name)),),
        "device": (Span(literal(node.device), "muted"),),
        "address": (Span(literal(node.address)),),
        "connection": (Span(literal(node.connection), "muted"),),
        "machine": (Span(literal(node.machine), "muted"),),
        "image": (Span(literal("" if node.image == "none" else node.image), "muted"),),
    }


def node_lines(node: LabNode, links: Sequence[LabLink]) -> list[Line]:
    """Return one node: what it is, and where each of its links leads."""
    look = _NODES[node.state]
    lines: list[Line] = [
        line(Span(look.glyph, look.tone, bold=look.bold), Span(f" {literal(node.name)}", "strong"))
    ]
    for label, value in (("status", node.status), ("image", node.image), ("machine", node.machine)):
        if value and value != "none":
            lines.append(_fact(label, value))
    mine = [one for one in links if any(end.node == node.name for end in one.ends)]
    lines += [(), (Span("Links", "strong", bold=True), Span(f" {len(mine)}", "muted"))]
    for link in mine:
        lines += _from(node.name, link)
    return lines


def link_lines(links: Sequence[LabLink]) -> list[Line]:
    """Return every link: its ends, each with interface and address."""
    return [
        joined(
            [
                (Span(literal(f"{end.node} {end.interface}")), Span(_address(end.address), "muted"))
                for end in link.ends
            ],
            "  ─  ",
        )
        for link in links
    ]


def step_lines(steps: Sequence[LabStep], now: datetime) -> list[Line]:
    """Return what was done, oldest first, each with its time."""
    lines = []
    for step in steps:
        at = tones.clock(step.at, now) if step.at else ""
        tone = "bad" if step.failed else "muted" if step.text.startswith("OK: ") else "text"
        sign = Span(f"{glyphs.FAILED} ", "bad", bold=True) if step.failed else Span("  ")
        text = Span(literal(step.text), "bad") if tone == "bad" else Span(literal(step.text))
        lines.append(line(Span(f"{at:>6}  ", "muted"), sign, text))
    return lines


def below_lines(detail: LabDetail, now: datetime, *, with_links: bool) -> list[Line]:
    """Return what stands below the nodes: links, steps, and what could not be found out."""
    lines: list[Line] = []
    if with_links and detail.links:
        lines += [_heading("Links", len(detail.links)), *link_lines(detail.links), ()]
    if detail.steps:
        lines += [_heading("Steps", len(detail.steps)), *step_lines(detail.steps, now), ()]
    for one in detail.missing:
        lines.append((Span(f"{glyphs.UNKNOWN} ", "muted"), Span(literal(one), "muted")))
    return lines


def empty_line(detail: LabDetail | None) -> Line:
    """Return what stands where a lab has no nodes to show."""
    if detail is None:
        return (Span("asking for the lab", "muted"),)
    if detail.lab.state is LabState.STOPPED:
        start: Line = (Span("s", "strong", bold=True), Span(" start", "muted"))
        return joined([(Span("It does not run.", "muted"),), start])
    return (Span("No nodes are known yet.", "muted"),)


def _deviation(lab: Lab) -> Line:
    if lab.state.is_moving and lab.step:
        return (Span(literal(lab.step), "muted"),)
    if not lab.note:
        return ()
    return (Span(literal(lab.note), "bad" if lab.state is LabState.FAILED else "warn"),)


def _from(name: str, link: LabLink) -> list[Line]:
    here = [end for end in link.ends if end.node == name]
    there = [end for end in link.ends if end.node != name]
    own = here[0]
    far = ", ".join(f"{end.node} {end.interface}" for end in there) or "nobody"
    first = line(
        Span(f"{literal(own.interface):<8} ", "muted"), Span(literal(far)),
        Span(_address(own.address), "muted"),
    )  # fmt: skip
    return [first]


def _heading(text: str, number: int) -> Line:
    return (Span(text, "strong", bold=True), Span(f" {number}", "muted"))


def _fact(label: str, value: str) -> Line:
    return (Span(f"{label:<10} ", "muted"), Span(literal(value)))


def _address(text: str) -> str:
    return f"  {literal(text)}" if text else ""
