"""Labs as services tell them: what providers say, tied to topologies, runs and people."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.events import LabsChanged, LabSyncRequested
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import SYSTEM, LabId, Principal, ProjectId, RunId, TemplateId
from skyforge_tui.domain.lab import LabDetail, LabNode, LabState, NodeState
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import LabOutline, Source, Template, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery
from skyforge_tui.services.authorization import Allowed, Denied
from tests.builders import NOON, PROJECT_PATH, a_detail, a_project, a_template
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source

ADA, EVE = Principal("ada"), Principal("eve")
LAB = a_lab().id


def a_topology(folder: str = "bgp", file: str = "topology.yml") -> Template:
    """Return the template of a topology in a folder of edge-fabric."""
    directory = f"{PROJECT_PATH}/{folder}"
    return a_template(
        name=f"{folder}/{file}", kind=TemplateKind.NETLAB, directory=directory,
        command=("netlab", "{action}", file), survey=NETLAB_SURVEY,
        sources=(Source(f"{directory}/{file}", "1" * 64),),
    )  # fmt: skip


async def a_core(*topologies: Template) -> Core:
    """Return services with these topologies in ada's project and a provider without labs."""
    core = Core(lab_providers=[FakeLabProvider()])
    core.host.put(a_project(members=Members(owners=frozenset({"ada"}))), *topologies)
    await core.projects.sync(SYSTEM)
    return core


async def a_run_of(
    core: Core, template: Template, number: int, action: str, **over: object
) -> None:
    """Have a run of a topology be known."""
    detail = a_detail(
        number=number, template_id=template.id, template=template.name, action=action, **over
    )
    await core.run_cache.write([detail], [])


async def test_labs_are_told_and_remembered() -> None:
    """What a provider tells is written once, told once, and known after the next start."""
    core = await a_core()
    core.lab_providers[0].put(a_lab())
    await core.labs.sync(SYSTEM)
    await core.labs.sync(SYSTEM)
    view = await core.labs.all(ADA)
    assert [one.id for one in view.labs] == [LAB]
    assert [one.mode for one in view.sources] == [UpstreamState.LIVE]
    assert core.told(LabsChanged) == [LabsChanged(frozenset({LAB}))]
    assert core.lab_cache.writes == 1

    again = Core(lab_providers=[FakeLabProvider()], lab_cache=core.lab_cache)
    await again.lab_index.open()
    assert [one.id for one in (await again.labs.all(ADA)).labs] == [LAB]


async def test_the_age_of_what_is_remembered() -> None:
    """When a provider answered last is noted though nothing is new, once a minute; nobody hears."""
    core = await a_core()
    provider = core.lab_providers[0]
    provider.put(a_lab())
    first = provider.source.as_of
    assert first is not None
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (119, 60), (3600, 3600)):
        provider.source = replace(provider.source, as_of=first + timedelta(seconds=seconds))
        await core.labs.sync(SYSTEM)
        (source,) = await core.lab_cache.sources()
        assert source.as_of == first + timedelta(seconds=noted)
    assert len(core.told(LabsChanged)) == 1
    assert core.lab_cache.writes == 3


async def test_labs_that_are_gone() -> None:
    """A lab that is gone upstream is forgotten; one that cannot be read just now is not."""
    core = await a_core()
    provider = core.lab_providers[0]
    provider.put(a_lab(), a_lab(id=LabId("netlab:5"), name="five", directory="/srv/five"))
    await core.labs.sync(SYSTEM)
    provider.drop(LAB)
    provider.drop(LabId("netlab:5"))
    provider.unreadable.add(LabId("netlab:5"))
    await core.labs.sync(SYSTEM)
    assert [one.name for one in (await core.labs.all(ADA)).labs] == ["five"]


