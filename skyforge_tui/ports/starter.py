"""What somebody who has nothing yet is given: a sample project, a configuration to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from skyforge_tui.domain.template import Source


class Starter(Protocol):
    """Puts files down; never replaces one that is there."""

    async def has_config(self) -> bool:
        """Say whether there is a configuration file."""
        ...

    async def write_config(self, roots: Sequence[Path] = ()) -> Path:
        """Write the commented configuration, `roots` as those of the workspace, and return where.

        Raises:
            Invalid: a root is not the absolute path of a folder.
            Conflict: there is one already.
            Unavailable: it cannot be written.
        """
        ...

    async def write_sample(self, folder: Path, *, with_containers: bool) -> tuple[Source, ...]:
        """Write the sample project to a new or empty `folder`; all of it, or nothing.

        Its network topology runs in containers if asked to, else on devices that one wires.
        Outside of every git work tree it becomes a repository, where git is installed.

        Returns: every file, with the hash of what was written.

        Raises:
            Conflict: there is something at `folder` already.
            Unavailable: it cannot be written.
        """
        ...


class Workspace(Protocol):
    """The folders in which projects are looked for."""

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders, as configured."""
        ...

    def look_in(self, roots: Sequence[Path]) -> None:
        """Look in these folders from now on instead."""
        ...
