"""Where one is in a repository: at a commit of a branch, in a folder below folders. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from skyforge_tui.domain.repository import Entry


@dataclass(frozen=True, slots=True)
class Step:
    """A folder on the way: its name, its tree, and on which row the cursor was left."""

    name: str
    tree: str
    cursor: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """The way from the topmost folder of a commit to where one is."""

    branch: str
    commit: str = ""
    steps: tuple[Step, ...] = field(default=())

    @property
    def tree(self) -> str:
        """The folder where one is; empty before the first commit."""
        return self.steps[-1].tree if self.steps else self.commit

    @property
    def path(self) -> str:
        """The folder where one is, as a path; empty at the top."""
        return "/".join(one.name for one in self.steps)

    def path_of(self, entry: Entry) -> str:
        """Return the path of something in this folder."""
        return f"{self.path}/{entry.name}" if self.steps else entry.name

    def into(self, entry: Entry, cursor: int) -> Walk:
        """Return the way into a folder; the cursor was on row `cursor`."""
        return replace(self, steps=(*self.steps, Step(entry.name, entry.object_id, cursor)))

    def up(self) -> Walk:
        """Return the way one folder up."""
        return replace(self, steps=self.steps[:-1])