async def test_a_silent_provider_hides_nothing() -> None:
    """A provider that fails keeps its labs with their age, and hides those of nobody else."""
    other = FakeLabProvider(
        a_lab(id=LabId("nl-1:default"), provider="nl-1", name="far", directory=""),
        upstream="nl-1",
    )
    core = Core(lab_providers=[FakeLabProvider(a_lab()), other])
    await core.labs.sync(SYSTEM)
    broken = a_lab_source(mode=UpstreamState.ERROR, error="disk on fire", as_of=None)
    core.lab_providers[0].source = broken
    other.put(a_lab(id=LabId("nl-1:6"), provider="nl-1", name="new", directory=""))
    await core.labs.sync(SYSTEM)
    view = await core.labs.all(ADA)
    assert [one.name for one in view.labs] == ["bgp", "far", "new"]
    assert [(one.mode, one.as_of) for one in view.sources] == [
        (UpstreamState.ERROR, NOON), (UpstreamState.LIVE, NOON),
    ]  # fmt: skip
    lights = {one.name: (one.state, one.error) for one in core.health.lights()}
    assert lights["netlab"] == (UpstreamState.ERROR, "disk on fire")
    assert lights["nl-1"] == (UpstreamState.LIVE, "")


async def test_a_provider_that_takes_longer_than_patience() -> None:
    """Whoever has no patience gets what is known of a slow provider, with its age, and is told."""
    held = asyncio.Event()

    class Slow(FakeLabProvider):
        async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
            await held.wait()
            return await super().list_for_user(query)

    slow = Slow(a_lab(), upstream="netlab")
    core = Core(lab_providers=[slow])
    held.set()
    await core.labs.sync(SYSTEM)
    held.clear()
    slow.drop(LAB)
    await core.labs.sync(SYSTEM, patience=timedelta())
    view = await core.labs.all(ADA)
    assert [one.id for one in view.labs] == [LAB]
    (source,) = view.sources
    assert (source.mode, source.as_of) == (UpstreamState.ERROR, NOON)
    assert (source.error, source.endpoint) == ("no answer within 0 s", "/usr/bin/netlab")
    held.set()
    await core.labs.sync(SYSTEM, patience=timedelta(minutes=1))
    assert (await core.labs.all(ADA)).labs == ()


async def test_brief_looks_keep_what_was_counted() -> None:
    """A brief look moves states and steps; nodes counted before stay while nothing was written."""
    core = await a_core()
    provider = core.lab_providers[0]
    provider.put(a_lab())
    await core.labs.sync(SYSTEM)
    provider.put(a_lab(nodes_total=None, nodes_up=None, ready=None, topology=""))
    await core.labs.sync(SYSTEM, True)
    assert core.lab_index.lab(LAB) == a_lab()
    later = NOON + timedelta(minutes=1)
    stopping = a_lab(
        state=LabState.STOPPING, step="stopping clab provider", updated_at=later,
        nodes_total=None, nodes_up=None, ready=None, topology="",
    )  # fmt: skip
    provider.put(stopping)
    await core.labs.sync(SYSTEM, True)
    lab = core.lab_index.lab(LAB)
    assert lab is not None
    assert (lab.state, lab.nodes_total, lab.nodes_up) == (LabState.STOPPING, 2, None)
    assert lab.topology == a_lab().topology


async def test_topologies_at_rest() -> None:
    """A topology in whose folder nothing was started is a stopped lab, listed last."""
    core = await a_core(a_topology("bgp"), a_topology("area0"), a_topology("x", "mpls.yml"))
    assert (await core.labs.all(ADA)).labs == ()  # nobody has said yet that they rest
    core.lab_providers[0].put(a_lab())
    await core.labs.sync(SYSTEM)
    labs = (await core.labs.all(ADA)).labs
    assert [(one.name, one.state) for one in labs] == [
        ("bgp", LabState.RUNNING), ("area0", LabState.STOPPED), ("mpls", LabState.STOPPED),
    ]  # fmt: skip
    assert {one.project for one in labs} == {"edge-fabric"}
    detail = await core.labs.get(ADA, labs[1].id)
    assert (detail.lab, detail.nodes, len(detail.missing)) == (labs[1], (), 1)
    with pytest.raises(Unavailable):
        await core.labs.metadata(ADA, labs[1].id)


