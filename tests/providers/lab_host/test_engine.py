"""Runs on a lab host: nothing is lost when the line is, questions are answered, stops stop."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.run import RunState
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.ports.run_engine import RunSeen, WatchLost
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from tests.lab_hosts import HostBench, access_to, host_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[HostBench]:
    """Return an engine on a pretend host."""
    async with host_bench(tmp_path) as found:
        yield found


def digest(data: bytes) -> str:
    """Return the hash of bytes."""
    return hashlib.sha256(data).hexdigest()


async def test_a_cut_line_during_up_loses_nothing(tmp_path: Path) -> None:
    """The line is cut again and again while a lab comes up: what is kept is what the host has."""
    async with host_bench(tmp_path, pace_s=0.05) as bench, bench.watched():
        run = await bench.launch("dc1", action="up")
        await bench.engine.follow(run.id)
        for size in (100, 300, 600):
            await bench.until(lambda size=size: len(bench.here(run)) > size)  # type: ignore[misc]
            await bench.until(lambda: bench.host.cut() == 1)
        await bench.until(lambda: bench.is_whole(run))
        assert digest(bench.here(run)) == digest(bench.there(run))
        bench.host.habits.commands = 0
        assert (await bench.another().fetch([run.id])).runs[0].run.state is RunState.SUCCESS
        assert bench.host.habits.commands == 1  # true at the first look
        assert b"PLAY RECAP" in bench.here(run)
        assert bench.host.habits.sign_ins >= 2


async def test_a_program_that_was_away_catches_up(tmp_path: Path) -> None:
    """Our program ends in the middle of a start: the next one has the state in one look."""
    async with host_bench(tmp_path, pace_s=0.02) as bench:
        async with bench.watched():
            run = await bench.launch("dc1", action="up")
            await bench.engine.follow(run.id)
            await bench.until(lambda: len(bench.here(run)) > 200)
        await bench.aclose()
        before = bench.here(run)
        exit_file = bench.host.home / ".skyforge/runs" / str(run.number) / "exit"
        await bench.until(exit_file.exists)
        assert bench.here(run) == before != bench.there(run)
        again = bench.another()
        bench.host.habits.commands = 0
        held = await again.listed([run.id])
        assert run.id in held.ids
        seen = (await again.fetch([run.id])).runs[0]
        assert bench.host.habits.commands == 1
        assert (seen.run.state, seen.run.action) == (RunState.SUCCESS, "up")
        assert seen.spec.command == ("netlab", "up", "topology.yml")
        await again.bring(run.id)
        assert bench.is_whole(run)
        assert digest(bench.here(run)) == digest(bench.there(run))


async def test_a_lost_answer_starts_nothing_twice(bench: HostBench) -> None:
    """When the line breaks after a start was carried out, asking again finds the same run."""
    bench.host.chaos.add(Trouble(Kind.LOST_ANSWER, times=1))
    run = await bench.launch("edge", action="create")
    assert bench.host.habits.sign_ins == 2
    assert (await bench.engine.listed([])).ids == {run.id}
    folders = [one.name for one in (bench.host.home / ".skyforge/runs").iterdir()]
    assert len([one for one in folders if not one.startswith(".")]) == 1


async def test_a_start_is_a_start_though_nobody_can_look(bench: HostBench) -> None:
    """When the line breaks after a run has begun, it is there, and starting; it is no failure."""
    bench.host.chaos.add(Trouble(Kind.CUT, share=0.5, times=1))  # the second command
    run = await bench.launch("edge", action="create")
    assert run.state is RunState.STARTING
    assert (await bench.engine.listed([])).ids == {run.id}


async def test_a_host_that_is_away_is_waited_for(bench: HostBench) -> None:
    """A host that restarts is lost, and watched again once it is back; its runs went on."""
    async with bench.watched():
        run = await bench.launch("edge", action="up")
        await bench.engine.follow(run.id)
        restarting = asyncio.create_task(bench.host.restart(down_s=0.2))
        await bench.until(lambda: any(isinstance(one, WatchLost) for one in bench.news))
        await restarting
        await bench.until(lambda: bench.is_whole(run))
    assert digest(bench.here(run)) == digest(bench.there(run))
    lost = next(one for one in bench.news if isinstance(one, WatchLost))
    assert isinstance(lost.error, Unavailable)


async def test_a_question_is_shown_and_answered(bench: HostBench) -> None:
    """Netlab asks before it goes on with devices wired by hand: the run asks, and is answered."""
    async with bench.watched():
        run = await bench.launch("wan", action="up")
        async with asyncio.timeout(30):
            while not (seen := await bench.read(run.id)).waits_for_input:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert seen.state is RunState.RUNNING
        await bench.engine.answer(run.id, b"y\n")
        await bench.engine.follow(run.id)
        await bench.until(lambda: bench.is_whole(run))
    assert (await bench.read(run.id)).state is RunState.SUCCESS
    with pytest.raises(Conflict, match="has ended already: success"):
        await bench.engine.answer(run.id, b"y\n")


async def test_a_start_is_interrupted(tmp_path: Path) -> None:
    """The first stop is ctrl+c: netlab hears it, says so, and the run is stopped."""
    async with host_bench(tmp_path, pace_s=0.3) as bench, bench.watched():
        run = await bench.launch("dc1", action="up")
        await bench.engine.follow(run.id)
        await bench.until(lambda: b"[CREATED]" in bench.here(run))
        await bench.engine.stop(run.id)
        await bench.until(lambda: bench.is_whole(run))
        assert b"Interrupted by user" in bench.here(run)
        assert (await bench.read(run.id)).state is RunState.STOPPED
        assert RunSeen(run.id) in bench.news


async def test_a_failure_says_why(bench: HostBench) -> None:
    """A start that fails is an error with netlab's exit code and words."""
    async with bench.watched():
        run = await bench.launch("nightly", action="up")
        await bench.engine.follow(run.id)
        await bench.until(lambda: bench.is_whole(run))
    ended = await bench.read(run.id)
    assert (ended.state, ended.exit_code) == (RunState.ERROR, 1)
    assert b"Fatal error in netlab: Cannot start node r2" in bench.here(run)


