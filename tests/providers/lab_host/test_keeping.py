"""Old runs on a host go for good, by its real shell; what goes on, or is somebody else's, stays."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.integrations.ssh import holding
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.providers.runs.lab_host.keeping import LabHostKeeping
from skyforge_tui.providers.runs.lab_host.names import Topology
from tests.builders import a_spec
from tests.lab_hosts import HostBench, access_to, host_bench
from tests.providers.lab_host.test_stopped_program import configured

ME = getpass.getuser()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[HostBench]:
    """Return an engine on a pretend host."""
    async with host_bench(tmp_path) as found:
        yield found


def folders(bench: HostBench) -> set[str]:
    """Return what is in the folder of runs, hidden things too."""
    return {one.name for one in (bench.host.home / ".skyforge/runs").iterdir()}


async def runs_of(bench: HostBench, count: int, by: str = ME) -> list[Run]:
    """Start and end so many runs of a person."""
    made = []
    for _ in range(count):
        spec = a_spec(
            template_id=bench.names.template_id(
                Topology("netlab", f"{bench.host.home}/labs/edge", "topology.yml")
            ),
            answers={"action": "create"}, started_by=by, created_at=bench.clock.now(),
        )  # fmt: skip
        made.append(await bench.engine.start(spec, {}))
    for one in made:
        exit_file = bench.host.home / ".skyforge/runs" / str(one.number) / "exit"
        await bench.until(exit_file.exists)
    return made


async def test_only_ones_own_that_have_ended_go(bench: HostBench) -> None:
    """A run goes with its folder and token; one that goes on, or is somebody else's, does not."""
    mine, theirs = await runs_of(bench, 2), await runs_of(bench, 1, by="grace")
    going = await bench.launch("wan", action="up")  # it waits for an answer
    spec = bench.host.home / ".skyforge/runs" / str(going.number) / "spec"
    await asyncio.to_thread(
        lambda: spec.write_text(json.dumps(json.loads(spec.read_text()) | {"by": ME}))
    )
    ssh = SshHost(access_to(bench.host), Nobody())
    keeper = LabHostKeeping(Detached(ssh), bench.names, bench.clock, "netlab", ME)
    known = await keeper.all()
    assert [one.number for one in known] == [going.number, mine[1].number, mine[0].number]
    wrong = RunId(mine[1].id[:-8] + "f" * 8)  # a number that was given again
    gone = await keeper.remove([mine[0].id, going.id, theirs[0].id, wrong])
    assert gone == {mine[0].id}
    assert str(mine[0].number) not in folders(bench)
    assert len([one for one in folders(bench) if one.startswith(".")]) == 3  # tokens of the others
    assert (await bench.read(going.id)).state is RunState.RUNNING
    assert await keeper.remove([mine[0].id]) == await keeper.remove([]) == frozenset()
    assert (await bench.engine.listed([mine[0].id])).gone == {mine[0].id}
    await ssh.aclose()


async def test_the_shell_itself_lets_nothing_go_that_lives(bench: HostBench) -> None:
    """Whatever is asked for: numbers that are none, runs that live or have just begun stay."""
    going = await bench.launch("wan", action="up")
    root = bench.host.home / ".skyforge/runs"
    (root / "77").mkdir()  # somebody just made it
    (root / ".gone-5").mkdir()  # a removal that was broken off
    ssh = SshHost(access_to(bench.host), Nobody())
    done = await ssh.run(
        holding.DROP,
        [str(going.number), "ab", "77", "cd", "../../labs", "ef", "*", "00", "-rf", "11", "", "22"],
    )
    assert done.stdout == b""
    assert {str(going.number), "77"} <= folders(bench)
    assert ".gone-5" not in folders(bench)
    assert (bench.host.home / "labs/edge/topology.yml").exists()
    os.utime(root / "77", (1_700_000_000, 1_700_000_000))  # nobody ever began it
    assert await Detached(ssh).drop({77: "ab"}) == {77}
    await ssh.aclose()


async def test_it_is_told_before_it_is_done(tmp_path: Path) -> None:
    """`runs gc --dry-run` tells what would go from a host; `--yes` has it go."""
    async with host_bench(tmp_path / "bench") as bench:
        made = await runs_of(bench, 3)
        config = configured(bench, tmp_path)

        async def gc(*words: str) -> dict[str, Any]:
            program = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "skyforge_tui", "--config", str(config), "runs", "gc",
                "--json", *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
                env={**os.environ, "HOME": str(tmp_path), "SSH_AUTH_SOCK": ""},
            )  # fmt: skip
            out, errors = await program.communicate()
            assert program.returncode == 0, errors
            told: dict[str, Any] = json.loads(out)
            return told

        (host,) = (await gc("--dry-run", "--host-keep", "1"))["hosts"]
        assert (host["runs"], host["active"], host["failure"]) == (3, 0, None)
        assert [one["id"] for one in host["would_remove"]] == [made[0].id, made[1].id]
        assert {str(one.number) for one in made} <= folders(bench)
        (gone,) = (await gc("--host-keep", "1", "--yes"))["removed_on_hosts"]
        assert gone["ids"] == sorted([made[0].id, made[1].id])
        assert {one for one in folders(bench) if one.isdigit()} == {str(made[2].number)}
