"""Who has nothing is offered a beginning; who has something is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.domain.template import Source
from tests.builders import a_project, a_template
from tests.fakes.core import Core
from tests.fakes.machine import FakeMachine

ADA = Principal("ada")
MINE = Source("/srv/sample-lab/skyforge.toml", "ab" * 32)


def found(*names: str) -> FakeMachine:
    """Return a machine that has these tools."""
    return FakeMachine(
        *(Check(name, CheckGroup.TOOL, CheckState.OK, "something") for name in names)
    )


async def test_due_with_nothing() -> None:
    """Without a configuration and without anything to launch, the first page is due."""
    core = Core()
    assert await core.welcome.is_due(ADA) is True
    core.host.put(a_project())
    await core.catalog.read_all()
    assert await core.welcome.is_due(ADA) is True


async def test_not_due_with_a_template() -> None:
    """Something to launch, anywhere, and it is never shown again."""
    core = Core()
    project = a_project()
    core.host.put(project, a_template(project_id=project.id))
    await core.catalog.read_all()
    assert await core.welcome.is_due(ADA) is False


async def test_not_due_with_a_configuration() -> None:
    """Who has a configuration knows the way."""
    core = Core()
    path = await core.welcome.write_config(ADA)
    assert path == core.starter.config
    assert await core.welcome.is_due(ADA) is False
    with pytest.raises(Conflict):
        await core.welcome.write_config(ADA)


async def test_a_sample_is_read_and_trusted_to_the_byte() -> None:
    """What was written is trusted; what differs from it, by one byte, is not."""
    core = Core()
    project = a_project(path="/srv/sample-lab")
    other = Source("/srv/sample-lab/site.yml", "cd" * 32)
    core.host.put(
        project,
        a_template(project_id=project.id, name="check", sources=(MINE,)),
        a_template(project_id=project.id, name="site", sources=(other,)),
    )
    core.starter.sources = (MINE, Source(other.path, "ef" * 32))
    assert await core.welcome.create_sample(ADA) == Path("/srv/sample-lab")
    trusted = {one.name: one.is_trusted for one in core.catalog.templates_of(project.id)}
    assert trusted == {"check": True, "site": False}


async def test_a_sample_goes_where_one_says() -> None:
    """Without a folder it goes where projects are looked for."""
    core = Core()
    core.starter.roots = (Path("/labs"), Path("/other"))
    await core.welcome.create_sample(ADA)
    await core.welcome.create_sample(ADA, Path("/tmp/x"))
    assert list(core.starter.samples) == [Path("/labs/sample-lab"), Path("/tmp/x")]


@pytest.mark.parametrize(
    ("tools", "with_containers"),
    [
        (("docker", "containerlab"), True),
        (("docker",), False),
        (("containerlab",), False),
        ((), False),
    ],
)
async def test_the_sample_suits_the_machine(tools: tuple[str, ...], with_containers: bool) -> None:
    """Its topology runs in containers only where an engine and containerlab are."""
    core = Core(machine=found(*tools))
    await core.welcome.create_sample(ADA)
    assert list(core.starter.samples.values()) == [with_containers]


async def test_a_folder_is_used_at_once() -> None:
    """A chosen folder is kept in the configuration, and looked through now."""
    core = Core()
    await core.welcome.use_folder(ADA, Path("/labs"))
    assert core.starter.config_roots == [Path("/labs")]
    assert core.starter.roots == (Path("/labs"),)


async def test_a_refused_folder_changes_nothing() -> None:
    """Where a configuration is already, the folders stay as they are."""
    core = Core()
    await core.welcome.write_config(ADA)
    with pytest.raises(Conflict):
        await core.welcome.use_folder(ADA, Path("/labs"))
    assert core.starter.roots == (Path("/srv"),)


async def test_a_beginning_is_in_no_project() -> None:
    """There is no project whose roles would say who may begin."""
    with pytest.raises(NotFound):
        await Core().welcome.project_of("anything")
