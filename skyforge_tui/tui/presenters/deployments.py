"""Deployments as lines and cells, and what is asked before one is destroyed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from skyforge_tui.domain.deployment import Deployment, DeploymentState, Move
from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import ACTION
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, cut_text, fitted, line, literal
from skyforge_tui.tui.presenters.headless import Act, Other, answering, line_of
from skyforge_tui.tui.presenters.launch import launch_act
from skyforge_tui.tui.presenters.offers import Question

_LOOKS: dict[DeploymentState, tuple[str, Tone]] = {
    DeploymentState.NEVER: (glyphs.NONE, "muted"),
    DeploymentState.RUNNING: (glyphs.RUNNING, "accent"),
    DeploymentState.UP: (glyphs.READY, "ok"),
    DeploymentState.DESTROYING: (glyphs.RUNNING, "warn"),
    DeploymentState.DESTROYED: (glyphs.STOPPED_LAB, "muted"),
    DeploymentState.STOPPED: (glyphs.STOPPED, "warn"),
    DeploymentState.FAILED: (glyphs.FAILED, "bad"),
    DeploymentState.UNKNOWN: (glyphs.UNKNOWN, "muted"),
}
_STATE = 12
"""Cells for the sign and the longest word."""
_MOST = 5
"""Deployments that a project's pane names."""


def deploys(project: Project) -> bool:
    """Say whether a project's manifest deploys anything."""
    return project.manifest is not None and bool(project.manifest.deployments)


def state_line(one: Deployment) -> Line:
    """Return how a deployment is, in a sign and a word."""
    glyph, tone = _LOOKS[one.state]
    return (Span(f"{glyph} ", tone, bold=True), Span(str(one.state), tone))


def row(one: Deployment, now: datetime, width: int) -> Line:
    """Return a deployment in a line: its name, how it is and since when, what it launches."""
    name = max(10, min(24, width // 3))
    age = "" if one.at is None else tones.age(now - one.at)
    return line(
        fitted((Span(literal(one.name)),), name, cut="middle"), "  ",
        fitted(state_line(one), _STATE), Span(f"  {age:>4}  ", "muted"),
        Span(cut_text(literal(one.template), max(0, width - name - _STATE - 10)), "muted"),
    )  # fmt: skip


def pane_lines(some: Sequence[Deployment], now: datetime, width: int) -> list[Line]:
    """Return the deployments of a project as its pane shows them; nothing where it has none."""
    if not some:
        return []
    title = (Span("Deployments", "strong", bold=True), Span(f" {tones.count(len(some))}", "muted"))
    rows = [row(one, now, width) for one in some[:_MOST]]
    if len(some) > _MOST:
        rows.append((Span(f"{tones.count(len(some) - _MOST)} more", "muted"),))
    return [title, *rows, ()]


def about(one: Deployment, width: int) -> list[Line]:
    """Return more on one deployment: its run, why it deviates, what it lacks, its answers."""
    said: list[tuple[Tone, str]] = []
    if one.note:
        said.append(("warn", one.note))
    if one.lacks:
        said.append(("muted", one.lacks))
    if one.run is not None:
        who = f" by {one.run.who}" if one.run.who else ""
        said.append(("muted", f"run {one.run.reference}  {one.run.title}{who}"))
    way = one.ways.get(Move.START)
    told = {} if way is None else {k: v for k, v in way.answers.items() if k != ACTION}
    if told:
        said.append(("muted", " ".join(f"{name}={value}" for name, value in told.items())))
    return [(Span(cut_text(literal(words), width), tone),) for tone, words in said]


def why_not(one: Deployment, verb: str) -> str:
    """Return why a deployment cannot be started, stopped or destroyed now; empty if it can."""
    is_active = one.run is not None and one.run.state.is_active
    if verb == "stop":
        return "" if is_active else f"no run is at it: it is {one.state}"
    if is_active:
        return f"a run is at it: it is {one.state}"
    move = Move.START if verb == "start" else Move.DESTROY
    return "" if move in one.ways else one.lacks


def move_act(one: Deployment, move: Move, given: Mapping[str, str] | None = None) -> Other:
    """Return the command that moves a deployment; what its manifest answers goes without saying."""
    way, confirm = one.ways[move], ("--confirm", one.name) if move is Move.DESTROY else ()
    told = launch_act(way.template, None, way.answers if given is None else given)
    known = {each.name: each.default for each in way.template.survey} | {**way.answers}
    beside = {name: value for name, value in told.answers.items() if value != known.get(name)}
    options = answering(beside, told.secret_names)
    return Other(("deployments", str(move), one.reference, *confirm, *options))


def stop_act(one: Deployment) -> Other:
    """Return the command that ends the run that is at a deployment."""
    return Other(("deployments", "stop", one.reference))


def destroy_question(one: Deployment, said: Callable[[Act], str] = line_of) -> Question:
    """Return what is asked before everything that a deployment made is removed."""
    way = one.ways[Move.DESTROY]
    action = way.answers.get(ACTION, "")
    what = f"{literal(way.template.name)} {literal(action)}".rstrip()
    where = literal(upstream_of(way.template.project_id))
    costs: list[tuple[str, Line]] = [("Lost", (Span(literal(each)),)) for each in one.losses]
    costs.append(("Kept", (Span("its place in the manifest, runs, their output and artifacts"),)))
    costs.append(("How", (Span(f"a run of {what} on {where}"),)))
    thing = line(
        state_line(one), "  ", Span(literal(one.name), "strong", bold=True),
        Span(f"  {literal(one.project)}  {literal(one.template)}", "muted"),
    )  # fmt: skip
    return Question(
        title=f"Destroy {literal(one.name)}", go="destroy", way_out="keep it", things=[thing],
        costs=costs, words=one.name, same_as=said(move_act(one, Move.DESTROY)), is_destructive=True,
    )  # fmt: skip
