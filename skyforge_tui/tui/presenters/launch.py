"""What the launch deck, the launch card and the questions around runs say."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import LOCAL, Me, upstream_of
from skyforge_tui.domain.launch import build
from skyforge_tui.domain.run import ACTION, Run, RunState
from skyforge_tui.domain.template import FieldKind, Template
from skyforge_tui.tui.presenters import headless, tones
from skyforge_tui.tui.presenters.cells import Line, Span, joined, line, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.labs import SHORT_KINDS
from skyforge_tui.tui.presenters.offers import Fact, Question

if TYPE_CHECKING:
    from skyforge_tui.domain.project import Project

_FILE_NAMES = re.compile(r"(^|_|-)(path|file|filename|topology|inventory|playbook)($|_|-)", re.I)
"""Questions that a file may answer."""

_PLAIN = re.compile(r"[\w{}@%+=:,./-]+", re.ASCII)
"""A word that a shell, or a person, reads as it is."""
_SHOWN = 5
"""Earlier runs whose outcome a card shows."""

DECK_COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", 18, most=30, priority=100, is_name=True, cut="middle"),
    Column("what", "What", 9, priority=20),
    Column("where", "Where", 12, most=20, priority=60, cut="middle"),
    Column("last", "Last", 9, priority=80),
    Column("used", "Used", 5, align="right", priority=70),
)


def deck_cells(
    template: Template, project: str, last: Run | None, now: datetime
) -> dict[str, Line]:
    """Return a template's cells on the deck."""
    cells: dict[str, Line] = {
        "what": (Span(SHORT_KINDS.get(template.kind, template.kind), "muted"),),
        "where": (Span(literal(project), "muted"),),
    }
    if last is not None:
        look = tones.run_look(last)
        took = "now" if last.state.is_active else tones.duration(last.duration(now))
        took = look.word if last.state is RunState.LOST else took
        cells["last"] = (Span(f"{look.glyph} ", look.tone, bold=look.bold), Span(took))
        cells["used"] = (Span(tones.age(now - last.created_at), "muted"),)
    elif not template.is_trusted:
        cells["last"] = (Span("?", "warn", bold=True), Span(" trust", "warn"))
    return cells


def deck_about(template: Template) -> Sequence[Line]:
    """Return a few words on the template under the cursor."""
    if template.is_hosted:
        where = literal(upstream_of(template.project_id))
        facts = "  ".join(literal(words) for _, words in template.facts)
        about = template.description or facts
        return ((Span(literal(about)),), (Span(f"on {where}  {facts}", "muted"),))
    source = template.sources[0].path if template.sources else template.directory
    trust: Line = (
        (Span("  ✓ ", "ok"), Span("trusted", "muted"))
        if template.is_trusted
        else (Span("  ? ", "warn", bold=True), Span("not trusted yet", "warn"))
    )
    suggested = f"  suggests the key {template.hotkey}" if template.hotkey else ""
    hotkey: Line = (Span(literal(suggested), "muted"),) if suggested else ()
    return (
        (Span(literal(template.description or command_line(template))),),
        line(Span(f"from {literal(source)}", "muted"), trust, hotkey),
    )


def card_facts(template: Template, project: Project | None) -> list[Fact]:
    """Return what a launch is, whatever the answers: target, owner and what it is about."""
    where = upstream_of(template.project_id)
    slug = "" if project is None else project.slug
    owner = "" if project is None else ", ".join(sorted(project.members.owners))
    facts = [
        Fact("target", _target(where)),
        Fact(
            "project",
            joined(((Span(literal(slug)),), (Span(literal(owner), "muted"),))),
            (Span(str(template.kind), "muted"),),
        ),
    ]
    if template.description:
        facts.append(Fact("about", (Span(literal(template.description), "muted"),)))
    for label, words in template.facts:
        facts.append(Fact(literal(label), (Span(literal(words)),)))
    return facts


def _target(upstream: str) -> Line:
    if upstream == LOCAL:
        return (Span("this machine"), Span(f"  {upstream}", "muted"))
    return (Span(literal(upstream)),)


def facts_by_answers(
    template: Template, before: Sequence[Run], plain: Mapping[str, str], now: datetime
) -> list[Fact]:
    """Return what depends on the answers: how long it takes, and the command that is run."""
    alike = [one for one in before if one.action == plain.get(ACTION, "")][:_SHOWN]
    facts = [Fact("usual", _usual(alike, now))]
    if template.is_trusted and not template.is_hosted:
        facts.append(Fact("runs", (Span(literal(command_line(template, plain))),)))
    return facts


