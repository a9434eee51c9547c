"""One model of a pretend world: its people, projects and machines, and the clock they share.

Servers are furnished from it and keep what is theirs; what all of them must agree on stands here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from skyforge_tui.demo.clock import Clock, HandClock
from skyforge_tui.demo.people import Person, Role


@dataclass(slots=True)
class Commit:
    """A change in a repository."""

    sha: str
    message: str
    author: str
    at: int
    """Nanoseconds since 1970."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What it writes, by path."""


@dataclass(slots=True)
class Repository:
    """Code of a project, with its history, the newest commit first."""

    name: str
    url: str
    branches: tuple[str, ...] = ("main",)
    """The first one has all commits; each further one ends some commits earlier."""
    commits: list[Commit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked before a recipe runs."""

    name: str
    title: str
    type: str = ""
    """Empty for text, else int, enum or secret."""
    choices: tuple[tuple[str, str], ...] = ()
    """Label and value."""
    default: str = ""
    is_required: bool = False
    description: str = ""
    usual: tuple[str, ...] = ()
    """What people mostly answer."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Something that the company automates."""

    name: str
    playbook: str
    app: str = "ansible"
    description: str = ""
    questions: tuple[Question, ...] = ()
    view: str = "Daily work"
    kind: str = ""
    """Empty, `build` or `deploy`."""
    builds: str = ""
    """Of a deploy: the recipe that builds what it deploys."""
    cron: str = ""
    groups: tuple[str, ...] = ("defaults",)
    """Variable groups."""
    takes: tuple[str, ...] = ()
    """What may be given when it is started: debug, limit, tags, inventory, args, branch."""
    is_parallel: bool = False
    often: int = 3
    """How often it runs, compared with others."""


@dataclass(slots=True)
class Project:
    """A piece of the network, who works on it, and the machines that are in it."""

    name: str
    description: str
    members: dict[str, Role]
    """By username."""
    repositories: list[Repository]
    hosts: dict[str, tuple[str, ...]]
    """Machines by group of the inventory."""
    recipes: tuple[Recipe, ...] = ()


@dataclass(slots=True)
class Estate:
    """The pretend world; the same seed makes the same world."""

    people: dict[str, Person]
    """By username."""
    projects: list[Project]
    seed: int = 1
    clock: Clock = field(default_factory=HandClock)

    def repository(self, url: str) -> Repository | None:
        """Return the repository at an address; None if the company has no such one."""
        for project in self.projects:
            for one in project.repositories:
                if one.url == url:
                    return one
        return None

    def dice(self, *about: object) -> random.Random:
        """Return a source of chance of its own for a subject: the same rolls every time."""
        return random.Random(f"{self.seed}:{':'.join(map(str, about))}")  # noqa: S311
