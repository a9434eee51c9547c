"""Which program a job runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from skyforge_tui.demo.output import books, scripts
from skyforge_tui.demo.output.ansible import ansible
from skyforge_tui.demo.output.hello import hello
from skyforge_tui.demo.output.steps import Job, Program, Step
from skyforge_tui.demo.output.terraform import terraform

_BY_PLAYBOOK: Final[dict[str, Program]] = {
    "backup.yml": partial(ansible, books.BACKUP),
    "bgp.yml": partial(ansible, books.BGP),
    "upgrade.yml": partial(ansible, books.UPGRADE),
    "compliance.yml": partial(ansible, books.COMPLIANCE),
    "vlan.yml": partial(ansible, books.VLAN),
    "facts.yml": partial(ansible, books.FACTS),
    "netlab_up.py": scripts.netlab,
    "soak.sh": scripts.soak,
    "flood.sh": scripts.flood,
    "cleanup.ps1": scripts.cleanup,
}


def perform(job: Job) -> Iterator[Step]:
    """Return the steps of a job: by its playbook, else by its app."""
    if job.app in ("terraform", "tofu", "terragrunt", "pulumi"):
        return terraform(job)
    return _BY_PLAYBOOK.get(job.playbook, hello)(job)