def command_line(template: Template, plain: Mapping[str, str] | None = None) -> str:
    """Return what is executed with these answers; the places of those still missing as `{name}`."""
    command = template.command
    if plain is not None:
        secrets = {one.name: "-" for one in template.survey if one.kind is FieldKind.SECRET}
        with suppress(Invalid):  # something is missing, or wrong yet
            command = build(template, *template.checked_answers({**plain, **secrets})).command
    return " ".join(one if _PLAIN.fullmatch(one) else shlex.quote(one) for one in command)


def files_for(template: Template, project: Project | None) -> dict[str, list[str]]:
    """Return the project's files for questions that sound like one, from where it will run."""
    asked = [one.name for one in template.survey
             if one.kind is FieldKind.STRING and _FILE_NAMES.search(one.name)]  # fmt: skip
    if project is None or not asked:
        return {}
    root = project.path.rstrip("/")
    paths = [posixpath.relpath(f"{root}/{one.path}", template.directory) for one in project.files]
    return dict.fromkeys(asked, paths)


def _usual(before: Sequence[Run], now: datetime) -> Line:
    if not before:
        return (Span("never ran here", "muted"),)
    signs: list[Span] = []
    for run in reversed(before):
        look = tones.run_look(run)
        signs.append(Span(f" {look.glyph}", look.tone, bold=look.bold))
    took = [
        found.total_seconds()
        for run in before
        if run.state is RunState.SUCCESS and (found := run.duration(now)) is not None
    ]
    told = tones.duration(timedelta(seconds=median(took))) if took else "no success yet"
    return line(
        Span(told), Span(", last " if len(before) > 1 else ", before ", "muted"), tuple(signs)
    )


def launch_act(
    template: Template, project: Project | None, answers: Mapping[str, str]
) -> headless.Launch:
    """Return a launch with these answers; secret ones, and those still missing, by name only."""
    secret = [one for one in template.survey if one.kind is FieldKind.SECRET]
    named = [one.name for one in secret if one.required or answers.get(one.name)]
    kept = {one.name for one in secret}
    plain = {name: value for name, value in answers.items() if name not in kept}
    return headless.Launch(full_name(template, project), plain, tuple(named))


def full_name(template: Template, project: Project | None) -> str:
    """Return what tells a template from those of other projects."""
    return template.name if project is None else f"{project.slug}/{template.name}"


def run_line(act: headless.Launch) -> str:
    """Return the cockpit's command line that opens the card again; without secrets."""
    pairs = (f"{name}={value}" for name, value in act.answers.items())
    return shlex.join(("run", act.template, *pairs))


def stop_question(run: Run, me: Me, now: datetime) -> Question:
    """Return what is asked before a run is stopped."""
    look = tones.run_look(run)
    is_mine = run.is_by(me)
    thing = line(
        (
            Span(look.glyph, look.tone, bold=look.bold),
            Span(f" {literal(run.title)}", "strong", bold=True),
        ),
        Span(f"  {literal(run.project)}  {literal(run.who)}  ", "muted"),
        Span(tones.duration(run.duration(now))),
    )
    lost: Line = (Span("unfinished tasks; nothing is rolled back"),)
    kept: Line = (Span("its output so far; r runs it again"),)
    costs: list[tuple[str, Line]] = [("Lost", lost), ("Kept", kept)]
    if not is_mine:
        costs.append(("Not yours", (Span(f"{literal(run.who)} started it"),)))
    is_here = upstream_of(run.id) == LOCAL
    how = "interrupt, after 10s terminate, after 5s more kill"
    costs.append(("How", (Span(how if is_here else "its server is asked to end it"),)))
    if run.state is RunState.STOPPING:
        further = "goes one step further at once" if is_here else "ends it by force"
        costs.append(("Already asked", (Span(f"asking again {further}"),)))
    return Question(
        title=f"Stop run {run.number}", go="stop", way_out="let it run", things=[thing],
        costs=costs,
        same_as=headless.line_of(headless.OnRun("stop", run.reference)),
    )  # fmt: skip


def trust_question(templates: Sequence[Template], said: Callable[[headless.Act], str]) -> Question:
    """Return what is asked before content is trusted."""
    sources = {one.path: one.sha256 for each in templates for one in each.sources}
    things: list[Line] = [
        (Span(literal(path)), Span(f"  sha256 {digest[:12]}", "muted"))
        for path, digest in sorted(sources.items())
    ]
    costs: list[tuple[str, Line]] = [
        (literal(one.name)[:15], (Span(literal(command_line(one))),)) for one in templates[:8]
    ]
    if len(templates) > 8:
        costs.append(("", (Span(f"and {len(templates) - 8} more templates", "muted"),)))
    costs.append(("Until", (Span("their content changes; then you are asked again"),)))
    count = "one file" if len(sources) == 1 else f"{len(sources)} files"
    same_as = said(headless.Trust(tuple(sorted(sources))))
    return Question(
        title=f"Trust {count}", go="trust them as they are now", way_out="not yet", things=things,
        costs=costs, same_as=same_as,
    )  # fmt: skip
