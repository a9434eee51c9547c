"""Labs of a host, and the topologies there: never taken for those of this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skyforge_tui.domain.identity import SYSTEM, LabId, Principal, ProjectId, Role, TemplateId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_host_actions import containerlab_answers, containerlab_words
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Grant, Project, ProjectKind
from skyforge_tui.domain.template import LabOutline, Template, TemplateKind
from skyforge_tui.services.lab_links import file_of
from tests.builders import PROJECT_PATH, a_project
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab
from tests.fakes.project_host import FakeRepositoryHost
from tests.services.test_labs import a_topology

ADA = Principal("ada")
FOLDER = f"{PROJECT_PATH}/bgp"
HOST = Project(
    ProjectId("lab1:host"), "lab1", "lab1", ProjectKind.HOSTED, "ssh://lab1", created_by="lab",
    grant=Grant("lab", "user there", Role.OWNER),
)  # fmt: skip


def hosted(folder: str = FOLDER, kind: TemplateKind = TemplateKind.NETLAB) -> Template:
    """Return a topology of the host, in a folder that is called as one of ours."""
    return Template(
        TemplateId(f"lab1:host#{kind}:{folder}:topology.yml"), HOST.id, folder, kind, (), folder,
        is_hosted=True, facts=(("topology", f"{folder}/topology.yml"),),
        lab=LabOutline("bgp", ("r1", "r2")),
    )  # fmt: skip


async def a_core(*there: Template) -> Core:
    """Return services with a topology here, and these on a host."""
    host = FakeRepositoryHost("lab1")
    core = Core(
        hosts=[FakeRepositoryHost(), host],
        lab_providers=[FakeLabProvider(), FakeLabProvider(upstream="lab1")],
    )
    mine = a_project(members=Members(owners=frozenset({"ada"})))
    core.hosts[0].put(mine, a_topology())
    host.put(HOST, *there)
    await core.projects.sync(SYSTEM)
    await core.labs.sync(SYSTEM)
    return core


async def test_the_same_folder_elsewhere_is_another_lab() -> None:
    """A lab of the host has the host's topology, one of this machine has ours."""
    core = await a_core(hosted())
    far = replace(a_lab(), id=LabId("lab1:default"), provider="lab1", directory=FOLDER)
    near = replace(a_lab(), directory=FOLDER)
    core.lab_providers[0].put(near)
    core.lab_providers[1].put(far)
    await core.labs.sync(SYSTEM)
    for lab, project, is_hosted in ((far, "lab1", True), (near, "edge-fabric", False)):
        template = await core.labs.template_for(ADA, lab.id)
        assert template is not None
        assert template.is_hosted is is_hosted
        assert (await core.labs.find(ADA, lab.id)).project == project


async def test_what_rests_on_a_host_is_a_lab_of_the_host() -> None:
    """A topology that was not started is a stopped lab of its own host, with its nodes."""
    core = await a_core(hosted("/srv/x"), hosted("/srv/c", TemplateKind.CONTAINERLAB))
    labs = {one.id: one for one in (await core.labs.all(ADA)).labs}
    resting = labs[LabId("lab1:/srv/x/topology.yml")]
    assert (resting.provider, resting.state, resting.nodes_total) == ("lab1", LabState.STOPPED, 2)
    assert labs[LabId("lab1:/srv/c/topology.yml")].kind == "containerlab"
    assert file_of(hosted("/srv/x")) == "/srv/x/topology.yml"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"action": "up"}, ("deploy", "-t", "./-x.clab.yml")),
        ({"action": "down", "cleanup": "true"}, ("destroy", "-t", "./-x.clab.yml", "--cleanup")),
        ({"action": "collect"}, ("save", "-t", "./-x.clab.yml")),
    ],
)
def test_containerlab_speaks_otherwise(asked: dict[str, str], words: tuple[str, ...]) -> None:
    """What one asks of any lab is asked of containerlab in its own words."""
    said = containerlab_words("-x.clab.yml", containerlab_answers(asked))
    assert said == ("containerlab", *words)
