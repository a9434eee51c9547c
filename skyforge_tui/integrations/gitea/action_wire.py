"""What Gitea says of runs of workflows. Source: Gitea 1.23 to 1.27, `/repos/O/R/actions`."""

from __future__ import annotations

import msgspec

from skyforge_tui.integrations.gitea.wire import Shape, When


class Run(Shape):
    """One of `GET /repos/O/R/actions/runs` (1.25 and newer).

    `id` is global, and what the other calls want; `run_number` counts in the repository and stands
    in addresses of pages. `conclusion` is empty until the run is completed.
    """

    id: int
    run_number: int = 0
    display_title: str = ""
    path: str = ""
    event: str = ""
    head_sha: str = ""
    head_branch: str = ""
    status: str = ""
    conclusion: str = ""
    html_url: str = ""
    started_at: When = ""
    completed_at: When = ""


class Job(Shape):
    """One of `GET /repos/O/R/actions/runs/RUN/jobs`; `id` is global as well."""

    id: int
    run_id: int = 0
    name: str = ""
    status: str = ""
    conclusion: str = ""
    runner_name: str = ""
    started_at: When = ""
    completed_at: When = ""


class Task(Shape):
    """One of `GET /repos/O/R/actions/tasks` (1.23 and newer), which says running and blocked."""

    id: int
    run_number: int = 0
    name: str = ""
    display_title: str = ""
    head_sha: str = ""
    head_branch: str = ""
    event: str = ""
    status: str = ""
    created_at: When = ""
    updated_at: When = ""


class Envelope(Shape):
    """Lists of Actions: runs or tasks, or jobs, with how many there are."""

    total_count: int = 0
    workflow_runs: list[msgspec.Raw] | None = None
    jobs: list[msgspec.Raw] | None = None
