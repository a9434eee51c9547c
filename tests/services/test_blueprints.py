"""Files of a blueprint come into projects by one commit, and what a person edited stays theirs."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.domain.blueprint import Stays
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Act, SyncReport
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.services.blueprint_settling import BlueprintSettling
from tests.synced import Company, company


@dataclass
class World:
    """A company with a blueprint, and a project made from a folder of it."""

    firm: Company
    blueprint: Project
    edge: Project

    async def change(self, project: Project, **files: str | None) -> None:
        """Write files as somebody else does, `a__b` for `a/b.txt`; None deletes one."""
        host = self.firm.host
        changes = []
        for name, text in files.items():
            path = f"{name.replace('__', '/')}.txt"
            there = await host.read_file(project, "main", path, 1000)
            data = None if text is None else text.encode()
            changes.append(FileChange(path, data, there.object_id if there else ""))
        await host.write_files(project, changes, "Change it", branch="main")

    async def text(self, path: str) -> str | None:
        """Return what a file of the project holds."""
        found = await self.firm.host.read_file(self.edge, "main", path, 1000)
        return None if found is None else found.data.decode()

    async def run(self) -> SyncReport:
        """Bring the project into step."""
        return await self.firm.run(self.edge.id)

    async def settle(self, stays: Stays, *paths: str) -> tuple[str, ...]:
        """Say what stays."""
        settling = BlueprintSettling(self.firm.book, self.firm.access, self.firm.record)
        return await settling.settle(SYSTEM, self.edge.id, stays, paths)

    async def commits(self) -> int:
        """Return how many commits the project has."""
        return len((await self.firm.host.commits(self.edge, "main")).commits)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a project whose blueprint has three files, one of them in a folder."""
    async with company(tmp_path) as firm:
        blueprint = await firm.host.create_repository("fabric")
        made = World(firm, blueprint, blueprint)
        await made.change(
            blueprint, small__site="one", small__roles__bgp="two", small__notes="three",
            large__site="another",
        )  # fmt: skip
        manifest = ProjectManifest("edge", blueprint="admin/fabric/small")
        made.edge = await firm.project("edge", manifest)
        yield made


async def test_files_come_by_one_commit_and_then_follow(world: World) -> None:
    """What is new, changed or gone in the blueprint is so in the project, by a commit for all."""
    before = await world.commits()
    planned = await world.firm.run(world.edge.id, applies=False)
    (step,) = planned.left
    assert step.words == (
        "change blueprint admin/fabric/small: + notes.txt, + roles/bgp.txt, + site.txt"
    )
    assert await world.commits() == before
    assert not (await world.run()).left
    assert (await world.text("roles/bgp.txt"), await world.text("site.txt")) == ("two", "one")
    assert await world.commits() == before + 1
    wrote, asked = world.firm.writes, world.firm.requests
    assert (await world.run()).is_in_step
    assert world.firm.writes == wrote
    assert world.firm.requests - asked <= 10
    await world.change(world.blueprint, small__site="uno", small__notes=None, small__new="four")
    report = await world.run()
    assert [one.detail for one in report.done] == ["+ new.txt, ≠ site.txt, − notes.txt"]
    assert (await world.text("site.txt"), await world.text("notes.txt")) == ("uno", None)
    assert await world.commits() == before + 2


async def test_what_a_person_edited_stays(world: World) -> None:
    """Edits and deletions here survive every pass; a file that both changed is a step of its own.

    Nothing is written of it until somebody says whose stays.
    """
    await world.run()
    await world.change(world.edge, site="mine", notes=None)
    assert (await world.run()).is_in_step
    assert (await world.text("site.txt"), await world.text("notes.txt")) == ("mine", None)
    await world.change(world.blueprint, small__site="theirs", small__roles__bgp="next")
    report = await world.run()
    assert [one.detail for one in report.done] == ["≠ roles/bgp.txt"]
    assert [one.words for one in report.left] == [
        "conflict blueprint site.txt: yours stays: changed here, and changed in admin/fabric/small"
    ]
    assert (await world.run()).left == report.left
    assert await world.text("site.txt") == "mine"
    with pytest.raises(NotFound, match="was not changed on both sides"):
        await world.settle(Stays.MINE, "notes.txt")
    assert await world.settle(Stays.MINE) == ("site.txt",)
    assert (await world.run()).is_in_step
    assert await world.text("site.txt") == "mine"
    await world.change(world.blueprint, small__site="theirs again")
    (contested,) = (await world.run()).left
    assert contested.act is Act.CONFLICT
    await world.settle(Stays.THEIRS, "site.txt")
    assert not (await world.run()).left
    assert await world.text("site.txt") == "theirs again"


