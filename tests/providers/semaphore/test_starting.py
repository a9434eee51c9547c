"""A run is started exactly once, or somebody hears why not; a dry run is dry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.run import RunState
from skyforge_tui.ports.run_engine import RunSeen
from tests.builders import a_spec
from tests.semaphores import Bench, bench_on, moving

STARTS = "*/tasks"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return an engine on a pretend server whose time passes by itself."""
    async with bench_on(tmp_path) as found, moving(found.server):
        yield found


def started(bench: Bench) -> list[Any]:
    """Return the runs the server has, oldest first."""
    return list(bench.server.state.runs.values())


def trouble(bench: Bench, kind: Kind, **over: Any) -> Trouble:
    """Let starts go wrong."""
    return bench.server.chaos.add(Trouble(kind, path=STARTS, method="POST", **over))


async def test_a_lost_answer_does_not_start_a_second_run(bench: Bench) -> None:
    """When the connection is cut after the start was carried out, the run is found."""
    trouble(bench, Kind.LOST_ANSWER)
    run = await bench.launch()
    assert [one.id for one in started(bench)] == [run.number]
    assert bench.requests["POST"] == 1


async def test_a_bad_gateway_after_the_start_is_looked_into(bench: Bench) -> None:
    """An error of a proxy says nothing of the start: what the server shows decides."""
    trouble(bench, Kind.STATUS, status=502, times=1)
    with pytest.raises(Unavailable, match="shows no run of this launch") as caught:
        await bench.launch()
    assert caught.value.advice == "launch it again: this one is looked for first"
    assert started(bench) == []
    run = await bench.launch()
    assert [one.id for one in started(bench)] == [run.number]


async def test_a_start_that_nobody_can_say_more_of_is_remembered(bench: Bench) -> None:
    """A start that may have happened is found before the next one: it is not doubled unnoticed."""
    lost = trouble(bench, Kind.LOST_ANSWER)
    blind = bench.server.chaos.add(Trouble(Kind.STATUS, path="*/tasks/last", status=503))
    with pytest.raises(Unavailable, match="it is not known whether the run started") as caught:
        await bench.launch()
    mark = started(bench)[0].message.removeprefix("ada ")
    assert caught.value.advice == (
        f"look for a run with {mark} in its message before launching again"
    )
    with pytest.raises(Unavailable):
        await bench.launch()
    assert len(started(bench)) == 1
    bench.server.chaos.remove(lost)
    bench.server.chaos.remove(blind)
    with pytest.raises(Conflict, match=f"did start: it is run {started(bench)[0].id}"):
        await bench.launch()
    assert len(started(bench)) == 1
    await bench.launch()
    assert len(started(bench)) == 2


async def test_a_refused_start_is_final(bench: Bench) -> None:
    """What the server understood and turned down is not looked for, and says why."""
    trouble(bench, Kind.STATUS, status=400, body='{"error": "no room"}', times=1)
    with pytest.raises(Invalid, match="no room"):
        await bench.launch()
    trouble(bench, Kind.STATUS, status=403, times=1)
    with pytest.raises(Forbidden):
        await bench.launch()
    assert started(bench) == []
    with pytest.raises(NotFound):
        await bench.engine.start(a_spec(template_id=f"{bench.template_id}9"), {})


async def test_answers_become_variables_of_their_types(bench: Bench) -> None:
    """Numbers are sent as numbers, secrets apart, and what was left empty is left out."""
    room = bench.server.state.rooms[1]
    (bgp,) = [one for one in room.templates.values() if one.name == "BGP policy"]
    answers = {
        "site": "oslo", "community": "65000:1", "prefix_limit": "12", "limit": "", "tags": "",
        "dry_run": "false", "diff": "false", "git_branch": "", "arguments": "--verbose 'a b'",
    }  # fmt: skip
    spec = a_spec(template_id=f"semaphore:1#{bgp.id}", template="BGP policy", answers=answers)
    run = await bench.engine.start(spec, {"bgp_password": "s3cret"})
    (task,) = started(bench)
    assert task.environment == '{"site": "oslo", "community": "65000:1", "prefix_limit": 12}'
    assert task.arguments == '["--verbose", "a b"]'
    detail = (await bench.engine.fetch([run.id])).runs[0]
    assert detail.spec.answers == {
        "site": "oslo", "community": "65000:1", "prefix_limit": "12",
        "arguments": "--verbose 'a b'",
    }  # fmt: skip
    assert "s3cret" not in repr(detail)


