"""One lab: how it is and how far it has come, and its nodes as rows and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabNode,
    LabSource,
    LabState,
    NodeState,
)
from skyforge_tui.domain.run import Run
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.bars import duration_bar
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    joined,
    line,
    literal,
    spread,
    wrapped,
)
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.labs import (
    is_stale,
    lab_look,
    note_tone,
    ready_line,
    server_line,
    up_text,
)
from skyforge_tui.tui.presenters.tones import StateLook

NODE_COLUMNS: tuple[Column, ...] = (
    Column("state", "State", 10, priority=100),
    Column("name", "Name", 10, most=18, priority=99, cut="middle", is_name=True),
    Column("device", "Device", 8, most=12, priority=80),
    Column("address", "Address", 15, most=24, priority=90),
    Column("connection", "Way in", 8, most=10, priority=70),
    Column("machine", "Machine", 14, most=26, priority=40, cut="middle"),
    Column("image", "Image", 12, most=None, priority=20, cut="front"),
)

_NODES: dict[NodeState, StateLook] = {
    NodeState.UP: StateLook(glyphs.RUNNING, "running", "accent"),
    NodeState.DOWN: StateLook(glyphs.FAILED, "down", "bad", "bad", bold=True),
    NodeState.STOPPED: StateLook(glyphs.STOPPED_LAB, "stopped", "muted", "muted"),
    NodeState.UNKNOWN: StateLook(glyphs.UNKNOWN, "unknown", "muted", "muted"),
}
_READY = StateLook(glyphs.READY, "ready", "ok")
_UP = StateLook(glyphs.READY, "up", "ok")
"""Up, and nobody can tell whether it is ready."""
_COMING = StateLook(glyphs.QUEUED, "to come", "muted", "muted")
_GOING = StateLook(glyphs.QUEUED, "to go", "muted", "muted")
_CONFIGS: dict[bool | None, str] = {True: "kept", False: "none kept"}
_BAR = 10


def status_line(lab: Lab, source: LabSource | None, now: datetime, width: int) -> Line:
    """Return the first row: how the lab is and how many nodes; where, whose and since when."""
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
    owner = (Span(literal(lab.owner), "text"),)
    word = "saved" if lab.folder else "since"
    since = (Span(f"{word} {tones.age(now - lab.updated_at)}", "muted"),) if lab.updated_at else ()
    right = joined([server_line(lab, source, now, is_padded=False), owner, since])
    return spread(joined([state, counts], "   "), right, width)


def progress_lines(
    lab: Lab, run: Run | None, usual: timedelta | None, now: datetime, width: int
) -> list[Line]:
    """Return what is being done, and how long it usually takes; or why the lab deviates."""
    if lab.asks and run is not None:
        return [
            (
                Span(f"run {run.number} waits for your answer: ", "warn"),
                Span("a", "strong", bold=True),
                Span(" answers it", "muted"),
            )
        ]
    if not lab.state.is_moving:
        return [(Span(one, note_tone(lab)),) for one in wrapped(literal(lab.note), width, 2) if one]
    took = None if run is None or not run.state.is_active else run.duration(now)
    bar: Line = ()
    if run is not None and took is not None and usual:
        over, left = took - usual, usual - took
        told = (
            (Span(f"{tones.duration(over)} over usual", "warn"),)
            if left < timedelta()
            else (Span(f"~{tones.duration(left)}"), Span(" left", "muted"))
        )
        bar = joined([duration_bar(took, usual, run.state, _BAR), told])
    elif took is not None:
        bar = (Span(tones.duration(took)), Span(", never timed before", "muted"))
    return [spread((Span(literal(lab.step)),), bar, width)]


def node_look(node: LabNode, lab: Lab) -> StateLook:
    """Return how a node looks: running is not ready."""
    if lab.state is LabState.STOPPING and node.state is not NodeState.DOWN:
        return _GOING
    if node.state is NodeState.UP and node.is_ready is not False:
        return _READY if node.is_ready else _UP
    if node.state is NodeState.UNKNOWN and lab.state is LabState.STARTING:
        return _COMING
    return _NODES[node.state]


def node_cells(node: LabNode, lab: Lab) -> dict[str, Line]:
    """Return a node's cells, by column."""
    return {
        "state": node_look(node, lab).line,
        "name": (Span(literal(node.name)),),
        "device": (Span(literal(node.device), "muted"),),
        "address": (Span(literal(node.address)),),
        "connection": (Span(literal(node.connection), "muted"),),
        "machine": (Span(literal(node.machine), "muted"),),
        "image": (Span(literal(_image(node)), "muted"),),
    }


def node_lines(node: LabNode, lab: Lab, links: Sequence[LabLink], width: int) -> list[Line]:
    """Return one node: what it is, and where each of its links leads."""
    look = node_look(node, lab)
    name = line(
        Span(look.glyph, look.tone, bold=look.bold),
        Span(f" {literal(node.name)}", "strong", bold=True),
    )
    lines: list[Line] = [spread(name, (Span(look.word, look.word_tone),), width), ()]
    facts = (
        ("device", node.device), ("address", node.address), ("way in", node.connection),
        ("machine", node.machine), ("image", _image(node)), ("status", node.status),
        ("config", _CONFIGS.get(node.has_config, "")),
    )  # fmt: skip
    for label, value in facts:
        rows = wrapped(literal(value), max(12, width - 11), 3) if value else []
        lines += [
            (Span(f"{'' if index else label:<10} ", "muted"), Span(row))
            for index, row in enumerate(rows)
        ]
    mine = [one for one in links if any(end.node == node.name for end in one.ends)]
    if mine:
        lines += [(), (Span("Links", "strong", bold=True), Span(f" {len(mine)}", "muted"))]
    for link in mine:
        lines += _from(node.name, link)
    return lines


def missing_lines(detail: LabDetail, width: int) -> list[Line]:
    """Return what could not be found out, and why."""
    lines: list[Line] = []
    for one in detail.missing:
        for index, row in enumerate(wrapped(literal(one), max(20, width - 2), 2)):
            sign = "  " if index else f"{glyphs.UNKNOWN} "
            lines.append((Span(sign, "muted"), Span(row, "muted")))
    return lines


def empty_line(lab: Lab, *, is_asked: bool) -> Line:
    """Return what stands where a lab has no nodes to show."""
    if lab.state is LabState.MARKER:
        its_run: Line = (Span("u", "strong", bold=True), Span(" its run", "muted"))
        return joined([(Span("No nodes are known of it.", "muted"),), its_run])
    if not is_asked:
        return (Span(glyphs.PENDING, "spin"), Span(f" asking {literal(lab.kind)}", "muted"))
    if lab.state is LabState.STOPPED:
        start: Line = (Span("s", "strong", bold=True), Span(" start", "muted"))
        return joined([(Span("It does not run.", "muted"),), start])
    return (Span("No nodes are known yet.", "muted"),)


def _image(node: LabNode) -> str:
    """Return the image; netlab says `none` where nothing is booted."""
    return "" if node.image == "none" else node.image


def _from(name: str, link: LabLink) -> list[Line]:
    """Return the rows of a link as seen from one of its ends."""
    own = next(end for end in link.ends if end.node == name)
    others = [end for end in link.ends if end is not own]
    far = ", ".join(literal(f"{end.node} {end.interface}") for end in others) or "nobody else"
    rows: list[Line] = [(Span(f"{literal(own.interface):<10} ", "muted"), Span(far))]
    if own.address:
        rows.append((Span(" " * 11), Span(literal(own.address), "muted")))
    return rows
