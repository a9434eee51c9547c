"""Schedules, variable groups and counts of a project on a server, as rows and questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters import glyphs, headless, tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, line, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.offers import Fact, LaunchOffer, Question

if TYPE_CHECKING:
    from skyforge_tui.domain.automation import DayCount, Schedule, Variable, VariableGroup
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.automation import Counts


class Part(StrEnum):
    """What can be looked at, one at a time."""

    SCHEDULES = "schedules"
    VARIABLES = "variables"
    COUNTS = "counts"


COLUMNS: dict[Part, tuple[Column, ...]] = {
    Part.SCHEDULES: (
        Column("state", "State", 7, priority=100),
        Column("when", "When", 14, most=20, priority=95, cut="end"),
        Column("template", "Template", 16, most=28, priority=99, cut="middle", is_name=True),
        Column("number", "No", 4, most=6, align="right", priority=40),
        Column("name", "Name", 14, most=None, priority=50),
    ),
    Part.VARIABLES: (
        Column("name", "Variable", 18, most=30, priority=100, cut="middle", is_name=True),
        Column("goes", "Goes to", 11, priority=60),
        Column("value", "Value", 16, most=None, priority=90),
    ),
    Part.COUNTS: (
        Column("day", "Day", 10, priority=100, is_name=True),
        Column("total", "Runs", 6, align="right", priority=95),
        Column("passed", "Passed", 8, align="right", priority=90),
        Column("failed", "Failed", 8, align="right", priority=90),
        Column("stopped", "Stopped", 8, align="right", priority=70),
        Column("other", "Other", 6, align="right", priority=30),
        Column("average", "Took", 8, align="right", priority=80),
        Column("bar", "", 12, most=None, priority=10),
    ),
}
EMPTY: dict[Part, Line] = {
    Part.SCHEDULES: (
        Span("No schedule here.  ", "muted"), Span("+", "strong", bold=True),
        Span(" adds one", "muted"),
    ),
    Part.VARIABLES: (Span("No variable group here.", "muted"),),
    Part.COUNTS: (Span("It did not run in these days.", "muted"),),
}  # fmt: skip
HIDDEN = "••••••"
_BAR = 24
_USERS = 3
"""Templates named that use a group."""
_SHOWN = (RunState.SUCCESS, RunState.ERROR, RunState.STOPPED)


def parts_line(shown: Part, schedules: int | None, groups: int | None, counted: str) -> Line:
    """Return the names of the parts, the shown one strong; `counted` is whose runs are counted."""
    told = {
        Part.SCHEDULES: "" if schedules is None else f" {tones.count(schedules)}",
        Part.VARIABLES: "" if groups is None else f" {tones.count(groups)}",
        Part.COUNTS: f" {literal(counted)}" if counted else "",
    }
    return joined(
        (
            (
                Span(
                    part.value.capitalize(), "accent" if part is shown else "text",
                    bold=part is shown, ref=part.value,
                ),
                Span(told[part], "muted"),
            )
            for part in Part
        ),
        "   ",
    )  # fmt: skip


def schedule_cells(one: Schedule, now: datetime) -> dict[str, Line]:
    """Return a schedule's cells, by column."""
    on: Line = (Span(f"{glyphs.READY} ", "ok"), Span("on"))
    off: Line = (Span(f"{glyphs.STOPPED_LAB} off", "muted"),)
    when = one.cron or (tones.clock(one.run_at, now) if one.run_at else "")
    return {
        "state": on if one.is_active else off,
        "when": (Span(literal(when)),),
        "template": (Span(literal(one.template)),),
        "number": (Span(one.number, "muted"),),
        "name": (Span(literal(one.name), "muted"),),
    }


def group_heading(group: VariableGroup) -> Line:
    """Return what stands above a group's variables: its name, and which templates use it."""
    used = "  no template uses it"
    if group.used_by:
        more = len(group.used_by) - _USERS
        rest = f" and {tones.count(more)} more" if more > 0 else ""
        used = f"  used by {', '.join(group.used_by[:_USERS])}{rest}"
    return line(Span(literal(group.name), "strong", bold=True), Span(literal(used), "muted"))


def variable_cells(one: Variable) -> dict[str, Line]:
    """Return a variable's cells, by column; a secret one is never shown."""
    return {
        "name": (Span(literal(one.name)),),
        "goes": (Span("environment" if one.is_environment else "the run", "muted"),),
        "value": (
            (Span(f"{HIDDEN} secret", "muted"),)
            if one.value is None
            else (Span(literal(one.value)),)
        ),
    }


