"""The views of a table, to pick one or to drop some."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skyforge_tui.domain.view import View
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.columns import DESCENDING, Column
from skyforge_tui.tui.widgets.picker import Choice, Picker

COLUMNS = (
    Column("name", "Name", 16, most=24, priority=100, is_name=True),
    Column("query", "Looks for", 20, most=None, priority=90),
    Column("sort", "Sorted by", 10, priority=50),
)


def view_picker(
    table: str, views: Sequence[View], forget: Callable[[View], object]
) -> Picker[View]:
    """Return a picker of views; `forget` is told which ones are dropped meanwhile."""
    left = list(views)

    def drop(picker: Picker[View], view: View) -> None:
        left.remove(view)
        forget(view)
        picker.update_choices([_choice(one) for one in left])

    return Picker(
        f"Views of {table}", COLUMNS, [_choice(one) for one in left], verb="look",
        acts={"delete": ("drop", drop)},
    )  # fmt: skip


def _choice(view: View) -> Choice[View]:
    cells: dict[str, Line] = {"query": (Span(literal(view.query) or "everything", "muted"),)}
    if view.sort is not None:
        sign = f" {DESCENDING}" if view.sort.is_descending else ""
        cells["sort"] = (Span(f"{view.sort.column}{sign}", "muted"),)
    return Choice(view, view.name, cells, also=view.query)
