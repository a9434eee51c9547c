"""Skyforge Networks, the pretend company."""

from __future__ import annotations

from skyforge_tui.demo.clock import Clock, HandClock
from skyforge_tui.demo.company.history import commits_of
from skyforge_tui.demo.company.staff import staff
from skyforge_tui.demo.company.work import work
from skyforge_tui.demo.estate import Estate

__all__ = ["make_estate"]


def make_estate(seed: int = 1, clock: Clock | None = None) -> Estate:
    """Return the company as it is on an ordinary morning."""
    estate = Estate(staff(), work(), seed, clock or HandClock())
    for project in estate.projects:
        for repository in project.repositories:
            repository.commits = commits_of(estate, project, repository)
    return estate
