"""Labs as a person sees them: rows, empty states, one lab, and what the keys lead to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import SYSTEM, LabId, Principal
from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabLinkEnd,
    LabNode,
    LabSource,
    LabState,
    LabStep,
    NodeState,
)
from skyforge_tui.domain.project import Members
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import Source, Template, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.presenters import lab as one
from skyforge_tui.tui.presenters import labs as many
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.presenters.columns import fit, row_line
from tests.builders import PROJECT_PATH, a_detail, a_project, a_template
from tests.fake_labs import FakeLabProvider, a_lab, a_lab_source
from tests.fakes import Core, FakeClock
from tests.tui.cockpit_harness import press, row_with, until_idle, until_shown

NOW = datetime(2026, 3, 14, 14, 5, tzinfo=UTC)
ADA = Principal("ada")
LIVE = a_lab_source()
SILENT = a_lab_source(mode=UpstreamState.ERROR, error="disk on fire", advice="R looks again")


def row(lab: Lab, source: LabSource | None = LIVE, width: int = 140) -> str:
    """Return a lab's row as text."""
    return text_of(row_line(fit(many.COLUMNS, width), many.lab_cells(lab, source, NOW, "ada")))


@pytest.mark.parametrize(
    ("lab", "parts"),
    [
        (a_lab(), ["● ready", "bgp", "2/2", "2/2", "ada", "netlab here", "2h"]),
        (a_lab(ready=1), ["◐ running", "2/2", "1/2"]),
        (a_lab(nodes_up=1, ready=1), ["▲ degraded", "1/2", "1/2"]),
        (a_lab(nodes_up=None, ready=None), ["◐ running", "?/2", "–"]),
        (a_lab(state=LabState.STARTING, ready=None, nodes_up=None, step="starting provider clab"),
         ["starting", "?/2", "starting provider clab"]),
        (a_lab(state=LabState.FAILED, note="no node runs", nodes_up=0), ["× failed", "no node"]),
        (a_lab(state=LabState.STOPPED, nodes_total=None, nodes_up=None), ["○ stopped", "–"]),
        (a_lab(state=LabState.UNKNOWN, note="its folder is gone"), ["? unknown", "its folder"]),
    ],
)  # fmt: skip
def test_rows(lab: Lab, parts: list[str]) -> None:
    """A row says state, nodes up, nodes ready, owner, server, age, and why it deviates."""
    text, at = row(lab), 0
    for part in parts:
        assert part in text[at:], text
        at = text.index(part, at)


def test_rows_of_a_silent_provider() -> None:
    """Labs of a provider that does not answer are as old as its last answer, and say so."""
    text = row(a_lab(), SILENT)
    assert text.startswith("~ ready")
    assert "as of 2h ago" in text
    assert "netlab here ~2h" in text


def test_narrow_rows_keep_what_matters() -> None:
    """At 80 columns note and project leave; state, nodes, readiness, owner and server stay."""
    keys = [column.key for column, _ in fit(many.COLUMNS, 76)]
    assert keys == ["state", "lab", "up", "ready", "owner", "server", "age"]


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ([LIVE], "No lab here yet.  L launch  R look again"),
        ([a_lab_source(mode=UpstreamState.DISABLED, error="netlab is not installed here")],
         "No labs: netlab is not installed here.  R look again"),
        ([SILENT], "No lab is known, and not everybody answered.  R look again"),
        ([], "asking for labs"),
    ],
)  # fmt: skip
def test_empty_tables_say_why(sources: list[LabSource], text: str) -> None:
    """An empty table says why it is empty, and the next key."""
    assert text_of(many.empty_line(sources)) == text


def test_providers_that_complain() -> None:
    """A silent provider is named above the table with its words; one switched off beside labs."""
    assert [text_of(line) for line in many.source_lines([SILENT, LIVE], has_labs=True)] == [
        "× netlab  disk on fire  R looks again"
    ]
    off = a_lab_source(mode=UpstreamState.DISABLED, error="not installed")
    assert many.source_lines([off], has_labs=False) == []
    assert len(many.source_lines([off], has_labs=True)) == 1


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


def test_one_lab() -> None:
    """A lab's page says how it is, where links lead, what was done, and what is not known."""
    detail = LabDetail(
        a_lab(nodes_up=1, ready=1), NODES, LINKS,
        (LabStep("starting lab", NOW), LabStep("ERROR: it broke [red]", NOW, failed=True)),
        ("nodes: nobody answers",),
    )  # fmt: skip
    status = text_of(one.status_line(detail.lab, LIVE, NOW))
    assert status == "▲ degraded   1/2 up  1/2 ready   netlab  ada   since 2h"
    below = [text_of(line) for line in one.below_lines(detail, NOW, with_links=True)]
    assert below[:2] == ["Links 1", "r1 eth1  10.1.0.1/30  ─  r2 eth1  10.1.0.2/30"]
    assert " 14:05  × ERROR: it broke [red]" in below
    assert below[-1] == "? nodes: nobody answers"
    node = [text_of(line) for line in one.node_lines(NODES[1], LINKS)]
    assert node[0] == "× r2"
    assert "eth1     r1 eth1  10.1.0.2/30" in node


# Journeys.

