"""Log files as text: what is shown, how far it has come, what a copy is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from skyforge_tui.domain.log_source import PIPED, LogProgress, LogSource, SourceKind
from skyforge_tui.tui.presenters.amounts import count, size
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader

_MOST_NAMED = 3


def title(sources: Sequence[LogSource], reader: LogReader, progress: LogProgress | None) -> Line:
    """Return the names of what is shown, its size, and whether more is to come."""
    names = ", ".join(name_of(one) for one in sources[:_MOST_NAMED])
    if len(sources) > _MOST_NAMED:
        names += f" and {len(sources) - _MOST_NAMED} more"
    spans: list[Span | str] = [Span(literal(names), "strong", bold=True)]
    if progress is not None:
        spans.append(Span(f"  {size(progress.size)}", "muted"))
        lines = reader.line_count
        if lines or not progress.size:  # else nobody has begun to count
            spans.append(Span(f"  {count(lines)} line{'s' * (lines != 1)}", "muted"))
        if state := _state(sources, progress):
            spans.append(Span(f"  {state}", "accent"))
    return line(*spans)


def _state(sources: Sequence[LogSource], progress: LogProgress) -> str:
    if progress.is_fed:
        is_packed = any(one.kind is SourceKind.PACKED for one in sources)
        return "unpacks" if is_packed else "is piped in"
    if progress.has_more:
        return "merges"
    if not progress.gone:
        return ""
    if len(sources) == 1:
        return "was removed"
    first, *others = (literal(PurePath(one).name) for one in progress.gone)
    return f"{first} and {len(others)} more were removed" if others else f"{first} was removed"


def name_of(source: LogSource) -> str:
    """Return how a source is called where there is little room."""
    return "piped" if source.name == PIPED else PurePath(source.name).name


def has_times(sources: Sequence[LogSource]) -> bool:
    """Say whether it is known when lines came: where they are merged by it, or piped in."""
    return len(sources) > 1 or sources[0].kind is SourceKind.PIPE


def labels(sources: Sequence[LogSource]) -> tuple[str, ...]:
    """Return a short name for each source; where two are called alike, with their folders."""
    names = [name_of(one) for one in sources]
    return tuple(
        literal(name if names.count(name) == 1 else source.name)
        for name, source in zip(names, sources, strict=True)
    )


def file_name(sources: Sequence[LogSource], at: datetime) -> str:
    """Return the name of a copy."""
    stem = "merged" if len(sources) > 1 else PurePath(name_of(sources[0])).stem
    return f"{stem}-{at:%Y%m%d-%H%M%S}.log"
