"""Artifacts as a tree of prefixes, rows of objects, and facts about one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skyforge_tui.domain.artifact import Artifact, home_of
from skyforge_tui.domain.comparison import Comparison, Likeness
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.services.artifact_views import FolderSize, Level, Preview
from skyforge_tui.services.lineage import Origin
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, line, literal, spread, width_of
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.glyphs import NONE, PENDING, TRACK, TREE_CLOSED, TREE_OPEN

COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", 14, most=None, priority=100, cut="middle", is_name=True),
    Column("size", "Size", 9, most=12, align="right", priority=90),
    Column("age", "Age", 6, align="right", priority=80),
)
_LIKENESS: Mapping[Likeness, Tone] = {
    Likeness.SAME: "muted", Likeness.CHANGED: "warn", Likeness.NEW: "warn"
}  # fmt: skip
EMPTY: Line = (
    Span("No artifact yet.  ", "muted"),
    Span("L", "strong", bold=True),
    Span(" launch what leaves some", "muted"),
)
NOTHING_HERE: Line = (
    Span("Nothing here any more.  ", "muted"),
    Span("h", "strong", bold=True),
    Span(" up", "muted"),
)
NOT_FOUND: Line = (
    Span("Nothing is called so.  ", "muted"),
    Span("h", "strong", bold=True),
    Span(" back to the folder", "muted"),
)
_LOG_NAME = re.compile(r"(?:\.(?:log|out)|^(?:syslog|messages))(?:\.\d+)?(?:\.gz)?$")
_LABEL = 10


@dataclass(frozen=True, slots=True)
class Twig:
    """One row of the tree: a prefix, how deep it lies, and whether it is unfolded."""

    prefix: str
    depth: int
    is_open: bool


def is_log(key: str) -> bool:
    """Say whether something is called as logs are: `bgpd.log`, `drain.log.2.gz`, `syslog`."""
    return _LOG_NAME.search(key.rpartition("/")[2].lower()) is not None


def nothing(prefix: str, *, is_search: bool) -> Line:
    """Return what stands where nothing is listed."""
    if is_search:
        return NOT_FOUND
    return NOTHING_HERE if prefix else EMPTY


def columns(comparison: Comparison | None, *, is_search: bool = False) -> tuple[Column, ...]:
    """Return the columns of the objects, with one for the run they are compared with.

    Of what was found the end of the name matters, which is a path.
    """
    if is_search:
        return (replace(COLUMNS[0], cut="front"), *COLUMNS[1:])
    if comparison is None:
        return COLUMNS
    title = f"Vs {comparison.other.number}"
    return (*COLUMNS, Column("vs", title, max(9, len(title)), priority=85))


def tree_columns(store: str) -> tuple[Column, ...]:
    """Return the one column of the tree, under the store's name."""
    return (Column("twig", f"Store {literal(store)}", 10, most=None, cut="end", is_name=True),)


def twigs(
    folders: Mapping[str, Sequence[str]], here: str, prefix: str = "", depth: int = 0
) -> list[Twig]:
    """Return the rows of the tree: everything beside the way to `here`.

    `folders` holds the prefixes below each prefix on that way.
    """
    rows: list[Twig] = []
    for one in folders.get(prefix, ()):
        is_open = one == here or here.startswith(f"{one}/")
        rows.append(Twig(one, depth, is_open))
        if is_open:
            rows += twigs(folders, here, one, depth + 1)
    return rows


def twig_cells(twig: Twig, run: Run | None) -> dict[str, Line]:
    """Return a row of the tree; `run` is the one whose folder it is."""
    sign = TREE_OPEN if twig.is_open else TREE_CLOSED
    name = twig.prefix.rpartition("/")[2]
    lead = Span(f"{' ' * twig.depth}{sign} ", "muted")
    return {"twig": line(lead, Span(literal(name)), _run_sign(run))}


def _run_sign(run: Run | None) -> Line:
    """Return how a run is that did not simply go well; nothing when it did."""
    if run is None or run.state is RunState.SUCCESS:
        return ()
    if run.state.is_active:
        return (Span(" now", "accent"),)
    look = tones.run_look(run)
    return (Span(f" {look.glyph}", look.tone, bold=look.bold),)


def vs_cell(comparison: Comparison | None, key: str, *, is_folder: bool) -> Line:
    """Return what an artifact, or all that is in a folder, is beside what the other run left."""
    if comparison is None:
        return ()
    if is_folder:
        counts = comparison.below(key)
        unlike = sum(count for one, count in counts.items() if one is not Likeness.SAME)
        if unlike:
            return (Span("1 differs" if unlike == 1 else f"{unlike} differ", "warn"),)
        return (Span(str(Likeness.SAME), "muted"),) if counts else (Span(NONE, "faint"),)
    likeness = comparison.of(key)
    if likeness is None:
        return (Span(NONE, "faint"),)
    return (Span(str(likeness), _LIKENESS[likeness]),)


def gone_words(comparison: Comparison | None) -> str:
    """Return what only the other run left, in a few words."""
    if comparison is None or not comparison.gone:
        return ""
    count = len(comparison.gone)
    names = comparison.gone[0] if count == 1 else f"{tones.count(count)} files"
    return f"{names} gone since {comparison.other.number}"