async def test_what_runs_unasked_brings_in_nothing_new(world: World) -> None:
    """Whoever may write the manifest cannot have others' repositories copied by a scheduled pass.

    Once somebody said so, that blueprint is followed.
    """
    deadline = world.firm.clock.now() + timedelta(seconds=60)
    care = world.firm.care()
    (report,) = await care.run_once(SYSTEM, deadline, applies=True, is_attended=False)
    assert (len(report.left), report.done) == (1, ())
    assert "only when somebody says so" in report.notes[0]
    await world.run()
    await world.change(world.blueprint, small__site="uno")
    (report,) = await care.run_once(SYSTEM, deadline, applies=True, is_attended=False)
    assert [one.detail for one in report.done] == ["≠ site.txt"]


@pytest.mark.parametrize(("blueprint", "why"), [
    ("admin/nothing", "no blueprint admin/nothing"), ("fabric", "is no blueprint"),
    ("admin/fabric/medium", "no folder medium in admin/fabric"),
    ("https://elsewhere.net/a/b", "is kept elsewhere"),
])  # fmt: skip
async def test_a_blueprint_that_is_not_there(world: World, blueprint: str, why: str) -> None:
    """What cannot be found is an error of the report, and nothing is written for it."""
    other = await world.firm.project("other", ProjectManifest("other", blueprint=blueprint))
    report = await world.firm.run(other.id)
    assert any(why in one for one in report.errors), report.errors
    assert not report.done


async def test_what_is_said_during_a_pass_holds(world: World) -> None:
    """A pass that writes meanwhile forgets no word, and a word forgets nothing of the pass."""
    await world.run()
    await world.change(world.edge, site="mine")
    await world.change(world.blueprint, small__site="theirs", small__roles__bgp="next")
    await world.firm.run(world.edge.id, applies=False)
    host, write = world.firm.host, world.firm.host.write_files

    async def write_files(*given: Any, **named: Any) -> str:
        await world.settle(Stays.THEIRS, "site.txt")
        return await write(*given, **named)

    host.write_files = write_files  # type: ignore[method-assign]
    assert [one.detail for one in (await world.run()).done] == ["≠ roles/bgp.txt"]
    host.write_files = write  # type: ignore[method-assign]
    assert [one.detail for one in (await world.run()).done] == ["≠ site.txt"]
    assert (await world.text("site.txt"), await world.text("roles/bgp.txt")) == ("theirs", "next")
    assert (await world.run()).is_in_step


async def test_programs_that_cannot_be_made_so_are_told(world: World) -> None:
    """The web interface makes no file executable: which ones came without it is said, once."""
    repo = world.firm.gitea.state.repo("admin/fabric")
    assert repo is not None
    stream = (
        b"commit refs/heads/main\ncommitter A <a@x> 1700000000 +0000\ndata 1\ng\n"
        b"from refs/heads/main^0\nM 100755 inline small/go.sh\ndata 2\ngo\n"
    )
    command = ["git", "--git-dir", str(repo.bare.path), "fast-import", "--quiet"]
    await asyncio.to_thread(subprocess.run, command, input=stream, check=True)
    report = await world.run()
    assert (report.errors, report.left) == ((), ())
    (note,) = report.notes
    assert note.startswith("go.sh is executable in admin/fabric/small, and not here: ")
    again = await world.run()
    assert (again.notes, again.is_in_step) == ((), True)