async def test_no_rest_without_an_answer() -> None:
    """Where nobody can tell whether a topology runs, it is not said to rest."""
    core = await a_core(a_topology())
    core.lab_providers[0].source = a_lab_source(mode=UpstreamState.DISABLED, error="not installed")
    await core.labs.sync(SYSTEM)
    assert (await core.labs.all(ADA)).labs == ()


async def test_a_start_that_has_just_begun() -> None:
    """A run that brings a topology up makes its lab start before netlab says a word."""
    topology = a_topology()
    core = await a_core(topology)
    await core.labs.sync(SYSTEM)
    await a_run_of(core, topology, 7, "up", state=RunState.RUNNING)
    assert await core.labs.is_moving(SYSTEM)
    (lab,) = (await core.labs.all(ADA)).labs
    assert (lab.state, lab.run_id) == (LabState.STARTING, RunId("local:7"))
    await a_run_of(core, topology, 7, "up", state=RunState.ERROR)
    (lab,) = (await core.labs.all(ADA)).labs
    assert (lab.state, lab.note) == (LabState.STOPPED, "run 7 failed")
    assert not await core.labs.is_moving(SYSTEM)


async def test_other_actions_move_nothing() -> None:
    """A report on a topology is a run, but brings no lab up."""
    topology = a_topology()
    core = await a_core(topology)
    await core.labs.sync(SYSTEM)
    await a_run_of(core, topology, 7, "report", state=RunState.RUNNING)
    assert not await core.labs.is_moving(SYSTEM)
    assert [one.state for one in (await core.labs.all(ADA)).labs] == [LabState.STOPPED]


async def marks(core: Core, number: int, *names: str, **over: object) -> Run:
    """Have a run have said, an hour times its number ago, that these labs are there."""
    at = NOON - timedelta(hours=number)
    detail = a_detail(number=number, created_at=at, ended_at=at, **over)
    await core.run_cache.write([detail], [])
    markers = tuple(Marker(MarkerKind.OUTPUT, name, f"by {number}") for name in names)
    await core.shelf.cache.write(Collection(detail.run.id, markers=markers))
    return detail.run


async def test_labs_that_only_a_run_knows() -> None:
    """What a run's output declares is a lab, marked as such, with the run and its words."""
    core = await a_core()
    run = await marks(core, 1, "wan", started_by="jonas")
    (lab,) = (await core.labs.all(ADA)).labs
    assert (lab.id, lab.name, lab.state) == ("local:1:wan", "wan", LabState.MARKER)
    assert (lab.owner, lab.run_id, lab.project) == ("jonas", run.id, "edge-fabric")
    assert lab.note == "known by run 1 only: by 1"
    assert (await core.labs.all(EVE)).labs == ()
    assert await core.labs.runs(ADA, lab.id, 5) == [run]
    detail = await core.labs.get(ADA, lab.id)
    assert [one.text for one in detail.steps] == ["run 1 says wan=by 1"]
    with pytest.raises(Unavailable, match="known by run 1 only"):
        await core.labs.report(ADA, lab.id, "wiring")
    refused = core.services.may(ADA, Permission.RUN_START, lab)
    assert refused == Denied("no topology of this workspace makes wan")


async def test_the_newest_run_has_the_last_word() -> None:
    """Of several runs that name a lab the newest counts; what it leaves out is not there."""
    core = await a_core()
    await marks(core, 1, "wan")
    await marks(core, 2, "wan", "old")
    await marks(core, 3, "wan", "other", action="deploy")
    labs = (await core.labs.all(ADA)).labs
    assert [(one.name, one.run_id) for one in labs] == [("other", "local:3"), ("wan", "local:1")]
    await core.run_cache.write([], [RunId("local:1")])
    labs = (await core.labs.all(ADA)).labs
    assert [(one.name, one.run_id) for one in labs] == [
        ("old", "local:2"), ("other", "local:3"), ("wan", "local:2")
    ]  # fmt: skip


