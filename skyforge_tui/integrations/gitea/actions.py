"""Gitea Actions: runs of workflows, as far as a release tells of them.

Source: `/actions/tasks` from 1.23 on, runs and jobs from 1.25 on, logs of jobs from 1.24 on.
"""

from __future__ import annotations

from skyforge_tui.integrations.gitea import action_wire as wire
from skyforge_tui.integrations.gitea.asking import PAGE, Asking, Query, is_unknown_route
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import Listed, read, read_each

_WORDS = {
    "running": ("in_progress", ""), "waiting": ("queued", ""), "blocked": ("waiting", ""),
    "unknown": ("", ""),
}  # fmt: skip
"""What tasks say, in the words of runs; all else is a conclusion."""


class GiteaActions:
    """What one may ask of runs; repositories are named `OWNER/NAME`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def runs(self, repo: str, *, page: int = 1) -> Listed[wire.Run] | None:
        """Return a page of runs, the newest first; None where the release tells of none.

        Before 1.25 they are made of tasks, whose ids are not those of runs: these are 0.

        Raises:
            HttpError: they cannot be told.
        """
        query: Query = {"page": page, "limit": PAGE}
        told = await self._told(repo, "/actions/runs", query)
        if told is not None:
            return read_each(told.workflow_runs or (), wire.Run)
        told = await self._told(repo, "/actions/tasks", query)
        if told is None:
            return None
        tasks = read_each(told.workflow_runs or (), wire.Task)
        return Listed(tuple(_run(one) for one in tasks.items), tasks.unreadable)

    async def jobs(self, repo: str, run: int) -> Listed[wire.Job] | None:
        """Return the jobs of the run with the global number `run`; None before 1.25.

        Raises:
            HttpError: missing, if there is no such run.
        """
        told = await self._told(repo, f"/actions/runs/{run}/jobs", {})
        return None if told is None else read_each(told.jobs or (), wire.Job)

    async def log(self, repo: str, job: int, most: int) -> tuple[str, bool]:
        """Return the output of a job, at most `most` bytes of it, and whether it is all.

        Raises:
            HttpError: missing, if it has not begun, or was cleaned up.
        """
        data = bytearray()
        async with self._asking.stream(repo, f"/actions/jobs/{job}/logs") as answer:
            async for chunk in answer.chunks():
                data += chunk
                if len(data) > most:
                    break
        return bytes(data[:most]).decode("utf-8", "replace"), len(data) <= most

    async def _told(self, repo: str, rest: str, query: Query) -> wire.Envelope | None:
        try:
            return read(await self._asking.repo("GET", repo, rest, query=query), wire.Envelope)
        except HttpError as error:
            if is_unknown_route(error):
                return None
            raise


def _run(task: wire.Task) -> wire.Run:
    status, conclusion = _WORDS.get(task.status, ("completed", task.status))
    return wire.Run(
        id=0, run_number=task.run_number, display_title=task.display_title, event=task.event,
        head_sha=task.head_sha, head_branch=task.head_branch, status=status,
        conclusion=conclusion, started_at=task.created_at,
        completed_at=task.updated_at if conclusion else "",
    )  # fmt: skip
