"""What a run left among the artifacts, beside its output and in the row above it."""

from __future__ import annotations

from skyforge_tui.domain.artifact import MANIFEST
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.markers import MarkerKind
from skyforge_tui.services.artifact_views import FolderSize
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.glyphs import MARKER

_LABEL = 10
_MOST_OUTPUTS = 5


def kept_line(made: Collection | None, left: FolderSize | None, key: str) -> Line:
    """Return how much is kept of a run, and the key that leads there."""
    count = 0 if made is None else made.count if left is None else left.count
    if not count:
        return ()
    return (Span(f"{tones.several(count, 'artifact')} ", "muted"), Span(key, "strong", bold=True))


def made_lines(made: Collection | None, left: FolderSize | None = None) -> list[Line]:
    """Return what a run made: how much is kept and where, and what its output declares.

    `left` is how much of it is there now, where that is known.
    """
    if made is None or not (made.store or made.markers):
        return []
    lines: list[Line] = [(Span("Made", "strong", bold=True),)]
    if made.store:
        lines.append(_fact("kept", (Span(_kept_words(made, left)),)))
        lines.append(_fact("in", (Span(literal(made.prefix)),)))
    outputs = [one for one in made.markers if one.kind is MarkerKind.OUTPUT]
    for one in outputs[:_MOST_OUTPUTS]:
        words: Line = (Span(f"{MARKER} ", "muted"), Span(literal(f"{one.name} {one.value}")))
        lines.append(_fact("output", words))
    if len(outputs) > _MOST_OUTPUTS:
        more = f"{len(outputs) - _MOST_OUTPUTS} more"
        lines.append(_fact("", (Span(more, "muted"),)))
    if made.refusals:
        first = made.refusals[0]
        words = (Span(literal(f"{first.path}: {first.reason}"), "warn"),)
        lines.append(_fact("not kept", words))
        if len(made.refusals) > 1:
            more = f"{len(made.refusals) - 1} more, all told in {MANIFEST}"
            lines.append(_fact("", (Span(more, "muted"),)))
    return lines


def _kept_words(made: Collection, left: FolderSize | None) -> str:
    if not made.count:
        return "what its output declares"
    if left is None or left.is_more:
        return f"{tones.several(made.count, 'artifact')}, {tones.size(made.size)}"
    if not left.count:
        return f"none of {tones.several(made.count, 'artifact')}"
    of = f" of {tones.count(made.count)}" if left.count < made.count else ""
    return f"{tones.several(left.count, 'artifact')}{of}, {tones.size(left.size)}"


def _fact(label: str, words: Line) -> Line:
    return line(Span(f"{label:<{_LABEL}}", "muted"), words)
