"""Gitea Actions: runs of workflows and their jobs, made up from the newest commits.

Which routes there are depends on the release: tasks from 1.23 on, logs of jobs from 1.24 on, runs
and jobs from 1.25 on, running again from 1.26 on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from skyforge_tui.demo.clock import SECOND, written
from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer
from skyforge_tui.demo.servers.gitea.bare import Commit
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import asked, paged
from skyforge_tui.demo.servers.gitea.state import Repo

routes = Routes("repository")
_RUNS: Final = 12
"""How many of the newest commits were checked."""
_JOBS: Final = ("lint", "syntax")
_ZERO: Final = "1970-01-01T00:00:00Z"
_STATUSES: Final = frozenset(
    {
        "pending", "waiting", "requested", "action_required", "queued", "in_progress", "completed",
        "success", "failure", "skipped", "neutral", "cancelled", "timed_out", "",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Run:
    id: int
    number: int
    commit: Commit
    conclusion: str
    """Empty while it goes on."""

    @property
    def status(self) -> str:
        return "completed" if self.conclusion else "in_progress"


@routes("GET", "/repos/{owner}/{repo}/actions/tasks", since=23)
async def tasks(call: Call) -> Response:
    """List runs in the words of old releases."""
    runs = await _runs(call)
    shown = [
        {
            "id": one.id, "name": "lint", "head_branch": call.repo.default_branch,
            "head_sha": one.commit.sha, "run_number": one.number, "event": "push",
            "display_title": one.commit.message.partition("\n")[0],
            "status": one.conclusion or "running", "workflow_id": "check.yml",
            "url": _page(call, one),
            "created_at": _at(call, one), "updated_at": _at(call, one),
            "run_started_at": _at(call, one),
        }
        for one in _sliced(call, runs)
    ]  # fmt: skip
    return answer({"total_count": len(runs), "workflow_runs": shown})


@routes("GET", "/repos/{owner}/{repo}/actions/runs", since=25)
async def runs(call: Call) -> Response:
    """List runs."""
    wanted, branch = call.query("status"), call.query("branch")
    if wanted not in _STATUSES:
        raise Refusal(400, f"Invalid status {wanted}")
    found = [
        one
        for one in await _runs(call)
        if wanted in ("", one.status, one.conclusion) and branch in ("", call.repo.default_branch)
    ]
    shown = [_told(call, one) for one in _sliced(call, found)]
    envelope = {"total_count": len(found), "workflow_runs": shown}
    return paged(call, None, len(found), envelope=envelope)


@routes("GET", "/repos/{owner}/{repo}/actions/runs/{run}", since=25)
async def run(call: Call) -> Response:
    """Tell of one run, by its global number."""
    return answer(_told(call, await _run(call)))


@routes("GET", "/repos/{owner}/{repo}/actions/runs/{run}/jobs", since=25)
async def jobs(call: Call) -> Response:
    """List the jobs of a run."""
    found = await _run(call)
    shown = [_job(call, found, number) for number in range(len(_JOBS))]
    return answer({"total_count": len(shown), "jobs": shown})


@routes("GET", "/repos/{owner}/{repo}/actions/jobs/{job}/logs", since=24)
async def logs(call: Call) -> Response:
    """Give the output of a job: a time, and a line."""
    number = call.number("job")
    for one in await _runs(call):
        if number // 10 == one.id and number % 10 < len(_JOBS):
            name = _JOBS[number % 10]
            lines = (f"::group::Run {name}", f"\x1b[36m{name}\x1b[0m of {one.commit.sha[:7]}",
                     "::endgroup::", one.conclusion or "still running")  # fmt: skip
            begun = one.commit.committed * SECOND
            text = "".join(
                f"{written(begun + place * SECOND + 1000)} {line}\n"
                for place, line in enumerate(lines)
            )
            return Response(text, 200, media_type="text/plain; charset=utf-8")
    raise Refusal(404)


@routes("POST", "/repos/{owner}/{repo}/actions/runs/{run}/rerun", right="write", since=26)
async def rerun(call: Call) -> Response:
    """Take a run that has ended again."""
    found = await _run(call)
    if not found.conclusion:
        raise Refusal(400, "this workflow run is not done")
    return answer(_told(call, found), 201)


async def _runs(call: Call) -> list[_Run]:
    repo = call.repo
    await call.server.ready(repo)
    if repo.is_empty or repo.work is None:
        return []
    found = await repo.bare.log([f"refs/heads/{repo.default_branch}"], count=_RUNS)
    return [_made(call, repo, one, len(found) - place) for place, one in enumerate(found)]


def _made(call: Call, repo: Repo, commit: Commit, number: int) -> _Run:
    dice = call.state.estate.dice("actions", commit.sha)
    conclusion = dice.choices(["success", "failure", "cancelled"], [7, 2, 1])[0]
    return _Run(repo.id * 100 + number, number, commit, conclusion if number < _RUNS else "")


async def _run(call: Call) -> _Run:
    number = call.number("run")
    for one in await _runs(call):
        if one.id == number:
            return one
    raise Refusal(404)


def _sliced(call: Call, found: list[_Run]) -> list[_Run]:
    page, limit = asked(call)
    return found[(page - 1) * limit : page * limit]


def _at(call: Call, one: _Run, later_s: int = 0) -> str:
    return shapes.moment(call.server, (one.commit.committed + later_s) * SECOND)


def _page(call: Call, one: _Run) -> str:
    return f"{call.server.root_url}/{call.repo.full_name}/actions/runs/{one.number}"


def _told(call: Call, one: _Run) -> dict[str, Any]:
    api = f"{call.server.root_url}/api/v1/repos/{call.repo.full_name}/actions/runs/{one.id}"
    right = call.right
    return {
        "id": one.id,
        "url": api,
        "html_url": _page(call, one),
        "display_title": one.commit.message.partition("\n")[0],
        "path": f"check.yml@refs/heads/{call.repo.default_branch}",
        "event": "push",
        "run_attempt": 1,
        "run_number": one.number,
        "repository_id": call.repo.id,
        "head_sha": one.commit.sha,
        "head_branch": call.repo.default_branch,
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": _at(call, one),
        "completed_at": _at(call, one, 90) if one.conclusion else _ZERO,
        "actor": None,
        "repository": shapes.repository(call.server, call.repo, right),
    }


def _job(call: Call, run: _Run, place: int) -> dict[str, Any]:
    api = f"{call.server.root_url}/api/v1/repos/{call.repo.full_name}/actions"
    number = run.id * 10 + place
    return {
        "id": number,
        "url": f"{api}/jobs/{number}",
        "html_url": f"{_page(call, run)}/jobs/{place}",
        "run_id": run.id,
        "run_url": f"{api}/runs/{run.id}",
        "name": _JOBS[place],
        "labels": ["ubuntu-latest"],
        "run_attempt": 1,
        "head_sha": run.commit.sha,
        "head_branch": call.repo.default_branch,
        "status": run.status,
        "conclusion": run.conclusion,
        "runner_id": 1,
        "runner_name": "runner-lyon",
        "steps": None,
        "created_at": _at(call, run),
        "started_at": _at(call, run, 45 * place),
        "completed_at": _at(call, run, 45 * place + 45) if run.conclusion else _ZERO,
    }
