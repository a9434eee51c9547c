"""What became of runs: stages, hosts and errors of one, and counts of many by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from starlette.responses import Response

from skyforge_tui.demo.clock import SECOND, written
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes
from skyforge_tui.demo.servers.semaphore.endpoints.tasks import run_of
from skyforge_tui.demo.servers.semaphore.runs import Run

routes = Routes()
_TASK = "/project/{project_id}/tasks/{id}"


@routes("GET", f"{_TASK}/stages", since=15)
async def stages(call: Call) -> Response:
    """List the parts of a run."""
    run = run_of(call)
    return answer(
        [
            {
                "id": number,
                "task_id": run.id,
                "start": written(one.start),
                "end": None if one.end is None else written(one.end),
                "start_output_id": one.first_row,
                "end_output_id": one.last_row,
                "type": one.type,
                "result": None,
            }
            for number, one in enumerate(run.stages, start=1)
        ]
    )


@routes("GET", f"{_TASK}/ansible/hosts", since=15)
async def hosts(call: Call) -> Response:
    """List what happened by host; nothing before the recap was written."""
    run = run_of(call)
    return answer(
        [_with_ids(run, number, asdict(one)) for number, one in enumerate(run.tallies, start=1)]
    )


@routes("GET", f"{_TASK}/ansible/errors", since=15)
async def errors(call: Call) -> Response:
    """List the tasks that failed, by host."""
    run = run_of(call)
    return answer(
        [_with_ids(run, number, asdict(one)) for number, one in enumerate(run.failures, start=1)]
    )


@routes("GET", "/project/{project_id}/stats", since=14)
async def project_stats(call: Call) -> Response:
    """Count the runs of a project by day."""
    return _stats(call, call.state.runs_in(call.room.project.id))


@routes("GET", "/project/{project_id}/templates/{template_id}/stats", since=14)
async def template_stats(call: Call) -> Response:
    """Count the runs of a template by day."""
    template = call.thing(call.room.templates, "template_id")
    return _stats(call, call.state.runs_in(call.room.project.id, template.id))


def _with_ids(run: Run, number: int, data: dict[str, Any]) -> dict[str, Any]:
    ids = {"id": number, "task_id": run.id, "project_id": run.project_id}
    return ids | data | {"created": written(run.end or run.created)}


def _stats(call: Call, runs: Iterable[Run]) -> Response:
    query = call.request.query_params
    first = _day(query.get("start"), "start") or ""
    last = _day(query.get("end"), "end") or "9999"
    user = query.get("user_id", "")
    days: dict[str, Counter[str]] = {}
    spent: Counter[str] = Counter()
    for run in runs:
        day = written(run.created)[:10]
        if not first <= day <= last or (user and str(run.user_id) != user):
            continue
        days.setdefault(day, Counter())[run.status] += 1
        if run.start is not None and run.end is not None:
            spent[day] += (run.end - run.start) // SECOND
    return answer(
        [
            {
                "date": day,
                "count_by_status": dict(counts),
                "avg_duration": spent[day] // counts.total(),
            }
            for day, counts in sorted(days.items())
        ]
    )


def _day(text: str | None, name: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refusal(400, f"Invalid {name} date") from None