async def test_a_lab_that_is_seen_needs_no_marker() -> None:
    """A marker of a lab that a provider shows in the same project adds no second row."""
    topology = a_topology()
    core = await a_core(topology)
    core.lab_providers[0].put(a_lab())
    await core.labs.sync(SYSTEM)
    await marks(core, 1, "bgp")
    assert [one.id for one in (await core.labs.all(ADA)).labs] == [LAB]
    theirs = ProjectId("local:/srv/other")
    await marks(core, 2, "bgp", project_id=theirs, project="other", action="deploy")
    names = [one.state for one in (await core.labs.all(SYSTEM)).labs]
    assert names == [LabState.RUNNING, LabState.MARKER]


async def test_names_and_sizes_of_what_rests() -> None:
    """A topology that was not started is told by its own name, with the nodes it names."""
    outline = LabOutline("fabric", ("r1", "r2"), "clab", "frr")
    core = await a_core(replace(a_topology(), lab=outline))
    await core.labs.sync(SYSTEM)
    (lab,) = (await core.labs.all(ADA)).labs
    assert (lab.name, lab.nodes_up, lab.nodes_total, lab.ready) == ("fabric", 0, 2, None)
    nodes = (await core.labs.get(ADA, lab.id)).nodes
    assert [(one.name, one.device, one.state) for one in nodes] == [
        ("r1", "frr", NodeState.STOPPED), ("r2", "frr", NodeState.STOPPED)
    ]  # fmt: skip
    await core.labs.sync(SYSTEM)
    assert core.lab_providers[0].asked[-1].sizes == {f"{PROJECT_PATH}/bgp": 2}


async def test_the_run_that_built_it() -> None:
    """A lab knows the run that built it, whatever else was done with its topology since."""
    topology = a_topology()
    core = await a_core(topology)
    core.lab_providers[0].put(a_lab(topology=""))
    await core.labs.sync(SYSTEM)
    await a_run_of(core, topology, 7, "up")
    await a_run_of(core, topology, 8, "validate")
    (lab,) = (await core.labs.all(ADA)).labs
    assert lab.run_id == RunId("local:7")
    assert lab.topology == topology.sources[0].path


async def test_the_topology_that_made_it() -> None:
    """A lab's topology is found by file; a folder with two of them tells nothing by itself."""
    first, second = a_topology("bgp"), a_topology("bgp", "other.yml")
    core = await a_core(first, second)
    assert core.services.lab_links.template_of(a_lab()) == core.catalog.template(first.id)
    assert core.services.lab_links.template_of(a_lab(topology="")) is None
    assert core.services.lab_links.template_of(a_lab(directory="/srv/else", topology="")) is None
    only = await a_core(second)
    assert only.services.lab_links.template_of(a_lab(topology="")) == only.catalog.template(
        second.id
    )
    assert only.services.lab_links.template_of(a_lab()) is None


async def test_who_may_see_a_lab() -> None:
    """Labs of a project are seen by its people; a lab outside of every project is one's own."""
    core = await a_core(a_topology())
    outside = a_lab(id=LabId("netlab:9"), name="outside", directory="/srv/else", topology="")
    core.lab_providers[0].put(a_lab(), outside)
    await core.labs.sync(SYSTEM)
    assert [one.name for one in (await core.labs.all(ADA)).labs] == ["bgp", "outside"]
    assert [one.name for one in (await core.labs.all(EVE)).labs] == ["outside"]
    for call in (core.labs.get, core.labs.metadata, core.labs.graph, core.labs.template_for):
        with pytest.raises(NotFound):
            await call(EVE, LAB)
    assert (await core.labs.metadata(ADA, LAB))["lab_id"] == LAB
    assert await core.labs.template_for(ADA, LAB) == core.catalog.template(a_topology().id)
    assert await core.labs.project_of(LAB) == a_project().id
    with pytest.raises(NotFound):
        await core.labs.project_of(outside.id)