async def test_names_of_labs_are_never_code(bench: HostBench) -> None:
    """A folder and answers full of shell code reach netlab as words; a wrong answer is refused."""
    name = "$(touch owned)'\";touch owned\n`touch owned`"
    folder = bench.host.home / "labs" / name
    folder.mkdir()
    (folder / "topology.yml").write_text("name: odd\nnodes: [ r1, r2 ]\nlinks: [ r1-r2 ]\n")
    async with bench.watched():
        run = await bench.launch(name, action="up")
        await bench.engine.follow(run.id)
        await bench.until(lambda: bench.is_whole(run))
        done = await bench.launch(
            name, action="exec", nodes="r1;touch owned", command="show $(touch owned) 'a b'"
        )
        await bench.engine.follow(done.id)
        await bench.until(lambda: bench.is_whole(done))
    assert (await bench.read(run.id)).state is RunState.SUCCESS
    assert b"r1;touch owned: show $(touch owned) a b" in bench.here(done)
    assert not list(bench.host.folder.rglob("owned"))
    assert bench.names.topology_of((await bench.read(run.id)).template_id).directory == str(folder)
    for answers in (
        {"action": "exec", "nodes": "--help", "command": "x"}, {"action": "up", "cleanup": "true"},
        {"action": "up", "instance": "255"}, {"action": "exec", "nodes": "r1", "command": "'"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await bench.launch("edge", **answers)


async def test_a_host_set_up_anew_has_other_runs(bench: HostBench) -> None:
    """A run whose number belongs to another one by now is gone, not mistaken for it."""
    run = await bench.launch("edge", action="create")
    await bench.until(lambda: bench.there(run) != b"")
    (bench.host.home / ".skyforge").rename(bench.host.home / ".before")
    other = await bench.launch("edge", action="create")
    assert (other.number, other.id != run.id) == (run.number, True)
    held = await bench.engine.listed([run.id, other.id])
    assert (held.ids, held.gone) == (frozenset({other.id}), frozenset({run.id}))
    with pytest.raises(NotFound):
        await bench.engine.stop(RunId("elsewhere:1-00000000"))


async def test_one_of_several_labs_stays_so(tmp_path: Path) -> None:
    """A lab beside others of the same person is the same after a restart, and configured anew."""
    async with host_bench(tmp_path) as bench, bench.watched():
        for lab, action in (
            ("dc1", "up"),
            ("edge", "up"),
            ("edge", "restart"),
            ("edge", "initial"),
        ):
            more = {"instance": "12"} if lab == "edge" and action != "initial" else {}
            run = await bench.launch(lab, action=action, **more)
            await bench.engine.follow(run.id)
            await bench.until(lambda run=run: bench.is_whole(run))  # type: ignore[misc]
            assert (await bench.read(run.id)).state is RunState.SUCCESS, bench.here(run)
        told = json.loads((bench.host.home / ".netlab/status.yaml").read_text())
        assert {one: entry["name"] for one, entry in told.items()} == {
            "default": "dc1", "12": "edge",
        }  # fmt: skip
        ssh = SshHost(access_to(bench.host), Nobody())
        labs = NetlabHostLabs(
            RemoteNetlab(ssh), ssh, bench.clock, owner="netlab", upstream="labhost"
        )
        found = {one.name: one for one in (await labs.list_for_user()).labs}
        await ssh.aclose()
        assert (found["edge"].id, found["edge"].state) == ("labhost:12", LabState.RUNNING)
        assert found["edge"].note == ""
