"""The cockpit over one project with a topology, and a provider that holds the lab made from it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from skyforge_tui.domain.events import RunsChanged
from skyforge_tui.domain.identity import SYSTEM, Principal
from skyforge_tui.domain.lab import LabLink, LabLinkEnd, LabNode, NodeState
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import LabOutline, Source, Template, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from tests.builders import PROJECT_PATH, a_detail, a_project, a_template
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider

NOW = datetime(2026, 3, 14, 14, 5, tzinfo=UTC)
ADA = Principal("ada")

LINKS = (
    LabLink("links[1]", "p2p", (
        LabLinkEnd("r1", "eth1", "10.1.0.1/30"), LabLinkEnd("r2", "eth1", "10.1.0.2/30"),
    )),
)  # fmt: skip
NODES = (
    LabNode("r1", "frr", address="192.168.121.101", connection="docker", state=NodeState.UP,
            status="Up 2 hours", machine="clab-bgp-r1"),
    LabNode("r2", "frr", address="192.168.121.102", connection="docker", state=NodeState.DOWN,
            status="Exited (137)", machine="clab-bgp-r2"),
)  # fmt: skip


FOLDER = f"{PROJECT_PATH}/bgp"
TOPOLOGY = a_template(
    name="bgp/topology.yml", kind=TemplateKind.NETLAB, directory=FOLDER,
    command=("netlab", "{action}", "topology.yml"), survey=NETLAB_SURVEY,
    sources=(Source(f"{FOLDER}/topology.yml", "1" * 64),),
    lab=LabOutline("bgp", ("r1", "r2"), "clab", "frr"),
)  # fmt: skip


@dataclass
class Bench:
    """The cockpit over ada's project with one topology."""

    provider: FakeLabProvider = field(default_factory=FakeLabProvider)
    topologies: tuple[Template, ...] = (TOPOLOGY,)

    def __post_init__(self) -> None:
        self.core = Core(clock=FakeClock(NOW), lab_providers=[self.provider])

    def app(self) -> SkyforgeApp:
        """Return the application, at rest."""
        return SkyforgeApp(
            lambda app: InlineEngine(self._open, app.bridge.unheard), ADA,
            motion=False, clock=lambda: NOW,
        )  # fmt: skip

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Services, None]:
        core = self.core
        core.host.put(a_project(members=Members(owners=frozenset({"ada"}))), *self.topologies)
        await core.projects.sync(SYSTEM)
        for template in self.topologies:
            await core.projects.trust(ADA, template.project_id, template.sources)
        await core.labs.sync(SYSTEM)
        yield core.services

    async def has_run(
        self, number: int, action: str, output: bytes = b"all is well\n", **over: Any
    ) -> None:
        """Have a run of the topology be known, with what it wrote."""
        detail = a_detail(
            number=number, template_id=TOPOLOGY.id, template=TOPOLOGY.name, action=action,
            **{"state": RunState.SUCCESS, **over},
        )  # fmt: skip
        self.core.logs.outputs[str(number)] = output
        self.core.engine.put(detail)
        await self.core.run_cache.write([detail], [])
        self.core.bus.publish(RunsChanged(frozenset({detail.run.id})))