async def test_who_may_start_a_lab() -> None:
    """Starting and stopping a lab takes its topology, and the right to run that."""
    core = await a_core(a_topology())
    may, lab = core.services.may, a_lab()
    assert may(ADA, Permission.RUN_START, lab) == Allowed()
    assert isinstance(may(EVE, Permission.RUN_START, lab), Denied)
    assert may(EVE, Permission.LAB_READ, lab) == Allowed()
    foreign = may(ADA, Permission.RUN_START, a_lab(directory="/srv/else", topology=""))
    assert isinstance(foreign, Denied)
    assert "no topology of this workspace makes bgp" in foreign.reason


async def test_a_closer_look() -> None:
    """A lab looked at closely has what its provider tells, in its project."""
    core = await a_core()
    core.lab_providers[0].put(a_lab())
    core.lab_providers[0].details[LAB] = LabDetail(a_lab(), (LabNode("r1"), LabNode("r2")))
    await core.labs.sync(SYSTEM)
    detail = await core.labs.get(ADA, LAB)
    assert [one.name for one in detail.nodes] == ["r1", "r2"]
    assert detail.lab.project == "edge-fabric"
    for call in (core.labs.graph(ADA, LAB), core.labs.report(ADA, LAB, "wiring")):
        with pytest.raises(Conflict):  # this provider writes and draws nothing
            await call


async def test_finding_a_lab() -> None:
    """A lab is found by id, name or folder; a name that two share is refused with their ids."""
    core = await a_core()
    twin = a_lab(id=LabId("netlab:5"), directory="/srv/twin", topology="")
    core.lab_providers[0].put(a_lab(), twin)
    await core.labs.sync(SYSTEM)
    assert (await core.labs.find(ADA, "netlab:5")).directory == "/srv/twin"
    assert (await core.labs.find(ADA, a_lab().directory)).id == LAB
    with pytest.raises(Conflict, match="several labs are called bgp"):
        await core.labs.find(ADA, "bgp")
    with pytest.raises(NotFound, match="no lab named ospf") as missed:
        await core.labs.find(ADA, "ospf")
    assert missed.value.advice == "there are: bgp, bgp"
    core.lab_providers[0].put(*(a_lab(id=LabId(f"netlab:{at}"), name=f"l{at}") for at in range(10)))
    await core.labs.sync(SYSTEM)
    with pytest.raises(NotFound) as missed:
        await core.labs.find(ADA, "ospf")
    assert missed.value.advice == "there are: bgp, l0, l1, l2, l3, l4, l5, l6 and 3 more"


async def test_asking_for_a_look() -> None:
    """Whoever wants a fresh look says so; whoever syncs hears it."""
    core = await a_core()
    await core.labs.request_sync(EVE)
    assert core.told(LabSyncRequested) == [LabSyncRequested()]


async def test_the_stamp_tells_of_runs_and_labs() -> None:
    """The stamp differs when a provider wrote something, and when a topology's run moved on."""
    topology = a_topology()
    core = await a_core(topology)
    before = await core.labs.stamp(SYSTEM)
    core.lab_providers[0].put(a_lab())
    between = await core.labs.stamp(SYSTEM)
    await a_run_of(core, topology, 7, "up", state=RunState.RUNNING)
    after = await core.labs.stamp(SYSTEM)
    assert before[0] != between[0] == after[0]
    assert before[1] == between[1] != after[1]
    assert TemplateId(topology.id) in await core.run_cache.last_by_template()
