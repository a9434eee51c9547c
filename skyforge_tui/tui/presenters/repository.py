"""A repository as rows and lines: its parts, folders, commits, branches, and files. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from skyforge_tui.domain.project import Commit
from skyforge_tui.domain.repository import Branch, Entry, EntryKind, FileContent, Patch
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    cut_line,
    joined,
    line,
    literal,
    spread,
    width_of,
)
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.highlighting import Paint, painter, painter_of
from skyforge_tui.tui.presenters.previews import Shown, shown

Cells = Mapping[str, Line]


class Part(StrEnum):
    """What of a repository is shown."""

    FILES = "files"
    COMMITS = "commits"
    BRANCHES = "branches"


COLUMNS: Final[Mapping[Part, tuple[Column, ...]]] = {
    Part.FILES: (
        Column("name", "Name", 20, most=None, priority=100, cut="middle", is_name=True,
               can_sort=False),
        Column("size", "Size", 9, align="right", priority=60, can_sort=False),
    ),
    Part.COMMITS: (
        Column("sha", "Commit", 7, priority=60, can_sort=False),
        Column("subject", "Subject", 20, most=None, priority=100, is_name=True, can_sort=False),
        Column("author", "Author", 10, most=18, priority=50, can_sort=False),
        Column("age", "Age", 5, align="right", priority=80, can_sort=False),
    ),
    Part.BRANCHES: (
        Column("name", "Branch", 16, most=40, priority=100, cut="middle", is_name=True,
               can_sort=False),
        Column("sha", "Commit", 7, priority=40, can_sort=False),
        Column("subject", "Subject", 16, most=None, priority=50, can_sort=False),
        Column("age", "Age", 5, align="right", priority=80, can_sort=False),
    ),
}  # fmt: skip
EMPTY: Final[Mapping[Part, str]] = {
    Part.FILES: "Nothing here: the first commit is still to come.",
    Part.COMMITS: "No commit yet.",
    Part.BRANCHES: "No branch yet.",
}


def entry_cells(entry: Entry) -> Cells:
    """Return the cells of something in a folder."""
    name = literal(entry.name)
    match entry.kind:
        case EntryKind.FOLDER:
            return {"name": (Span(f"{glyphs.TREE_CLOSED} ", "muted"), Span(f"{name}/"))}
        case EntryKind.FILE:
            tail: Line = (Span(" runs", "muted"),) if entry.is_executable else ()
            size = (Span(tones.size(entry.size), "muted"),)
            return {"name": (Span("  "), Span(name), *tail), "size": size}
        case _:
            return {
                "name": (Span("  "), Span(name, "muted")),
                "size": (Span(entry.kind.value, "muted"),),
            }


def commit_cells(commit: Commit, now: datetime) -> Cells:
    """Return the cells of a commit."""
    return {
        "sha": (Span(commit.sha[:7], "accent"),),
        "subject": (Span(literal(commit.subject)),),
        "author": (Span(literal(commit.author), "muted"),),
        "age": (Span(tones.age(now - commit.at), "muted"),),
    }


def branch_cells(branch: Branch, here: str, now: datetime) -> Cells:
    """Return the cells of a branch; the one that is looked at has a mark."""
    sign = Span(f"{glyphs.READY} " if branch.name == here else "  ", "accent")
    more = [word for word, is_so in (("default", branch.is_default),
                                     ("protected", branch.is_protected)) if is_so]  # fmt: skip
    tail: Line = (Span(f" {', '.join(more)}", "muted"),) if more else ()
    cells = dict(commit_cells(branch.commit, now))
    return cells | {"name": (sign, Span(literal(branch.name)), *tail)}


def parts_line(
    counts: Mapping[Part, str], here: Part, branch: str, width: int, doing: str = ""
) -> Line:
    """Return the names of the parts with how much there is, and the branch at the right end.

    In its place stands what is waited for, if anything is.
    """
    names = []
    for part in Part:
        is_here = part is here
        tone = "strong" if is_here else "muted"
        name = Span(part.value.title(), tone, bold=is_here, ref=part.value)  # type: ignore[arg-type]
        count = counts.get(part, "")
        names.append(line(name, Span(f" {count}" if count else "", "muted", ref=part.value)))
    right: Line = (Span(literal(branch), "accent"),)
    if doing:
        right = (Span(glyphs.PENDING, "spin"), Span(f" {literal(doing)}", "muted"))
    return spread(joined(names, "   "), cut_line(right, max(8, width // 2), "front"), width)


def file_shown(content: FileContent, name: str, width: int) -> Shown:
    """Return a file as lines with their numbers, what matters in it standing out."""
    return shown(content.data, content.size, name, width, painter(name))


def patch_shown(patch: Patch, most: int) -> Shown:
    """Return what a commit changed as lines, and how much that is."""
    rows = patch.text.splitlines()
    paint: Paint = painter_of("patch")
    lines = [paint(row) for row in rows]
    plus = sum(row.startswith("+") and not row.startswith("+++") for row in rows)
    minus = sum(row.startswith("-") and not row.startswith("---") for row in rows)
    about = f"+{plus} -{minus}"
    if not patch.is_whole:
        lines.append((Span(f"cut here: the first {tones.size(most)}", "muted"),))
        about = f"more than {about}"
    return Shown(lines or [(Span("It changes no file.", "muted"),)], about)


def heading(title: str, about: str, width: int, *, ruled: bool) -> Line:
    """Return the line above what is read; `ruled` draws a thin line between its ends."""
    right: Line = (Span(about, "muted"),)
    name = cut_line((Span(literal(title), "strong", bold=True),), max(4, width - width_of(right)
                                                                      - 4), "middle")  # fmt: skip
    gap = width - width_of(name) - width_of(right) - 2
    if not ruled or gap < 1:
        return spread(name, right, width)
    return line(name, " ", Span(glyphs.TRACK * gap, "line"), " ", right)


def diff_lines(rows: Sequence[str]) -> list[Line]:
    """Return rows of a difference as lines."""
    paint = painter_of("patch")
    return [paint(row.rstrip("\n")) for row in rows]
