"""What a repository holds: branches, commits, folders and files, and changes to them.

Trees and files are named by their content (git's object names): what was read once under such a
name never changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.project import Commit


class EntryKind(StrEnum):
    """What stands in a folder."""

    FOLDER = "folder"
    FILE = "file"
    LINK = "link"
    SUBMODULE = "submodule"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> EntryKind:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder: its name, what it is, its size in bytes, its content's name."""

    name: str
    kind: EntryKind
    object_id: str
    size: int = 0
    is_executable: bool = False


@dataclass(frozen=True, slots=True)
class FolderPage:
    """Entries of a folder from the one numbered `start` on, in git's order; `total` counts all."""

    entries: tuple[Entry, ...]
    start: int
    total: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch and its newest commit."""

    name: str
    commit: Commit
    is_default: bool = False
    is_protected: bool = False
    """Whether whoever asks may not write to it directly."""


@dataclass(frozen=True, slots=True)
class CommitPage:
    """Commits from the one numbered `start` on, the newest first.

    `total` counts all; None where nobody counted.
    """

    commits: tuple[Commit, ...]
    start: int
    total: int | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class FileContent:
    """The first bytes of a file, its size in bytes, and its content's name."""

    data: bytes = field(repr=False)
    size: int
    object_id: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing follows."""
        return len(self.data) >= self.size


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a file shall become: `data` None deletes it.

    `replaces` names the content that it must have now; empty when there must be none.
    """

    path: str
    data: bytes | None = field(repr=False)
    replaces: str = ""
    is_executable: bool = False
    """Whether a new file shall be; one that is there stays as it is."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What a commit changed, as text; cut when it was too long."""

    text: str
    is_whole: bool
