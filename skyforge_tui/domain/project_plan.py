"""What keeps a project in step: what shall be, what is, and the steps from one to the other.

All of it is worked out from memory; nothing here asks or writes. What is wanted names things by
their names, so that the same words serve every upstream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.seal import Seal

_NO_MARKS: Mapping[str, str] = {}


class Part(StrEnum):
    """What of a project a step is about, in the order in which steps are taken."""

    VISIBILITY = "visibility"
    DESCRIPTION = "description"
    COLLABORATOR = "collaborator"
    BLUEPRINT = "blueprint"
    ENGINE = "run project"
    MEMBER = "member"
    KEY = "key"
    REPOSITORY = "repository"
    INVENTORY = "inventory"
    VARIABLES = "variable group"
    TEMPLATE = "template"


THINGS = (Part.KEY, Part.REPOSITORY, Part.INVENTORY, Part.VARIABLES, Part.TEMPLATE)
"""Those that a run engine keeps by name, each leaning only on those before it."""


class Act(StrEnum):
    """What a step does."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"
    CONFLICT = "conflict"
    """Nothing: two changed the same, and a person says which stays."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a run engine keeps for a project; references in `fields` are names."""

    part: Part
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """The names of what else it holds and never tells; their values are elsewhere."""

    def mark_name(self, secret: str) -> str:
        """Return under which name the mark of one of its secrets is remembered."""
        return f"{self.part}:{self.name}:{secret}"


@dataclass(frozen=True, slots=True)
class Step:
    """One write; `detail` says what from and what to, in a few words."""

    part: Part
    act: Act
    name: str = ""
    detail: str = ""
    role: Role = Role.NONE
    thing: Thing | None = None
    refused: str = ""
    """Why it cannot be taken as things are, and what to do; what leans on it cannot either."""
    was: Role = Role.NONE
    """What somebody was before."""
    wants_word: bool = False
    """Whether it is taken only when somebody says so, and never by what runs unasked."""

    @property
    def is_about_owners(self) -> bool:
        """Whether it makes somebody an owner, or an owner something else."""
        return Role.OWNER in (self.role, self.was)

    @property
    def words(self) -> str:
        """The step in a line."""
        said = " ".join(filter(None, (str(self.act), str(self.part), self.name)))
        return f"{said}: {self.detail}" if self.detail else said

    @property
    def plain_words(self) -> str:
        """The step in a line that may be kept: without the values of variables and the like."""
        return replace(self, detail="").words if self.part in THINGS else self.words


def people_steps(
    part: Part, wanted: Mapping[str, Role], actual: Mapping[str, Role], spared: Iterable[str] = ()
) -> list[Step]:
    """Return what makes `actual` people the `wanted` ones; those `spared` are left as they are.

    Names are the same whatever their case. `actual` must be whole: who is not in it is let in.
    """
    aside = {name.lower() for name in spared}
    there = {name.lower(): (name, role) for name, role in actual.items()}
    steps: list[Step] = []
    for name, role in wanted.items():
        known = there.pop(name.lower(), None)
        if name.lower() in aside:
            continue
        if known is None:
            steps.append(Step(part, Act.CREATE, name, role.word, role))
        elif known[1] is not role:
            detail = f"{known[1].word} → {role.word}"
            steps.append(Step(part, Act.CHANGE, name, detail, role, was=known[1]))
    steps += [
        Step(part, Act.REMOVE, name, role.word if role else "", was=role)
        for low, (name, role) in there.items()
        if low not in aside
    ]
    return steps


def thing_steps(
    wanted: Iterable[Thing],
    actual: Mapping[tuple[Part, str], Thing],
    written: Mapping[str, str],
    seal: Seal,
    marks: Mapping[str, str] = _NO_MARKS,
) -> list[Step]:
    """Return what makes or changes the `wanted` things; what nobody wants is left alone.

    Of variable groups only variables are changed that still are as we wrote them: `written` holds
    the mark of each by `seal`, and what a person changed or deleted since is theirs. What is secret
    cannot be read back: it is due when its mark in `marks` is not the one that was written last.
    """
    steps: list[Step] = []
    for thing in wanted:
        known = actual.get((thing.part, thing.name))
        if known is None:
            steps.append(Step(thing.part, Act.CREATE, thing.name, thing=thing))
            continue
        hidden = tuple(
            one for one in thing.secrets
            if written.get(thing.mark_name(one)) != marks.get(thing.mark_name(one))
        )  # fmt: skip
        fields = dict(thing.fields)
        if thing.part is Part.VARIABLES:
            fields = {
                name: value for name, value in fields.items()
                if _is_ours(name, known.fields, written, seal)
            }  # fmt: skip
        changed = {name: value for name, value in fields.items() if known.fields.get(name) != value}
        if changed and thing.part is Part.KEY:
            hidden = thing.secrets  # of another kind it forgets what it held
        if changed or hidden:
            words = [
                f"{name} {known.fields[name]!r} → {value!r}" if name in known.fields
                else f"{name} {value!r}"
                for name, value in sorted(changed.items())
            ]  # fmt: skip
            detail = ", ".join([*words, *(f"secret {one}" for one in hidden)])
            due = Thing(thing.part, thing.name, changed, hidden)
            steps.append(Step(thing.part, Act.CHANGE, thing.name, detail, thing=due))
    return steps


def _is_ours(name: str, there: Mapping[str, str], written: Mapping[str, str], seal: Seal) -> bool:
    if name not in there:
        return name not in written  # else somebody deleted it
    return name in written and written[name] == seal.mark(name, there[name])


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a pass did with one project."""

    project_id: str
    slug: str
    done: tuple[Step, ...] = ()
    left: tuple[Step, ...] = ()
    """Steps that are due and were not taken: nobody asked for it, or something failed before."""
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    """How many were sent for it, by server; what several projects share counts for the first."""

    @property
    def is_in_step(self) -> bool:
        """Whether nothing is due and all could be looked at."""
        return not self.left and not self.errors
