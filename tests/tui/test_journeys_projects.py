"""Projects by keystroke: made, adopted, brought into step and deleted, with servers that fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.integrations.gitea.files import FileChange
from tests import giteas, semaphores
from tests.estates import served_semaphore
from tests.tui.cockpit_harness import press, row_with, until_gone, until_idle, until_shown, write
from tests.tui.git_cockpit import configure

MANIFEST = b'[project]\nname = "Core"\nengine = "runs"\n\n[members]\nowners = ["olga"]\n'


@dataclass
class Both:
    """A repository server and a run engine, and a cockpit that knows them."""

    gitea: GiteaServer
    semaphore: SemaphoreServer
    pilot: Pilot[Any]

    def rooms(self, name: str) -> int:
        """Return how many projects of the engine are called so."""
        return sum(one.project.name == name for one in self.semaphore.state.rooms.values())

    async def add_key(self, project: str, name: str) -> None:
        """Put a key into a project of the engine, as somebody else."""
        rooms = self.semaphore.state.rooms
        (number,) = [at for at, one in rooms.items() if one.project.name == project]
        async with semaphores.client_of(self.semaphore) as client:
            await client.create(number, "keys", {"name": name, "type": "none"})

    async def choose(self, name: str) -> None:
        """Put the cursor on the only project of a name."""
        await press(self.pilot, "1", "slash", shows="/")
        await write(self.pilot, name)
        await press(self.pilot, "enter", shows="esc clears")


@asynccontextmanager
async def both(
    base: Path, *, runs_as: str = "admin", guard: str = "normal", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Both]:
    """Open a cockpit on both servers, with a repository that has a manifest and a plain one."""
    async with giteas.served_gitea() as gitea, served_semaphore() as semaphore:
        async with giteas.client_at(gitea.url, gitea.token("admin")) as client:
            await client.repos.create("core")
            change = FileChange("create", ".skyforge/project.toml", MANIFEST)
            await client.files.write_all("admin/core", [change], "Say what", branch="main")
            await client.repos.create("tinker")
        secret = base / "run-token"
        secret.write_text(semaphore.token(runs_as))
        secret.chmod(0o600)
        more = f'[semaphore.runs]\nurl = "{semaphore.url}"\ntoken = "file:{secret}"\n'
        site = configure(base, gitea, "admin", f'guard = "{guard}"\n{more}')
        async with site.app().run_test(size=size) as pilot:
            await until_shown(pilot, "Projects 15", "tinker")
            await until_gone(pilot, "reading")
            await until_idle(pilot)
            yield Both(gitea, semaphore, pilot)


async def test_made_with_a_step_that_fails(tmp_path: Path) -> None:
    """Steps are shown before, live, and as they ended; only what is missing is done again."""
    async with both(tmp_path) as there:
        pilot = there.pilot
        hanging = there.semaphore.chaos.add(Trouble(Kind.HANG, "*/inventory", method="POST"))
        failing = there.semaphore.chaos.add(
            Trouble(Kind.STATUS, "*/environment", method="POST", status=500)
        )
        await press(pilot, "plus", shows=("New project", "enter look first"))
        await write(pilot, "the spine")
        await press(pilot, "enter", shows="the spine can be no name")
        await press(pilot, *["backspace"] * 9)
        await write(pilot, "spine")
        await press(pilot, *["tab"] * 4, "right", "tab", shows="‹ runs ›")
        await write(pilot, "eve-9")
        await press(pilot, "enter", shows="no lab server is called eve-9 here")
        await press(pilot, *["tab"] * 5, *["backspace"] * 5)
        await press(pilot, "enter", shows=("Make spine", "7 due", "enter make it"))
        assert "to do" in row_with(pilot.app, "manifest .skyforge/project.toml")
        await press(pilot, "escape", shows=("New project", "spine"))  # and nothing is lost of it
        await press(pilot, "enter", shows="enter make it")
        assert there.rooms("spine") == 0
        await press(pilot, "enter", shows="doing create inventory localhost")
        assert "done" in row_with(pilot.app, "repository spine at git")
        assert "waits" in row_with(pilot.app, "create variable group")
        there.semaphore.chaos.remove(hanging)
        await until_shown(pilot, "6 done, 1 failed", "enter do what is missing")
        assert "failed" in row_with(pilot.app, "create variable group")
        await until_shown(pilot, "answered 500")
        there.semaphore.chaos.remove(failing)
        heard = len(there.gitea.state.repos)
        await press(pilot, "enter", shows=("7 done", "enter close"))
        assert "there" in row_with(pilot.app, "repository spine at git")
        assert len(there.gitea.state.repos) == heard
        assert there.rooms("spine") == 1
        await press(pilot, "enter", shows="Made spine")
        await until_shown(pilot, "▌ spine")
        words = "projects create spine --on git --engine runs --private"
        await press(pilot, "at", shows=("× failed skyforge projects create", "✓ ok", words))


async def test_where_only_administrators_make_run_projects(tmp_path: Path) -> None:
    """It is said before anything is made, and the rest is made all the same if one wants it."""
    async with both(tmp_path, runs_as="olga", size=(120, 36)) as there:
        pilot = there.pilot
        await press(pilot, "plus", shows="New project")
        await write(pilot, "spine")
        await press(pilot, *["tab"] * 4, "right", "enter", shows=("5 cannot be done", "make it"))
        assert "cannot" in row_with(pilot.app, "create run project spine")
        await until_shown(pilot, "only its administrators make projects: ask one")
        await press(pilot, "enter", shows=("2 done, 1 failed, 4 not done", "do what is missing"))
        said = ("spine: not all of it was done", "S does what is missing")
        await press(pilot, "escape", shows=said)
        await press(pilot, "escape", "S", shows=("Sync spine", "+ run project spine"))


async def test_a_plan_is_read_and_applied(tmp_path: Path) -> None:
    """What keeps a project from being in step is shown first, and written by one key."""
    async with both(tmp_path) as there:
        pilot = there.pilot
        await there.choose("core !spine")
        await press(pilot, "S", shows=("Sync core", "+ collaborator olga", "y write this"))
        assert there.rooms("Core") == 0
        hanging = there.semaphore.chaos.add(Trouble(Kind.HANG, "*/inventory", method="POST"))
        await press(pilot, "y", shows=("writing, 5 of 7", "✓ + run project Core", "… + variable"))
        there.semaphore.chaos.remove(hanging)
        await until_shown(pilot, "7 done", "✓ + variable group")
        await press(pilot, "r", shows=("in step", "as the manifest says"))
        assert there.rooms("Core") == 1
        await press(pilot, "escape", shows="PROJECT")


async def test_a_plan_for_guarded_servers_is_typed(tmp_path: Path) -> None:
    """Where a guard says so, a plan is written in so many words only; going back keeps the plan."""
    async with both(tmp_path, guard="confirm") as there:
        pilot = there.pilot
        await there.choose("core !spine")
        await press(pilot, "S", shows=("Sync core", "y write this"))
        await press(pilot, "y", shows=("asks for the words", "sync core", "! confirm"))
        await press(pilot, "enter", "escape", shows=("Sync core", "y write this"))
        assert there.rooms("Core") == 0
        await press(pilot, "y", shows="asks for the words")
        await write(pilot, "sync core")
        await press(pilot, "enter", shows="7 done")
        assert there.rooms("Core") == 1


async def test_a_plain_repository_is_adopted(tmp_path: Path) -> None:
    """Refused to be synced with the way on, adopted by a manifest, and refused a second time."""
    async with both(tmp_path, guard="confirm") as there:
        pilot = there.pilot
        await there.choose("tinker")
        await press(pilot, "S", shows="tinker has no .skyforge/project.toml; a writes one")
        await press(pilot, "a", shows=("Adopt tinker", "repository http", "as it is"))
        await press(pilot, "enter", shows=("git asks for the words", "✓ there", "! confirm"))
        await write(pilot, "adopt tinker")
        await press(pilot, "enter", shows=("2 done", "enter close"))
        await press(pilot, "enter", shows="Adopted tinker")
        await until_gone(pilot, "reading")
        await press(pilot, "a", shows="tinker has a manifest already")


async def test_deleted_by_its_name_in_two_tries(tmp_path: Path) -> None:
    """What goes and stays is shown; from a partial answer nothing goes; a failure is mended."""
    async with both(tmp_path) as there:
        pilot = there.pilot
        await there.choose("core")
        await press(pilot, "S", shows="y write this")
        await press(pilot, "y", shows="7 done")
        await press(pilot, "escape", shows="PROJECT")
        silent = there.semaphore.chaos.add(Trouble(Kind.STATUS, "*/inventory", status=500))
        await press(pilot, "D", shows=("Delete core", "runs was not looked at"))
        await write(pilot, "core")
        await press(pilot, "enter", shows="not all could be looked at")
        await press(pilot, "escape", shows="PROJECT")
        there.semaphore.chaos.remove(silent)
        await press(pilot, "D", shows="goes run project Core at runs")
        await there.add_key("Core", "theirs")
        await write(pilot, "core")
        await press(pilot, "enter", shows=("is not as it was shown any more", "look again"))
        assert there.rooms("Core") == 1
        await press(pilot, "enter", shows=("key theirs (not of its manifest)", "Type core"))
        await press(pilot, "escape", shows="PROJECT")
        failing = there.gitea.chaos.add(
            Trouble(Kind.STATUS, "*/repos/admin/core", method="DELETE", status=500)
        )
        words = ("goes run project Core at runs", "key none;", "whole history", "stays its art")
        await press(pilot, "D", shows=words)
        assert "repository core;" in row_with(pilot.app, "repository core")
        await write(pilot, "cor")
        await press(pilot, "enter", shows="Type core")
        assert there.rooms("Core") == 1
        await write(pilot, "e")
        await press(pilot, "enter", shows=("1 gone, 1 failed", "answered 500"))
        assert there.rooms("Core") == 0
        there.gitea.chaos.remove(failing)
        await press(pilot, "enter", shows=("2 gone", "enter close"))
        await press(pilot, "enter", shows=("Deleted core", "0 of"))
        assert there.gitea.state.repo("admin/core") is None
        await press(pilot, "escape", "escape", "slash", shows="/")
        await write(pilot, "edge-fabric")
        await press(pilot, "enter", "down", "D", shows="it is deleted there. Nothing was sent")
