"""Which program a job runs."""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.demo.output.hello import hello
from skyforge_tui.demo.output.steps import Job, Program, Step

_BY_PLAYBOOK: dict[str, Program] = {}


def perform(job: Job) -> Iterator[Step]:
    """Return the steps of a job."""
    return _BY_PLAYBOOK.get(job.playbook, hello)(job)
