"""A deployment: a launch that has a name in a project, and how what it made is now.

How it is follows from the runs that were this launch, whoever started them and from where, and from
the lab that they make, where one is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from skyforge_tui.domain.identity import ProjectId, upstream_of
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.run import ACTION, Run, RunState
from skyforge_tui.domain.template import FieldKind, SurveyField, Template

_UP: Final = ("up", "deploy", "apply")
_DOWN: Final = ("down", "destroy")
_DESTROY: Final = "destroy"
_ASIDE: Final = frozenset(
    {
        ACTION,
        "auto_approve",
        "cleanup",
        "command",
        "force",
        "node",
        "nodes",
        "reconfigure",
        "report",
    }
)  # fmt: skip
"""Questions that do not make another launch of it, however they are answered."""


class DeploymentState(StrEnum):
    """Where a deployment is on its way."""

    NEVER = "never"
    """Nobody has started it, as far as runs are remembered."""
    RUNNING = "running"
    """A run brings it up."""
    UP = "up"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    STOPPED = "stopped"
    """Its last run was stopped, or its lab is at rest."""
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_moving(self) -> bool:
        """Whether a run is at it."""
        return self in (DeploymentState.RUNNING, DeploymentState.DESTROYING)


class Move(StrEnum):
    """What a run of a deployment is for."""

    START = "start"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Way:
    """What is launched for a move."""

    template: Template
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment as it is now."""

    project_id: ProjectId
    project: str
    """The project's slug."""
    name: str
    template: str
    """What is launched, as the manifest calls it."""
    state: DeploymentState = DeploymentState.NEVER
    at: datetime | None = None
    """Since when it is so."""
    run: Run | None = None
    """The last run of it."""
    note: str = ""
    """Why it deviates; empty when it does not."""
    lacks: str = ""
    """What keeps it from being launched or destroyed; empty when nothing does."""
    ways: Mapping[Move, Way] = field(default_factory=dict)
    lab: Lab | None = None
    """The lab that it makes, where one is seen."""

    @property
    def full_name(self) -> str:
        """What tells it from those of other projects: `PROJECT/NAME`."""
        return f"{self.project}/{self.name}"

    @property
    def reference(self) -> str:
        """What tells it from those of projects of the same name elsewhere, in a command."""
        return f"{upstream_of(self.project_id)}:{self.full_name}"

    @property
    def losses(self) -> tuple[str, ...]:
        """What is lost when it is destroyed; nothing where it cannot be."""
        way = self.ways.get(Move.DESTROY)
        if way is None:
            return ()
        if self.lab is not None:
            nodes = f"{self.lab.nodes_total} nodes" if self.lab.nodes_total else "its nodes"
            return (
                f"the lab {self.lab.name} on {self.lab.provider}: {nodes} and all they hold",
                "configurations that were not saved elsewhere first",
            )
        made = self.ways[Move.START].answers if Move.START in self.ways else {}
        told = " ".join(f"{name}={value}" for name, value in made.items() if name != ACTION)
        return (f"everything that {self.template} made{f' with {told}' if told else ''}",)


def way_of(move: Move, template: Template, answers: Mapping[str, str]) -> Way | None:
    """Return what is launched of a template for a move; None where it cannot do that by itself."""
    given = dict(answers)
    if move is Move.DESTROY:  # what undoes it may ask for less
        known = {one.name for one in template.survey}
        given = {name: value for name, value in answers.items() if name in known}
    if (asked := _field(template, ACTION)) is not None:
        wanted = _UP if move is Move.START else _DOWN
        does = next((one for one in asked.choices if one in wanted), None)
        if move is Move.START and ACTION in given:
            does = given[ACTION]
        return None if does is None else Way(template, {**given, ACTION: does})
    if move is Move.START:
        return Way(template, given)
    undo = next((one for one in template.survey if one.option == _DESTROY), None)
    return None if undo is None else Way(template, {**given, undo.name: "true"})


def move_of(template: Template, answers: Mapping[str, str]) -> Move | None:
    """Return what a run of a template with these answers was for; None for what only looks."""
    if _field(template, ACTION) is not None:
        action = answers.get(ACTION, "")
        if action in _DOWN:
            return Move.DESTROY
        return Move.START if action in _UP else None
    undo = next((one for one in template.survey if one.option == _DESTROY), None)
    is_undone = undo is not None and answers.get(undo.name) == "true"
    return Move.DESTROY if is_undone else Move.START


def is_launch_of(way: Way, answers: Mapping[str, str]) -> bool:
    """Say whether a run with these answers was that very launch: all else that is asked is alike.

    Secret answers are nowhere, and so tell nothing.
    """
    return all(
        answers.get(one.name, one.default) == way.answers.get(one.name, one.default)
        for one in way.template.survey
        if one.kind is not FieldKind.SECRET
        and one.name not in _ASIDE
        and one.option not in (_DESTROY, *_ASIDE)
    )


def is_same_move(way: Way, answers: Mapping[str, str]) -> bool:
    """Say whether a run with these answers does to the deployment what is launched that way."""
    intended = move_of(way.template, way.answers)
    return is_launch_of(way, answers) and move_of(way.template, answers) is intended


def as_run_says(one: Deployment, move: Move, run: Run) -> Deployment:
    """Return a deployment as its last run left it, or has brought it so far."""
    starts = move is Move.START
    note = run.note
    if run.state.is_active:
        state = DeploymentState.RUNNING if starts else DeploymentState.DESTROYING
        note = "it asks you" if run.asks else note
    elif run.state is RunState.SUCCESS:
        state = DeploymentState.UP if starts else DeploymentState.DESTROYED
    elif run.state is RunState.STOPPED:
        state = DeploymentState.STOPPED
        note = f"run {run.number} was stopped: what it had made by then is there"
    elif run.state in (RunState.ERROR, RunState.LOST):
        state = DeploymentState.FAILED
        how = "was lost" if run.state is RunState.LOST else "failed"
        what = "" if starts else ": what it should have removed may be there"
        note = f"run {run.number} {how}{what}"
    else:
        state = DeploymentState.UNKNOWN
    at = run.ended_at or run.started_at or run.created_at
    return replace(one, state=state, at=at, run=run, note=note)


def as_lab_says(one: Deployment, lab: Lab) -> Deployment:
    """Return a deployment as the lab shows that it makes; runs that are at it know better."""
    one = replace(one, lab=lab)
    if one.state.is_moving:
        return one
    at = lab.updated_at or one.at
    if lab.state is LabState.RUNNING:
        up = f"{lab.nodes_up} of {lab.nodes_total} nodes are up" if lab.is_degraded else ""
        return replace(one, state=DeploymentState.UP, at=at, note=up)
    if lab.state is LabState.FAILED:
        return replace(one, state=DeploymentState.FAILED, at=at, note=lab.note or lab.step)
    if lab.state is LabState.STOPPED and one.state is DeploymentState.UP:
        return replace(one, state=DeploymentState.STOPPED, at=at, note="its lab is at rest")
    return one


def _field(template: Template, name: str) -> SurveyField | None:
    asked = (one for one in template.survey if one.name == name and one.kind is FieldKind.ENUM)
    return next(asked, None)
