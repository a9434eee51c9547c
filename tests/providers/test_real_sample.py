"""Everything in the sample project really runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.launch import build
from skyforge_tui.domain.template import Template
from skyforge_tui.integrations.process import Completed, run
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from skyforge_tui.providers.starter.local import LocalStarter
from skyforge_tui.settings.sample import sample


@pytest.fixture
async def templates(tmp_path: Path) -> dict[str, Template]:
    """Return what can be launched in a fresh sample project."""
    target = tmp_path / "sample-lab"
    starter = LocalStarter(tmp_path / "config.toml", sample)
    await starter.write_sample(target, with_containers=False)
    host = LocalRepositoryHost([tmp_path], "ada")
    (project,) = (await host.list_projects()).projects
    content = await host.read_project(project)
    assert content.project.notices == ()
    return {one.name: one for one in content.templates}


async def launched(template: Template, program: Path | None = None, **answers: str) -> Completed:
    """Run a template to its end with these answers, found on this machine as `program`."""
    launch = build(template, *template.checked_answers(answers))
    environ = {**os.environ, **launch.environment, **launch.secret_environment}
    if program is not None:
        environ["PATH"] = os.pathsep.join([str(program.parent), environ.get("PATH", "")])
    done = await run(launch.command, cwd=template.directory, env=environ, timeout_s=100)
    assert done.exit_code == 0, (done.stdout + done.stderr).decode()
    return done


async def test_all_of_it_is_found(templates: dict[str, Template]) -> None:
    """A script, a playbook, a topology and two targets can be launched, each explained."""
    assert sorted(templates) == [
        "check", "lab/topology.yml", "make hello", "make tree", "playbooks/site.yml"
    ]  # fmt: skip
    assert all(one.description for one in templates.values())


async def test_the_script_asks_and_reports(templates: dict[str, Template]) -> None:
    """The script takes a number, a choice and a secret, leaves a report and says so."""
    done = await launched(templates["check"], rounds="1", level="loud", token="swordfish")
    assert b"round 1 of 1" in done.stdout
    assert b"SKYFORGE_ARTIFACT report=reports/check.txt\n" in done.stdout
    assert b"a token of 9 characters" in done.stdout
    assert b"swordfish" not in done.stdout
    (report,) = left_by(templates["check"])
    assert report.startswith("round 1 of 1: load ")


def left_by(template: Template) -> list[str]:
    """Return what stands in the files that a template says it leaves."""
    folder = Path(template.directory)
    return [path.read_text() for glob in template.artifacts for path in folder.glob(glob)]


async def test_the_script_needs_no_answer(templates: dict[str, Template]) -> None:
    """Every question has a default, or may stay open."""
    plain, secret = templates["check"].checked_answers({})
    assert (plain, secret) == ({"rounds": "3", "level": "normal"}, {"token": ""})


@pytest.mark.real
async def test_the_playbook_runs_here_alone(
    templates: dict[str, Template], real_program: Callable[[str], Path]
) -> None:
    """A real Ansible runs the playbook on this machine, twice with the same end."""
    program = real_program("ansible-playbook")
    first = await launched(templates["playbooks/site.yml"], program)
    assert b"changed=2" in first.stdout
    again = await launched(templates["playbooks/site.yml"], program)
    assert b"changed=0" in again.stdout
    folder = Path(templates["check"].directory)
    assert (folder / "reports" / "machine.txt").read_text().strip()


@pytest.mark.real
@pytest.mark.parametrize("target", ["hello", "tree"])
async def test_the_targets_are_made(
    templates: dict[str, Template], real_program: Callable[[str], Path], target: str
) -> None:
    """A real make makes the targets."""
    done = await launched(templates[f"make {target}"], real_program("make"))
    assert done.stdout.strip()


@pytest.mark.real
async def test_the_topology_is_understood(
    templates: dict[str, Template], real_program: Callable[[str], Path]
) -> None:
    """A real netlab makes its files of the topology, reports on it and draws it."""
    program, template = real_program("netlab"), templates["lab/topology.yml"]
    folder = Path(template.directory)
    assert folder.name == "lab"
    await launched(template, program, action="create")
    assert (folder / "hosts.yml").exists()
    report = await launched(template, program, action="report", report="wiring")
    assert b"r1" in report.stdout
    await launched(template, program, action="graph")
    assert "r1" in (folder / "graph.dot").read_text()
