"""What stands for the labs of a provider where it is decided who may do what with them.

Labs belong to whoever runs them: the account at that server, or on this machine the person.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import ProjectId, upstream_of
from skyforge_tui.domain.lab import LabSource
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.services.authorization import Access


def home_of(upstream: str) -> ProjectId:
    """Return what stands for a provider's labs; takes its name, or the id of one of them."""
    return ProjectId(f"{upstream_of(upstream)}:labs")


def make_home(access: Access, upstream: str, owner: str, guard: Guard = Guard.NORMAL) -> None:
    """Have the labs of a provider be `owner`'s, until the provider itself decides."""
    home = Project(home_of(upstream), upstream, upstream, ProjectKind.HOSTED, "", created_by=owner)
    access.keep(home)
    access.protect(upstream, guard)


def keep_grants(access: Access, sources: Iterable[LabSource]) -> None:
    """Believe the providers that decide themselves what one may do there."""
    for source in sources:
        home = access.project(home_of(source.provider))
        if source.grant is not None and home is not None and home.grant != source.grant:
            access.keep(replace(home, grant=source.grant))
