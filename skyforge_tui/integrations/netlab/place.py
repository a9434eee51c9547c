"""What surrounds labs where netlab runs: their folders, and whoever changes one just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SNAPSHOT: Final = "netlab.snapshot.pickle"
"""Never read: that runs what it says. Its time tells when a topology was transformed."""
SOMEWHERE: Final = ""
"""Stands for the folder of a process that does not tell where it is."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a lab."""

    is_there: bool
    real: str = ""
    """Without links."""
    snapshot: str = ""
    """Differs whenever netlab transformed the topology anew; empty if it never did."""


_NOWHERE: Final = Folder(is_there=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found in one look."""

    folders: Mapping[str, Folder] = field(default_factory=dict)
    """By the folder as netlab calls it."""
    changing: frozenset[str] | None = None
    """Folders, without links, in which a netlab that changes labs runs, for whomever. SOMEWHERE is
    among them when one runs whose folder cannot be known; None where nobody looked."""

    def folder(self, directory: str) -> Folder:
        """Return a folder; one that nobody looked at is not there."""
        return self.folders.get(directory, _NOWHERE)

    def is_changing(self, directory: str) -> bool | None:
        """Say whether a netlab changes the lab in a folder; None when nobody knows."""
        if self.changing is None:
            return None
        return not self.changing.isdisjoint((self.folder(directory).real, SOMEWHERE))