def day_cells(one: DayCount, most: int) -> dict[str, Line]:
    """Return the cells of a day; `most` is how many runs the busiest day had."""
    passed, failed, stopped = (one.by_state.get(state, 0) for state in _SHOWN)
    other = one.total - passed - failed - stopped
    cells = {
        "passed": _number(passed, "text"),
        "failed": _number(failed, "bad"),
        "stopped": _number(stopped, "muted"),
        "other": _number(other, "muted"),
        "total": _number(one.total, "text"),
        "day": (Span(f"{one.day:%a} {one.day.day} {one.day:%b}"),),
        "bar": _bar(passed, failed, one.total, most),
    }
    if one.average is not None:
        cells["average"] = (Span(tones.duration(one.average)),)
    return cells


def counts_line(counts: Counts, upstream: str) -> Line:
    """Return the sum of all days, and who counted."""
    by_state = counts.by_state
    total = by_state.total()
    passed = by_state.get(RunState.SUCCESS, 0)
    share = f", {round(100 * passed / total)} % passed" if total else ""
    days = tones.several(len(counts.days), "day")
    whose = f"counted by {upstream}" if counts.is_of_server else "of the runs known here"
    return (
        Span(f"{tones.several(total, 'run')} on {days}{share}"),
        Span(f"  {whose}", "muted"),
    )


def turn_question(
    one: Schedule, upstream: str, said: Callable[[headless.Act], str] = headless.line_of
) -> Question:
    """Return what is asked before a schedule is turned on or off."""
    verb = "disable" if one.is_active else "enable"
    when = one.cron or (f"{one.run_at:%Y-%m-%d %H:%M}" if one.run_at else "")
    thing = line(
        Span(literal(one.template), "strong", bold=True),
        Span(f"  {literal(when)}  {literal(one.name)}", "muted"),
    )
    then = "it does not run by itself any more" if one.is_active else f"{upstream} runs it then"
    return Question(
        title=f"{verb.capitalize()} schedule {one.number}",
        go=verb,
        way_out="leave it as it is",
        things=[thing],
        costs=[("Then", (Span(then),))],
        same_as=said(headless.Other(("schedules", verb, one.id))),
    )


def add_question(template: Template, cron: str) -> Question:
    """Return what a guarded server asks before a schedule is added."""
    thing = line(
        Span(literal(template.name), "strong", bold=True), Span(f"  {literal(cron)}", "muted")
    )
    return Question("Add a schedule", "add it", "add none", [thing])


def add_act(project: Project, answers: Mapping[str, str]) -> headless.Other:
    """Return the headless command that adds a schedule."""
    more = ("--name", answers["name"]) if answers.get("name") else ()
    rests = () if answers.get("active") == "true" else ("--inactive",)
    template = f"{project.slug}/{answers.get('template', '')}"
    return headless.Other(("schedules", "add", template, answers.get("cron", ""), *more, *rests))


def add_offer(
    project: Project, templates: Sequence[Template], answers: Mapping[str, str]
) -> LaunchOffer:
    """Return what is asked for a new schedule."""
    fields = (
        SurveyField("template", required=True, description="what to run"),
        SurveyField("cron", required=True, description="minute hour day month weekday, its time"),
        SurveyField("name", description="what to call it"),
        SurveyField("active", FieldKind.BOOL, default="true", description="run it from now on"),
    )
    return LaunchOffer(
        project.slug,
        (Fact("target", (Span(literal(upstream_of(project.id))),)),),
        fields,
        answers,
        files={"template": [one.name for one in templates]},
        go="add it",
        title="Schedule in",
        note="the server reads the cron line first",
    )


def most_of(days: Sequence[DayCount]) -> int:
    """Return how many runs the busiest day had."""
    return max((one.total for one in days), default=0)


def _number(count: int, tone: Tone) -> Line:
    return (Span(tones.count(count), tone),) if count else (Span(glyphs.NONE, "faint"),)


def _bar(passed: int, failed: int, total: int, most: int) -> Line:
    """Return a bar as long as a day was busy: what passed, what failed, all else."""
    if not most:
        return ()
    cells = max(1, round(_BAR * total / most)) if total else 0
    bad = min(cells, max(1, round(cells * failed / total))) if failed else 0
    good = min(cells - bad, round(cells * passed / total)) if total else 0
    parts: Iterable[tuple[int, Tone]] = (
        (good, "ok"), (bad, "bad"), (cells - good - bad, "faint"),
    )  # fmt: skip
    return tuple(Span(glyphs.BAR * count, tone) for count, tone in parts if count)
