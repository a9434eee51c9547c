"""A run of the past as it is remembered: every line, when it was written, and how it ended."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.output.programs import perform
from skyforge_tui.demo.output.steps import Ask, Exit, Failure, Recap, Say, Tally
from skyforge_tui.demo.servers.semaphore import wording
from skyforge_tui.demo.servers.semaphore.jobs import job_of
from skyforge_tui.demo.servers.semaphore.runs import Row, Run, Stage
from skyforge_tui.demo.servers.semaphore.state import Room
from skyforge_tui.demo.servers.semaphore.things import Template
from skyforge_tui.demo.servers.semaphore.versions import Version

_DECISION_S: Final = 240
"""How long somebody took to confirm."""
_BETWEEN_ROWS: Final = 1013


@dataclass(slots=True)
class Tale:
    """What a program wrote."""

    lines: list[tuple[int, str]]
    """Nanoseconds since it began, and the line."""
    tallies: tuple[Tally, ...] = ()
    failures: tuple[Failure, ...] = ()
    code: int = 0
    length: int = 0
    """Nanoseconds."""


def tale_of(run: Run, room: Room, template: Template, dice: random.Random) -> Tale:
    """Play a run's program from its beginning to its end."""
    tale = Tale([])
    passed = 0.0
    for step in perform(job_of(run, room, template, dice)):
        match step:
            case Say(text, after):
                passed += after
                tale.lines.append((round(passed * SECOND), text))
            case Ask():
                passed += _DECISION_S
            case Recap(tallies):
                tale.tallies = tallies
            case Failure():
                tale.failures += (step,)
            case Exit(code):
                tale.code = code
    tale.length = round(passed * SECOND)
    return tale


def remember(run: Run, room: Room, template: Template, tale: Tale, version: Version) -> None:
    """Write down again what a run of the past wrote, and what became of its hosts."""
    start = run.start or run.created
    end = run.end or start
    told = [(run.created, wording.queued(run))]
    told += [(start, line) for line in wording.beginning(run, template)]
    told += [(start, line) for line in wording.preparing(run, room, template)]
    first = len(told)
    told += [(start + after, line) for after, line in tale.lines if start + after <= end]
    if run.status == "stopped":
        told.append((end, wording.failed(version, "signal: killed")))
    elif tale.code:
        told.append((end, wording.failed(version, f"exit status {tale.code}")))
    at = 0
    for instant, text in told:
        at = max(instant, at + _BETWEEN_ROWS)
        run.rows.append(Row(at, text, at))
    run.stages.append(Stage("running", start, first, end, len(told) - 1))
    if run.status != "stopped":
        run.tallies = tale.tallies
        run.failures += tale.failures
