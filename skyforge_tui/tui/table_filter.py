"""What is looked for in one table and how it is sorted, and the rows that are left of all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.domain.query import EVERYTHING, Query, QueryError
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.domain.searchable import Record, Vocabulary, sort_value
from skyforge_tui.domain.view import Sort
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.widgets.row_source import ListRows, Row, RowSource

if TYPE_CHECKING:
    from skyforge_tui.tui.widgets.resource_table import ResourceTable


@dataclass(frozen=True, slots=True)
class Listed:
    """A row with what a query sees of its thing."""

    row: Row
    record: Record


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that is looked for: where it is, and which of how many."""

    index: int = -1
    """Its place among the rows shown; -1 when there is none."""
    number: int = 0
    total: int = 0


class TableFilter:
    """The filter and the order of one table, remembered as long as its place is."""

    def __init__(
        self,
        table: ResourceTable,
        name: str,
        vocabulary: Vocabulary,
        arrange: Callable[[Sequence[Listed]], Sequence[Row]] | None = None,
    ) -> None:
        """Take the table; `arrange` puts what is found under headings, in its order."""
        self._arrange = arrange
        self.table = table
        self.name = name
        """What the table is called where its views are kept."""
        self.vocabulary = vocabulary
        self.text = ""
        """As typed."""
        self.query: Query = EVERYTHING
        """What of the text can be read: all of it, or the terms before a mistake."""
        self.sought: Query = EVERYTHING
        """What was looked for last, still there to go from hit to hit when all is shown again."""
        self.at_hit: Hit | None = None
        """The hit one has gone to, with all rows in view."""
        self.error: QueryError | None = None
        self.sort: Sort | None = None
        self.found = 0
        self.total = 0
        self.beyond = 0
        """Rows there are elsewhere, and that are not among those of the table."""
        self.more: Line = ()
        """What one reads behind "none found" while there are."""
        self.has_loaded = False
        self._listed: tuple[Listed, ...] = ()
        self._shown: Sequence[Listed] = ()
        self._empty: Line = ()

    @property
    def counted(self) -> str:
        """How much there is, as a title says it: `19 of 23`; nothing before it is known."""
        if not self.has_loaded:
            return ""
        if self.query:
            known = f"{count(self.found)} of {count(self.total)}"
            return f"{known}, {count(self.beyond)} older not here" if self.beyond else known
        all_ = f" of {count(self.total + self.beyond)}" if self.beyond else ""
        return f"{count(self.total)}{all_}"

    @property
    def hidden(self) -> int:
        """How many rows the filter hides."""
        return self.total - self.found if self.query else 0

    def type(self, text: str) -> bool:
        """Take a text; return whether something else is looked for now."""
        self.text = text
        before = self.query
        try:
            self.query, self.error = parse(text, self.vocabulary), None
        except QueryError as error:
            self.query, self.error = error.before, error
        self.at_hit = None
        self.sought = self.query or self.sought
        return self.query != before

    def hit(self, step: int) -> Hit:
        """Return the next (`step` 1) or previous (-1) hit from the cursor on, around the end."""
        source = self.table.source
        if self.query:
            hits = [at for at in range(source.count) if not source.is_heading(at)]
        else:
            keys = (one.row.key for one in self._shown if self.sought.matches(one.record))
            hits = sorted(at for key in keys if (at := source.index_of(key)) is not None)
        return hit_among(hits, self.table.cursor, step)

    def go_to(self, hit: Hit) -> None:
        """Put the cursor on a hit; what is looked for is underlined from now on."""
        if hit.index >= 0:
            self.table.to_row(hit.index)
        self.at_hit = None if self.query else hit
        self.table.underline(self._wanted.spans)

    def stop_seeking(self) -> bool:
        """Leave off going from hit to hit; return whether one did."""
        was, self.at_hit = self.at_hit is not None, None
        if was:
            self.table.underline(self._wanted.spans if self._wanted else None)
        return was

    @property
    def _wanted(self) -> Query:
        """What is underlined."""
        return self.sought if self.at_hit is not None else self.query

    def sort_by(self, column: str) -> None:
        """Sort by a column; again the other way; a third time as usual."""
        shown = next(one for one in self.table.columns if one.key == column)
        first = Sort(column, is_descending=shown.align == "right")
        if self.sort is None or self.sort.column != column:
            self.sort = first
        elif self.sort == first:
            self.sort = Sort(column, is_descending=not first.is_descending)
        else:
            self.sort = None

    def list(self, listed: Sequence[Listed], empty: Line) -> None:
        """Show what is found of these rows; `empty` stands there when there is none at all."""
        self._listed, self._empty = tuple(listed), empty
        self.apply()

    def apply(self) -> None:
        """Show what is found of the rows there are."""
        found = [one for one in self._listed if self.query.matches(one.record)]
        if self.sort is not None:
            found = in_order(found, self.sort)
        self._shown = found
        rows = [one.row for one in found] if self._arrange is None else self._arrange(found)
        self.show(ListRows(rows), len(self._listed), self._empty, found=len(found))

    def show(self, source: RowSource, total: int, empty: Line, *, found: int | None = None) -> None:
        """Show rows that somebody else found among `total`; headings among them are not `found`."""
        self.found = source.count if found is None else found
        self.total, self.has_loaded = total, True
        if self.table.sort != self.sort:
            self.table.sort = self.sort
        self.table.underline(self._wanted.spans if self._wanted else None)
        self.table.show(source, empty=self._none(empty) if self.query else empty)

    def _none(self, empty: Line) -> Line:
        if not self.total:
            return empty
        return (Span(f"0 of {count(self.total)} · ", "muted"), Span("esc", "strong", bold=True),
                Span(" clears", "muted"), *(self.more if self.beyond else ()))  # fmt: skip


def hit_among(hits: Sequence[int], cursor: int, step: int) -> Hit:
    """Return the hit after (`step` 1) or before (-1) the cursor; `hits` are indexes in order."""
    if not hits:
        return Hit()
    at = bisect_right(hits, cursor) if step > 0 else bisect_left(hits, cursor) - 1
    at %= len(hits)
    return Hit(hits[at], at + 1, len(hits))


def in_order(listed: Sequence[Listed], sort: Sort) -> list[Listed]:
    """Return rows sorted; what a thing does not have comes last, either way."""
    valued = [(sort_value(one.record, sort.column), one) for one in listed]
    having = [pair for pair in valued if pair[0] is not None]
    having.sort(key=lambda pair: pair[0] or (0, ""), reverse=sort.is_descending)
    return [one for _, one in having] + [one for value, one in valued if value is None]
