"""A run is started exactly once, or somebody hears why not; a dry run is dry."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.things import SurveyVar
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.run import RunSpec, RunState
from skyforge_tui.ports.run_engine import RunSeen
from skyforge_tui.providers.runs.semaphore.projects import SemaphoreProjects
from skyforge_tui.services.run_specs import USUAL_WINDOW, spec_of
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
    trouble(bench, Kind.STATUS, status=400, times=1)
    with pytest.raises(Invalid, match="was answered 400") as caught:
        await bench.launch()
    assert caught.value.advice == "it does not say why: its own log may"
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


@pytest.mark.parametrize(
    ("asked", "ignored"),
    [
        ({"dry_run": "true"}, "the dry run"),
        ({"limit": "leaf1"}, "the limit"),
        ({"dry_run": "true", "limit": "leaf1"}, "the dry run and the limit"),
    ],
)
async def test_a_dry_run_or_limit_that_the_server_ignores_is_stopped(
    bench: Bench, asked: dict[str, str], ignored: str
) -> None:
    """When what comes back does not say that the run is harmless, it is stopped, and said."""
    original = bench.client.tasks.start

    async def forgetful(start: Any) -> Any:
        start.params, start.dry_run, start.limit = None, False, ""
        return await original(start)

    bench.template.task_params["allow_override_limit"] = True
    bench.client.tasks.start = forgetful  # type: ignore[method-assign]
    with pytest.raises(Conflict, match=f"the server ignored {ignored}: run 1 was stopped at once"):
        await bench.launch(**asked)
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


def a_plan(bench: Bench) -> RunSpec:
    """Return what starts a plan, which waits for confirmation."""
    rooms = bench.server.state.rooms.values()
    (room,) = [one for one in rooms if one.project.name == "cloud-landing"]
    (plan,) = [one for one in room.templates.values() if one.name == "Network"]
    return a_spec(template_id=f"semaphore:{room.project.id}#{plan.id}", answers={})


async def test_a_run_that_waits_is_confirmed_or_rejected(tmp_path: Path) -> None:
    """A plan waits for a person: confirmed it goes on, rejected it ends; else there is nothing."""
    async with bench_on(tmp_path, who="olga") as bench, moving(bench.server):
        for verb, last in (("confirm", "success"), ("reject", "error")):
            run = await bench.engine.start(a_plan(bench), {})
            await bench.until_status(run, "waiting_confirmation")
            waiting = await bench.read(run.id)
            assert (waiting.waits_for_confirmation, waiting.asks) == (True, True)
            await getattr(bench.engine, verb)(run.id)
            await bench.until_status(run, last)
            with pytest.raises(Conflict, match="waits for no confirmation"):
                await getattr(bench.engine, verb)(run.id)


@pytest.mark.parametrize("reverts", [False, True])
async def test_a_run_that_waits_is_stopped(tmp_path: Path, reverts: bool) -> None:
    """Stopping what waits for confirmation ends it, though the server may take the stop back."""
    async with (
        bench_on(tmp_path, who="olga", stop_reverts=reverts) as bench,
        moving(bench.server),
    ):
        run = await bench.engine.start(a_plan(bench), {})
        await bench.until_status(run, "waiting_confirmation")
        await bench.engine.stop(run.id)
        await bench.until_ended(run)
        ended = await bench.read(run.id)
        assert (ended.state, ended.waits_for_confirmation) == (RunState.STOPPED, False)


async def test_a_stop_that_an_old_server_takes_back_is_said(tmp_path: Path) -> None:
    """Before 2.12 nothing rejects: a run that waits again says so, and how it can be ended."""
    async with (
        bench_on(tmp_path, "2.11", who="olga", stop_reverts=True) as bench,
        moving(bench.server),
    ):
        run = await bench.engine.start(a_plan(bench), {})
        await bench.until_status(run, "waiting_confirmation")
        with pytest.raises(Conflict, match="took the stop back") as caught:
            await bench.engine.stop(run.id)
        assert caught.value.advice == "A lets it go on; then x stops it"
        assert (await bench.read(run.id)).asks


@pytest.mark.parametrize("verb", ["confirm", "reject"])
async def test_what_a_restart_left_waiting_says_so(tmp_path: Path, verb: str) -> None:
    """After a restart the server shows a run as waiting that nobody holds: only a stop ends it."""
    async with bench_on(tmp_path, who="olga") as bench, moving(bench.server):
        run = await bench.engine.start(a_plan(bench), {})
        await bench.until_status(run, "waiting_confirmation")
        await bench.server.restart()
        with pytest.raises(Conflict, match="does not hold it any more") as caught:
            await getattr(bench.engine, verb)(run.id)
        assert caught.value.advice == "x ends it; launch it again then"
        await bench.engine.stop(run.id)
        await bench.until_status(run, "stopped")


async def test_a_run_in_the_queue_is_stopped(tmp_path: Path) -> None:
    """A run that has not begun is stopping until the queue comes by, and never writes more."""
    async with bench_on(tmp_path, queue_s=3.0) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch()
            await bench.engine.stop(run.id)
            assert (await bench.read(run.id)).state is RunState.STOPPING
            await bench.engine.follow(run.id)
            await bench.until_complete(run)
        assert (await bench.read(run.id)).state is RunState.STOPPED
        assert bench.lines(run) == await bench.record(run) == [f"Task {run.number} added to queue"]


async def test_what_nobody_answered_has_its_default(bench: Bench) -> None:
    """The server applies no default of a survey and enforces no answer: that is done here."""
    bench.template.survey_vars = [
        SurveyVar(name="site", default_value="oslo", required=True),
        SurveyVar(name="count", type="int", default_value="3"),
        SurveyVar(name="who", required=True),
    ]
    host = SemaphoreProjects(bench.client, bench.engine._names, "")
    (project,) = [one for one in (await host.list_projects()).projects if one.id == "semaphore:1"]
    content = await host.read_project(project)
    (template,) = [one for one in content.templates if one.id == bench.template_id]
    at = bench.clock.now()
    with pytest.raises(Invalid, match="who"):
        spec_of(template, project, {}, by="ada", at=at, window=USUAL_WINDOW)
    spec, secret = spec_of(template, project, {"who": "you"}, by="ada", at=at, window=USUAL_WINDOW)
    await bench.engine.start(spec, secret)
    (task,) = started(bench)
    assert json.loads(task.environment) == {"site": "oslo", "count": 3, "who": "you"}