def is_of_run(prefix: str) -> bool:
    """Say whether a prefix is the folder of a run, or below one."""
    return home_of(prefix).number is not None


def total_words(level: Level, sizes: Mapping[str, FolderSize]) -> str:
    """Return how much lies at one level, all the way down; nothing before all is counted."""
    keys = [one.ref.key for one in level.folders]
    below = [sizes[key] for key in keys if key in sizes]
    if len(below) < len(keys) or level.next or not (keys or level.artifacts):
        return ""
    count = len(level.artifacts) + sum(one.count for one in below)
    size = sum(one.size for one, _ in level.artifacts) + sum(one.size for one in below)
    least = "at least " if any(one.is_more for one in below) else ""
    return f"{least}{counted(FolderSize(count, size, None, is_more=False))}, {tones.size(size)}"


def more_words(level: Level) -> str:
    """Return how much of a level is listed, where that is not all; else nothing."""
    listed = len(level.folders) + len(level.artifacts)
    return f"the first {tones.count(listed)}, there are more" if level.next else ""


def folder_cells(
    prefix: str, size: FolderSize | None, run: Run | None, now: datetime, *, is_open: bool
) -> dict[str, Line]:
    """Return a folder's row; `size` is None while nobody has counted.

    What is in one that is not open to the person is not counted. `run` is whose folder it is.
    """
    name = prefix.rpartition("/")[2]
    cells: dict[str, Line] = {"name": line(Span(f"{literal(name)}/"), _run_sign(run))}
    if size is None:
        waiting = Span(PENDING, "spin") if is_open else Span(NONE, "faint")
        return cells | {"size": (waiting,)}
    newest = NONE if size.newest is None else tones.age(now - size.newest, fine=True)
    return cells | {"size": (Span(counted(size), "muted"),), "age": (Span(newest, "muted"),)}


def counted(size: FolderSize) -> str:
    """Return how many objects a folder has."""
    if size.is_more:
        return f"{tones.count(size.count)}+ objects"
    return tones.several(size.count, "object")


def artifact_cells(artifact: Artifact, name: str, now: datetime) -> dict[str, Line]:
    """Return an object's row, under this name."""
    return {
        "name": (Span(literal(name)),),
        "size": (Span(tones.size(artifact.size), "muted"),),
        "age": (Span(tones.age(now - artifact.modified_at, fine=True), "muted"),),
    }


def heading(title: str, about: str, run: Run | None, width: int, *, ruled: bool) -> Line:
    """Return the line above a preview: whose it is, what it is, and the run that made it.

    `ruled` draws a thin line between, where the preview stands below the objects.
    """
    parts = [about] if about else []
    sign: Line = ()
    if run is not None:
        look = tones.run_look(run)
        parts.append(f"run {run.number}")
        sign = (Span(f" {look.glyph}", look.tone, bold=look.bold),)
    right = line(Span(", ".join(parts), "muted"), sign)
    name: Line = (Span(literal(title), "strong", bold=True),)
    gap = width - width_of(name) - width_of(right) - 2
    if not ruled or gap < 1:
        return spread(name, right, width)
    return line(name, " ", Span(TRACK * gap, "line"), " ", right)


def fact_lines(preview: Preview, origin: Origin | None, now: datetime, width: int) -> list[Line]:
    """Return what is known of an artifact, besides its bytes, below a thin line."""
    artifact = preview.artifact
    facts: list[Line] = [(), (Span(TRACK * max(0, width - 4), "line"),)]
    if origin is not None:
        run = origin.run
        look = tones.run_look(run)
        made: Line = (
            Span(f"run {run.number} {literal(run.title)} "),
            Span(look.glyph, look.tone, bold=look.bold),
        )
        facts += [
            _fact("made by", made),
            _fact("by", (Span(literal(f"{run.who}, {run.project}")),)),
        ]
        if not origin.is_known:
            facts.append(_fact("record", (Span("not here; its manifest tells", "warn"),)))
    written = artifact.modified_at.astimezone(now.tzinfo)
    ago = tones.age(now - artifact.modified_at, fine=True)
    facts += [
        _fact("written", (Span(f"{written:%H:%M:%S}, {ago} ago"),)),
        _fact("size", (Span(f"{tones.count(artifact.size)} bytes"),)),
    ]
    if artifact.checksum:
        sums = artifact.checksum
        facts.append(_fact("sha256", (Span(f"{sums[:4]} {sums[4:8]} … {sums[-4:]}"),)))
    return [*facts, _fact("store", (Span(literal(artifact.store)),))]


def folder_facts(size: FolderSize, now: datetime) -> list[Line]:
    """Return what is known of a folder."""
    facts = [_fact("holds", (Span(counted(size)),)), _fact("size", (Span(tones.size(size.size)),))]
    if size.newest is not None:
        age = tones.age(now - size.newest, fine=True)
        facts.append(_fact("newest", (Span(f"{age} ago"),)))
    return facts


def _fact(label: str, words: Line) -> Line:
    return line(Span(f"{label:<{_LABEL}}", "muted"), words)
