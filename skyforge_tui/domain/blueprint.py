"""Files that a project has from its blueprint, and what becomes of them when either side changes.

Contents are told by their names (git's object names): two are alike when these are. What was alike
when it was last looked at is remembered; what differs from that on one side only was changed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class BlueprintPlace:
    """A folder of a repository that projects are made from; the folder is empty for all of it."""

    repository: str
    """`OWNER/NAME`."""
    folder: str = ""

    @property
    def name(self) -> str:
        """The place in a word."""
        return f"{self.repository}/{self.folder}" if self.folder else self.repository


class Stays(StrEnum):
    """Which of two contents stays, where both sides changed a file."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class BlueprintMemory:
    """What is known of a project's blueprint from before."""

    place: str = ""
    commit: str = ""
    """The blueprint's newest commit when all was as it should be."""
    head: str = ""
    """The project's newest commit then."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Names of contents that were the same on both sides, by path."""
    is_accepted: bool = False
    """Whether files of it were brought in because somebody said so."""
    settled: Mapping[str, Stays] = field(default_factory=dict)
    """What a person said of files that both sides changed, by path."""


class Fate(StrEnum):
    """What happens to a file of the project."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class FileDue:
    """A file that is brought in; both contents by name, empty where there is none."""

    path: str
    fate: Fate
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is due, where both sides were changed, and what is alike now."""

    due: tuple[FileDue, ...] = ()
    conflicts: tuple[FileDue, ...] = ()
    """Files that would be written if a person had not changed them here; by path."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What is to be remembered as alike, without what is due yet."""


def place_of(text: str, host: str = "") -> BlueprintPlace:
    """Read `OWNER/NAME`, `OWNER/NAME/FOLDER`, or an address of the web service `host`.

    Raises:
        Invalid: it is none of these.
    """
    rest = text.strip()
    if "://" in rest:
        if not host or not rest.startswith(f"{host.rstrip('/')}/"):
            raise Invalid(
                f"the blueprint {text} is kept elsewhere", operation="project.sync",
                advice="name one of the same server: OWNER/NAME, or a folder in it",
            )  # fmt: skip
        rest = rest[len(host.rstrip("/")) + 1 :]
    parts = [one for one in rest.removesuffix(".git").split("/") if one]
    if len(parts) < 2 or ".." in parts:
        raise Invalid(
            f"{text!r} is no blueprint", operation="project.sync",
            advice="write OWNER/NAME, or OWNER/NAME/FOLDER",
        )  # fmt: skip
    return BlueprintPlace("/".join(parts[:2]), "/".join(parts[2:]))


def three_ways(
    alike: Mapping[str, str],
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    settled: Mapping[str, Stays],
) -> Reconciled:
    """Return what makes the project's files those of the blueprint, and loses nobody's edits.

    `alike` is what was the same before, `ours` what the project has of these paths now, `theirs`
    what the blueprint has; contents by name. Where both sides were changed, `settled` says what
    stays; without a word it is a conflict.
    """
    due: list[FileDue] = []
    conflicts: list[FileDue] = []
    files: dict[str, str] = {}
    for path in sorted({*alike, *theirs}):
        was, here, there = alike.get(path, ""), ours.get(path, ""), theirs.get(path, "")
        if here == there:
            if there:
                files[path] = there
            continue
        if here == was:  # nobody touched it here
            fate = Fate.REMOVE if not there else Fate.CHANGE if here else Fate.CREATE
            due.append(FileDue(path, fate, there, here))
        elif there and there != was:
            both = FileDue(path, Fate.CHANGE if here else Fate.CREATE, there, here)
            stays = settled.get(path)
            if stays is Stays.MINE:
                was = there  # from now on it is one's own edit of that
            else:
                (conflicts if stays is None else due).append(both)
        if was and there:
            files[path] = was  # what is due, or one's own edit or deletion of what was there
    return Reconciled(tuple(due), tuple(conflicts), files)
