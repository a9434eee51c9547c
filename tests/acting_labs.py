"""A provider that can do something to its labs, each thing as far as a test lets it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabState, LabStep
from skyforge_tui.domain.lab_action import ExportedLab, LabAction, LabProgress, LabServer, NewLab
from skyforge_tui.domain.lab_console import Console, read_console
from skyforge_tui.ports.lab_actions import Tell
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source


class ActingLabProvider(FakeLabProvider):
    """Starts, stops and wipes labs; `failures` says what goes wrong with which lab."""

    kind = "eve"
    archive_ending = ".zip"

    def __init__(self, *labs: Lab, upstream: str = "eve-1") -> None:
        super().__init__(*labs, upstream=upstream)
        self.source = a_lab_source(provider=upstream, kind=self.kind)
        self.lacking: dict[LabAction, str] = {}
        self.failures: dict[LabId, list[Exception]] = {}
        self.going_on = asyncio.Event()
        """Cleared, it holds back what is done."""
        self.going_on.set()
        self.archive = b"PK"
        self.done: list[tuple[str, LabId]] = []

    async def start(self, lab_id: LabId, tell: Tell) -> None:
        """Start a lab."""
        tell(LabProgress("1 of 2 nodes run", 1, 2, LabStep("r1 started")))
        await self._do("start", lab_id)
        self.put(replace(self.held[lab_id], state=LabState.RUNNING, nodes_up=2))

    async def stop(self, lab_id: LabId, tell: Tell) -> None:
        """Stop a lab."""
        tell(LabProgress("1 of 2 nodes stopped", 1, 2))
        await self._do("stop", lab_id)
        self.put(replace(self.held[lab_id], state=LabState.STOPPED, nodes_up=0))

    async def wipe(self, lab_id: LabId, tell: Tell) -> None:
        """Wipe a lab."""
        tell(LabProgress("1 of 2 nodes wiped", 1, 2))
        await self._do("wipe", lab_id)

    async def start_node(self, lab_id: LabId, node: str) -> None:
        """Start a node."""
        await self._do(f"start {node}", lab_id)

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return a lab as a file."""
        await self._do("export", lab_id)
        return ExportedLab("demo.zip", self.archive)

    async def console(self, lab_id: LabId, node: str) -> Console:
        """Return where a console is; what `node` says."""
        return read_console(node)

    async def page(self, lab_id: LabId) -> str:
        """Return a page."""
        return f"https://eve.example.net/#{lab_id}"

    async def create(self, lab: NewLab) -> LabId:
        """Make a lab."""
        made = a_far_lab(self.upstream, lab.name, state=LabState.STOPPED)
        self.put(made)
        return made.id

    async def lock(self, lab_id: LabId, *, is_locked: bool) -> None:
        """Lock a lab, or unlock it."""
        self.put(replace(self.held[lab_id], is_locked=is_locked))

    async def server(self) -> LabServer:
        """Return how the machine is."""
        return LabServer(self.upstream, "6.2.0-4", cpu_percent=12)

    def limits(self) -> Mapping[LabAction, str]:
        """Return what is lacking."""
        return self.lacking

    async def _do(self, what: str, lab_id: LabId) -> None:
        await self.going_on.wait()
        if self.failures.get(lab_id):
            raise self.failures[lab_id].pop(0)
        self.done.append((what, lab_id))


def a_far_lab(upstream: str = "eve-1", name: str = "demo", **over: object) -> Lab:
    """Return a lab of two nodes at a server, in no folder of this machine."""
    values = {
        "id": LabId(f"{upstream}:/{name}.unl"), "name": name, "provider": upstream,
        "kind": "eve", "directory": "", "topology": "", "ready": None, **over,
    }  # fmt: skip
    return a_lab(**values)
