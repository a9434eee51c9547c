"""A concern: one thing that asks for a person's attention, why, and since when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.freshness import UpstreamHealth
from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.pattern import in_one_line
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.domain.run import Run


class Why(StrEnum):
    """What a concern asks for, most urgent first."""

    BROKE = "broke"
    NEEDS_ME = "needs me"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class Distrust:
    """A project in which files that were trusted hold something else now."""

    project: Project
    paths: tuple[str, ...]
    """Those files, absolute, sorted."""
    digest: str
    """Of what they hold, so that another change is another concern."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A project that is not in step with its manifest, or of which that cannot be said."""

    project: Project
    report: SyncReport


Thing = Run | UpstreamHealth | Project | Distrust | Drift | Lab
"""What a concern is about; a project alone stands for what could not be read of it."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that asks for attention."""

    why: Why
    thing: Thing

    @property
    def key(self) -> str:
        """What it is remembered by when it is muted: another one as soon as it changes again."""
        match self.thing:
            case Run():
                waits = ":asks" if self.thing.asks else ""
                return f"run:{self.thing.id}:{self.thing.state}{waits}"
            case UpstreamHealth(name, _, _, as_of):
                return f"upstream:{name}@{'never' if as_of is None else as_of.isoformat()}"
            case Distrust():
                return f"trust:{self.thing.project.id}@{self.thing.digest}"
            case Drift(project=project, report=report):
                words = (*(step.words for step in report.left), *report.errors)
                return f"drift:{project.id}@{digest_of(words)}"
            case Project():
                told = (f"{one.title}\0{one.body}\0{one.where}" for one in self.thing.notices)
                return f"problems:{self.thing.id}@{digest_of(told)}"
            case Lab():
                at = self.thing.updated_at
                since = "" if at is None else at.isoformat()
                return f"lab:{self.thing.id}:{self.thing.state}@{since}"

    @property
    def what(self) -> str:
        """What kind of thing it is about; a run with its number."""
        match self.thing:
            case Run(number=number):
                return f"run {number}"
            case Lab():
                return "lab"
            case UpstreamHealth():
                return "upstream"
            case _:
                return "project"

    @property
    def name(self) -> str:
        """What the thing is called."""
        match self.thing:
            case Run():
                return self.thing.title
            case Distrust(project=project) | Drift(project=project):
                return project.slug
            case Project(slug=slug):
                return slug
            case Lab(name=name) | UpstreamHealth(name=name):
                return name

    @property
    def project(self) -> str:
        """The project it belongs to; empty where there is none."""
        match self.thing:
            case Run(project=project) | Lab(project=project):
                return project
            case UpstreamHealth():
                return ""
            case _:
                return self.name

    @property
    def who(self) -> str:
        """Whose it is; empty where nobody's."""
        match self.thing:
            case Run(who=who) | Lab(owner=who):
                return who
            case _:
                return ""

    def is_of(self, me: Me) -> bool:
        """Say whether it is mine."""
        match self.thing:
            case Run() as run:
                return run.is_by(me)
            case Lab(owner=owner) if owner:
                return in_one_line(owner) == in_one_line(me.username)
            case _:
                return False

    @property
    def note(self) -> str:
        """Why it asks for attention, in a few words."""
        match self.thing:
            case Run(note=note):
                return note
            case Lab():
                return self.thing.note or self.thing.step
            case UpstreamHealth(error=error):
                return error
            case Distrust(paths=paths):
                first = paths[0].rpartition("/")[2]
                count = len(paths)
                return f"{first} changed" if count == 1 else f"{count} trusted files changed"
            case Drift(report=report) if report.errors:
                return report.errors[0]
            case Drift(report=report):
                return f"{len(report.left)} due to be as its manifest says"
            case Project(notices=notices):
                first = notices[0].title if notices else ""
                return first if len(notices) == 1 else f"{len(notices)} problems: {first}"

    @property
    def at(self) -> datetime | None:
        """Since when it is so; None where nobody knows."""
        match self.thing:
            case Run():
                return self.thing.created_at
            case UpstreamHealth():
                return self.thing.as_of
            case Lab():
                return self.thing.updated_at
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Attention:
    """Everything that asks for attention, most urgent first, and what was muted."""

    concerns: tuple[Concern, ...] = ()
    muted: tuple[Concern, ...] = ()
    last_failure: Run | None = None
    """The newest run that failed or was lost, however long ago; only where nothing broke."""
    last_run: Run | None = None
    """The newest run that ended; only where nothing broke."""

    def of(self, why: Why) -> tuple[Concern, ...]:
        """Return the concerns of one kind."""
        return tuple(one for one in self.concerns if one.why is why)


def digest_of(texts: Iterable[str]) -> str:
    """Return a short digest of texts, in order."""
    found = hashlib.sha256()
    for one in texts:
        found.update(one.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()[:16]
