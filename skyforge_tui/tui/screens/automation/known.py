"""What a server told of a project, and its rows."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from skyforge_tui.domain.automation import Schedule, VariableGroup
from skyforge_tui.services.automation import Counts
from skyforge_tui.tui.presenters import automation as present
from skyforge_tui.tui.presenters.automation import Part
from skyforge_tui.tui.widgets.row_source import Row


class Known(NamedTuple):
    """What the server told."""

    schedules: list[Schedule]
    groups: list[VariableGroup]
    counts: Counts | None


def rows_of(known: Known, now: datetime) -> dict[Part, list[Row]]:
    """Return the rows of every part."""
    days = known.counts.days if known.counts is not None else ()
    most = present.most_of(days)
    variables: list[Row] = []
    for group in known.groups:
        if variables:
            variables.append(Row(f"blank {group.number}", heading=()))
        variables.append(Row(f"group {group.number}", heading=present.group_heading(group)))
        variables += [
            Row(f"{group.number} {at}", present.variable_cells(one))
            for at, one in enumerate(group.variables)
        ]
    return {
        Part.SCHEDULES: [Row(one.id, present.schedule_cells(one, now)) for one in known.schedules],
        Part.VARIABLES: variables,
        Part.COUNTS: [Row(one.day.isoformat(), present.day_cells(one, most)) for one in days],
    }