FOLDER = f"{PROJECT_PATH}/bgp"
TOPOLOGY = a_template(
    name="bgp/topology.yml", kind=TemplateKind.NETLAB, directory=FOLDER,
    command=("netlab", "{action}", "topology.yml"), survey=NETLAB_SURVEY,
    sources=(Source(f"{FOLDER}/topology.yml", "1" * 64),),
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

    async def built_by(self, number: int) -> None:
        """Have a run of the topology be the one that built the lab."""
        detail = a_detail(
            number=number, template_id=TOPOLOGY.id, template=TOPOLOGY.name,
            state=RunState.SUCCESS, action="up",
        )  # fmt: skip
        self.core.logs.grow(str(number), b"all is well\n")
        self.core.engine.put(detail)
        await self.core.run_cache.write([detail], [])


async def test_starting_a_lab_that_rests() -> None:
    """`s` on a stopped lab opens its topology's card with `up` chosen, and `enter` launches it."""
    bench = Bench()
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "edge-fabric")
        await press(pilot, "2", shows="○ stopped")
        await until_idle(pilot)
        await press(pilot, "s", shows=("Launch bgp/topology.yml", "‹ up ›"))
        await press(pilot, "enter", shows="runs › ")
    (spec,) = (one.spec for one in bench.core.engine.held.values())
    assert spec.command == ("netlab", "up", "topology.yml")


@pytest.mark.parametrize(("key", "cleanup"), [("x", "false"), ("D", "true")])
async def test_stopping_and_destroying(key: str, cleanup: str) -> None:
    """`x` and `D` open the card with `down` chosen; only `D` removes what was made."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, key, shows=("Launch bgp/topology.yml", "‹ down ›"))
        await press(pilot, "enter", shows="runs › ")
    (spec,) = (one.spec for one in bench.core.engine.held.values())
    assert spec.answers["cleanup"] == cleanup
    assert spec.command[:2] == ("netlab", "down")


async def test_what_a_state_rules_out() -> None:
    """A lab that runs is not started again, one that rests not stopped; both say why."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        await press(pilot, "s", shows="bgp is running already")
        await press(pilot, "u", shows="no run of this workspace built bgp")
    assert bench.core.engine.held == {}


async def test_looking_into_a_lab() -> None:
    """`enter` opens the lab with nodes, links and steps, `u` its run, `q` leads back."""
    bench = Bench(FakeLabProvider(a_lab()))
    steps = (LabStep("starting lab", NOW - timedelta(minutes=5)), LabStep("started", NOW))
    bench.provider.details[a_lab().id] = LabDetail(a_lab(), NODES, LINKS, steps)
    await bench.built_by(7)
    async with bench.app().run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", shows="● ready")
        await until_idle(pilot)
        rows = await press(pilot, "enter", shows="192.168.121.102")
        assert any("labs › bgp" in text for text in rows)
        assert any("Exited (137)" not in text and "14:00  " in text for text in rows)
        await press(pilot, "j", shows="Exited (137)")
        await press(pilot, "q", shows="Labs 1")
        await until_idle(pilot)
        await press(pilot, "u", shows="all is well")


async def test_a_lab_followed_through_its_start() -> None:
    """A lab's page follows it from rest to ready, though it goes by another id once started."""
    bench = Bench()
    async with bench.app().run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", shows="○ stopped")
        await until_idle(pilot)
        await press(pilot, "enter", shows="It does not run.")
        lab = a_lab(id=LabId("netlab:default"), state=LabState.STARTING, step="starting lab",
                    nodes_total=None, nodes_up=None, ready=None)  # fmt: skip
        bench.provider.put(lab)
        await bench.core.labs.sync(SYSTEM, True)
        await until_shown(pilot, "starting   netlab  ada", "starting lab")
        bench.provider.details[lab.id] = LabDetail(a_lab(), NODES, LINKS)
        bench.provider.put(a_lab(updated_at=NOW))
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "2/2 up  2/2 ready", "192.168.121.101")


async def test_the_cursor_stays_on_a_lab_that_starts() -> None:
    """The cursor stays on a lab while it starts and its row moves."""
    other = a_template(
        name="zoo/topology.yml", kind=TemplateKind.NETLAB, directory=f"{PROJECT_PATH}/zoo",
        command=("netlab", "{action}", "topology.yml"), survey=NETLAB_SURVEY,
        sources=(Source(f"{PROJECT_PATH}/zoo/topology.yml", "2" * 64),),
    )  # fmt: skip
    bench = Bench(topologies=(TOPOLOGY, other))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="zoo")
        await until_idle(pilot)
        await pilot.press("j")
        zoo = a_lab(name="zoo", directory=other.directory, topology=other.sources[0].path)
        bench.provider.put(zoo)
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "● ready     zoo")
        await until_idle(pilot)
        assert row_with(pilot.app, "zoo").startswith("▌")


async def test_a_provider_that_fails() -> None:
    """A provider that fails is named above the table, and its labs stay with their age."""
    bench = Bench(FakeLabProvider(a_lab()))
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="● ready")
        bench.provider.source = a_lab_source(
            mode=UpstreamState.ERROR, error="disk on fire", as_of=None
        )
        await bench.core.labs.sync(SYSTEM)
        await until_shown(pilot, "~ ready", "× netlab  disk on fire")
