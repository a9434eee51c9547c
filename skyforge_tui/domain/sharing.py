"""A change of who is what in a project: what is wanted, what others changed, where both meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Commit
from skyforge_tui.domain.project_manifest import ProjectManifest


@dataclass(frozen=True, slots=True)
class Sharing:
    """What shall be different in a manifest: roles by name (NONE puts out), and visibility."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    is_public: bool | None = None

    def __bool__(self) -> bool:
        """Say whether anything shall be different."""
        return bool(self.roles) or self.is_public is not None

    @property
    def subject(self) -> str:
        """The change in a line, as the subject of a commit."""
        words = [
            f"put {name} out" if role is Role.NONE else f"make {name} {role.word}"
            for name, role in self.roles.items()
        ]
        if self.is_public is not None:
            words.append(f"make it {visibility(self.is_public)}")
        text = ", ".join(words)
        return text[:1].upper() + text[1:]

    def deeds(self, before: ProjectManifest) -> list[tuple[Deed, str]]:
        """Return what it does to each person, and to visibility, seen from how it was before.

        What is so already is not told, unless all of it is.
        """
        deeds: list[tuple[bool, Deed, str]] = []
        for name, role in self.roles.items():
            was = before.members.role_of(name)
            words = f"{name}: {was.word} → {role.word}" if was else f"{name}: {role.word}"
            deeds.append((was is not role, _deed(was, role), words))
        if self.is_public is not None:
            was_so = "" if before.is_public is None else f"{visibility(before.is_public)} → "
            is_other = before.is_public is not self.is_public
            deeds.append((is_other, Deed.VISIBILITY, was_so + visibility(self.is_public)))
        done = [one for one in deeds if one[0]] or deeds
        return [(deed, words) for _, deed, words in done]


@dataclass(frozen=True, slots=True)
class Shared:
    """A manifest before somebody changed who is what, and as it was written."""

    before: ProjectManifest
    after: ProjectManifest


@dataclass(frozen=True, slots=True)
class Seen:
    """A manifest as somebody saw it, with the name of its content; empty where there was none."""

    manifest: ProjectManifest
    object_id: str = ""


class Overtaken(Conflict):
    """Somebody else changed the manifest since it was seen: nothing was written."""

    def __init__(
        self, slug: str, mine: Sharing, seen: Seen, now: Seen, last: Commit | None = None
    ) -> None:
        self.mine = mine
        self.theirs = difference(seen.manifest, now.manifest)
        """What they changed of people and visibility."""
        self.meets = meeting(mine, self.theirs)
        """Where both say different things; where nothing does, both can stand."""
        self.seen, self.now, self.last = seen, now, last
        by = f"{last.author} changed" if last is not None else "somebody else changed"
        changes = "; ".join(words for _, words in self.theirs.deeds(seen.manifest))
        super().__init__(
            f"{by} the manifest of {slug} meanwhile: {changes or 'other lines of it'}",
            operation="project.share", advice="look at both, then say it again",
        )  # fmt: skip


def difference(before: ProjectManifest, after: ProjectManifest) -> Sharing:
    """Return what somebody changed of people and visibility from one manifest to another."""
    was, now = before.members, after.members
    names = {one.lower(): one for one in (*was.by_name(), *now.by_name())}
    roles = {
        name: now.role_of(name)
        for name in sorted(names.values())
        if was.role_of(name) is not now.role_of(name)
    }
    is_other = before.is_public is not after.is_public and after.is_public is not None
    return Sharing(roles, after.is_public if is_other else None)


def meeting(mine: Sharing, theirs: Sharing) -> tuple[str, ...]:
    """Return about whom, or what, two changes say different things."""
    said = {name.lower(): role for name, role in theirs.roles.items()}
    names = [name for name, role in mine.roles.items() if said.get(name.lower(), role) is not role]
    both = mine.is_public is not None and theirs.is_public is not None
    if both and mine.is_public is not theirs.is_public:
        names.append("visibility")
    return tuple(names)


def visibility(is_public: bool) -> str:
    """Return how a manifest says it."""
    return "public" if is_public else "private"


def _deed(was: Role, role: Role) -> Deed:
    if role is Role.NONE:
        return Deed.PUT_OUT
    if was is Role.NONE:
        return Deed.LET_IN
    return Deed.DEMOTE if role < was else Deed.PROMOTE