async def test_a_question_that_is_gone_is_not_answered(bench: Bench) -> None:
    """An answer to a question that the template does not ask any more is refused, not dropped."""
    with pytest.raises(Invalid, match="asks no question named 'where' any more"):
        await bench.launch(where="oslo")
    assert started(bench) == []


@pytest.mark.parametrize("version", ["2.8", "2.10", "2.11", "2.16"])
async def test_a_dry_run_is_dry_on_every_version(tmp_path: Path, version: str) -> None:
    """Old versions take a dry run in one place, new ones in another; all of them take it."""
    async with bench_on(tmp_path, version) as bench, moving(bench.server):
        run = await bench.launch(dry_run="true")
        detail = (await bench.engine.fetch([run.id])).runs[0]
        assert detail.spec.answers["dry_run"] == "true"
        assert detail.run.note == "dry run"


async def test_a_dry_run_that_the_server_ignores_is_stopped(bench: Bench) -> None:
    """When what comes back does not say that the run is dry, it is stopped at once, and said."""
    original = bench.client.tasks.start

    async def forgetful(start: Any) -> Any:
        start.params, start.dry_run = None, False
        return await original(start)

    bench.client.tasks.start = forgetful  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="the server ignored the dry run: run 1 was stopped at once"):
        await bench.launch(dry_run="true")
    (task,) = started(bench)
    await bench.until(lambda: task.end is not None)
    assert (task.status, task.start) == ("stopped", None)


async def test_a_stop_that_ends_as_error_is_a_stop(tmp_path: Path) -> None:
    """Up to 2.10 a stopped run may end as `error`: it is shown as stopped, and says so."""
    async with bench_on(tmp_path, "2.10", stop_ends_as="error") as bench, moving(bench.server):
        run = await bench.launch("slow")
        async with bench.watched():
            await bench.until_status(run, "running")
            await bench.engine.stop(run.id)
            await bench.until_status(run, "error")
            ended = await bench.read(run.id)
        assert (ended.state, ended.note) == (
            RunState.STOPPED,
            "stopped; the server calls it failed",
        )
        assert RunSeen(run.id) in bench.news


async def test_asking_again_stops_by_force(bench: Bench) -> None:
    """The first stop asks; a second one, while that takes its time, ends the run by force."""
    bench.server.habits.stop_s = 3600
    run = await bench.launch("slow")
    await bench.until_status(run, "running")
    await bench.engine.stop(run.id)
    assert (await bench.read(run.id)).state is RunState.STOPPING
    await bench.engine.stop(run.id)
    assert (await bench.read(run.id)).state is RunState.STOPPED


async def test_a_run_that_waits_is_confirmed_or_rejected(tmp_path: Path) -> None:
    """A plan waits for a person: confirmed it goes on, rejected it ends; else there is nothing."""
    async with bench_on(tmp_path, who="olga") as bench, moving(bench.server):
        rooms = bench.server.state.rooms.values()
        (room,) = [one for one in rooms if one.project.name == "cloud-landing"]
        (plan,) = [one for one in room.templates.values() if one.name == "Network"]
        spec = a_spec(template_id=f"semaphore:{room.project.id}#{plan.id}", answers={})
        for verb, last in (("confirm", "success"), ("reject", "error")):
            run = await bench.engine.start(spec, {})
            await bench.until_status(run, "waiting_confirmation")
            waiting = await bench.read(run.id)
            assert (waiting.waits_for_confirmation, waiting.asks) == (True, True)
            await getattr(bench.engine, verb)(run.id)
            await bench.until_status(run, last)
            with pytest.raises(Conflict, match="waits for no confirmation"):
                await getattr(bench.engine, verb)(run.id)
