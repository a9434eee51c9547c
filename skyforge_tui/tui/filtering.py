"""Places with tables that are filtered, sorted and marked by the same keys.

A place takes `FilteredPlace` instead of `PlaceScreen`. In `__init__`, after `super().__init__()`,
it makes its tables and names them; in `body` it yields `self.filter_line` right above; in `load`
it hands over its rows, each with its record; its title says `self.filter.counted`::

    self.filters = (TableFilter(self.table, "labs", LABS),)
    ...
    self.filter.list([Listed(row_of(lab), lab_record(lab, …)) for lab in labs], EMPTY)

That is all. A place whose rows are found elsewhere overrides `refilter` and calls `filter.show`.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.hits import HitKeys
from skyforge_tui.tui.once import once
from skyforge_tui.tui.patient_place import PatientPlace
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.columns import sort_letters
from skyforge_tui.tui.presenters.glyphs import MARKED
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.table_filter import TableFilter
from skyforge_tui.tui.table_keys import TableKeys
from skyforge_tui.tui.widgets.filter_line import FilterLine
from skyforge_tui.tui.widgets.key_strip import KeyStrip
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.table_marks import MOST_MARKED

DEBOUNCE_S = 0.06
"""How long typing rests before rows are looked for: the letters themselves show at once."""


class FilteredPlace(HitKeys, TableKeys, PatientPlace):
    """A place whose tables are filtered, sorted and marked."""

    ON_MARKED: ClassVar[frozenset[str]] = frozenset()
    """What is done to all marked rows at once."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_line = FilterLine()
        self._typing_in: TableFilter | None = None
        self._focus_before: ResourceTable | None = None
        self._due: asyncio.TimerHandle | None = None
        self._sorting: TableFilter | None = None

    @property
    def filter(self) -> TableFilter:
        """The filter of the table that moves."""
        table = self.table
        return next(one for one in self.filters if one.table is table)

    def denied(self, command: Command) -> Denied | None:
        """Say why a command is refused for what stands under the cursor; None if it is not."""
        reason = self.no_hits(command)
        return Denied(reason, "/ looks for something") if reason else super().denied(command)

    def refilter(self, which: TableFilter) -> None:
        """Find the rows of a table anew: something else is looked for, or in another order."""
        which.apply()
        self.show_frame()

    def show_frame(self) -> None:
        """Draw the frame, and say what is looked for in the table that moves."""
        one = self._typing_in or self.filter
        self.filter_line.show(one.table, one.text, one.error, one.hidden)
        super().show_frame()

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here; with marked rows, what is done to them comes first."""
        hints = super().footer_hints()
        if self.table.marked_count:
            hints.sort(key=lambda one: one.command_id not in self.ON_MARKED)
        return hints

    def footer_lead(self) -> Line:
        """Return how many rows are marked, else which hit one has gone to."""
        marked = self.table.marked_count
        if not marked:
            return self.hit_line()
        return (Span(f"{MARKED} ", "accent"), Span(f"{count(marked)} marked", "strong", bold=True))

    # Filtering.

    def do_table_filter(self) -> None:
        """Type what to look for."""
        one = self.filter
        self._typing_in = one
        focused = self.focused
        self._focus_before = focused if isinstance(focused, ResourceTable) else None
        instances = [light.name for light in self.bridge.lights()]
        self.filter_line.open(one.table, one.text, one.vocabulary, instances)
        self.show_frame()

    def on_entry_line_typed(self, event: FilterLine.Typed) -> None:
        """Look for it as soon as the keys rest."""
        event.stop()
        if self._due is not None:
            self._due.cancel()
        self._due = once(self, DEBOUNCE_S, self._take_typed)

    def on_entry_line_kept(self, event: FilterLine.Kept) -> None:
        """Keep what was typed and give the keys back."""
        event.stop()
        self._take_typed()
        self._stop_typing()

    def on_entry_line_dropped(self, event: FilterLine.Dropped) -> None:
        """Look for nothing any more and give the keys back."""
        event.stop()
        self._take_typed()
        self._stop_typing()

    def _take_typed(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        one = self._typing_in
        if one is not None and one.text != self.filter_line.text:
            self.look_for(one, self.filter_line.text)

    def _stop_typing(self) -> None:
        if self._typing_in is None:
            return
        self._typing_in = None
        self.filter_line.close()
        self.set_focus(self._focus_before, scroll_visible=False)
        self.show_frame()

    def look_for(self, which: TableFilter, text: str) -> None:
        """Look for something else in a table."""
        if which.type(text):
            self.refilter(which)
        else:
            self.show_frame()

    def leave_transient(self) -> bool:
        """Drop marks, then the filter; return whether there was one to drop."""
        one = self.filter
        if self.table.clear_marks() or one.stop_seeking():
            return True
        if one.text:
            self.look_for(one, "")
            return True
        return False

    def do_app_back(self) -> None:
        """Leave what is transient here first; then the place."""
        if self._notice is not None or not self.leave_transient():
            super().do_app_back()

    # Sorting.

    def do_table_sort(self) -> None:
        """Say by which letters the columns are sorted, and wait for one."""
        hints = [
            KeyHint(letter, column.title.lower(), command_id=column.key)
            for letter, column in sort_letters(self.table.columns).items()
        ]
        focused = self.focused
        self._focus_before = focused if isinstance(focused, ResourceTable) else None
        self._sorting = self.filter
        _ = self.mount(KeyStrip("sort", hints), before=self.query_one("FooterBar"))

    def on_key_strip_picked(self, event: KeyStrip.Picked) -> None:
        """Sort by the column that was picked."""
        event.stop()
        _ = event.strip.remove()
        self.set_focus(self._focus_before, scroll_visible=False)
        if event.ref and self._sorting is not None:
            self._sorting.sort_by(event.ref)
            self.refilter(self._sorting)

    # Marking.

    def do_table_mark(self) -> None:
        """Mark or unmark the row under the cursor, and go on."""
        self.table.toggle_mark()

    def do_table_range(self) -> None:
        """Begin a range at the cursor; the second time, keep it."""
        if not self.table.toggle_range():
            self.too_many(self.table.marked_count)

    def do_table_all(self) -> None:
        """Mark every row that is found."""
        if not self.table.mark_all():
            self.too_many(self.table.source.count)

    def too_many(self, number: int) -> None:
        """Say that so many rows cannot be marked at once."""
        most = count(MOST_MARKED)
        title, body = f"Refused  mark {count(number)} rows", f"at most {most} are marked at once"
        self.say(Notice(Severity.REFUSED, title, body, advice="/ looks for fewer"))

    def on_resource_table_marked(self, event: ResourceTable.Marked) -> None:
        """Say how many there are."""
        event.stop()
        self.show_frame()
