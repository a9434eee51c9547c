"""What things of a lab host are called here: its runs, its one project, its topologies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId, native_of, upstream_of

_RUN = re.compile(r"(\d{1,9})-([0-9a-f]{8})")
_PROJECT: Final = "host"


@dataclass(frozen=True, slots=True)
class Topology:
    """A file on the host from which labs are made, and the tool that makes them."""

    tool: str
    """`netlab` or `containerlab`."""
    directory: str
    """Its absolute folder."""
    file: str
    """Its name in there."""


@dataclass(frozen=True, slots=True)
class Names:
    """Turns what a host calls things into ours and back.

    A run is `<instance>:<number>-<the beginning of its token>`: a host that was set up anew counts
    from 1 again, and its runs are others.
    """

    upstream: str

    @property
    def project_id(self) -> ProjectId:
        """Our id of what stands for the host."""
        return ProjectId(f"{self.upstream}:{_PROJECT}")

    def run_id(self, number: int, token: str) -> RunId:
        """Return our id of a run."""
        return RunId(f"{self.upstream}:{number}-{token[:8]}")

    def number_of(self, run_id: RunId) -> int:
        """Return the host's number of a run.

        Raises:
            NotFound: it is none of this host's.
        """
        found = _RUN.fullmatch(native_of(run_id))
        if upstream_of(run_id) != self.upstream or found is None:
            raise NotFound(f"there is no run {run_id}", upstream=self.upstream)
        return int(found[1])

    def template_id(self, topology: Topology) -> TemplateId:
        """Return our id of a topology."""
        folder, file = quote(topology.directory, safe="/"), quote(topology.file, safe="")
        return TemplateId(f"{self.project_id}#{topology.tool}:{folder}:{file}")

    def topology_of(self, template_id: TemplateId) -> Topology:
        """Return the topology of an id.

        Raises:
            NotFound: it is none of this host's.
        """
        project, _, native = template_id.partition("#")
        parts = native.split(":")
        if project != self.project_id or len(parts) != 3 or not parts[1].startswith("/"):
            raise NotFound(f"no template {template_id}", upstream=self.upstream)
        return Topology(parts[0], unquote(parts[1]), unquote(parts[2]))
