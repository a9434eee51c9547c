"""Labs that only runs know of, beside those that somebody has seen.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LabId, ProjectId, upstream_of
from skyforge_tui.domain.lab import Lab, LabDetail
from skyforge_tui.ports.lab_provider import LabProvider


class LabsBeside:
    """Asks the providers that only know labs by the word of runs: asking costs next to nothing."""

    def __init__(self, providers: Iterable[LabProvider]) -> None:
        self._providers = {one.upstream: one for one in providers}

    async def beside(self, labs: Iterable[Lab]) -> list[Lab]:
        """Return the labs that runs name and that are not among `labs` of the same project.

        Where runs of several engines name the same one, the newest counts.
        """
        seen = {(one.project_id, one.name) for one in labs}
        found: dict[tuple[ProjectId | None, str], Lab] = {}
        for provider in self._providers.values():
            for lab in (await provider.list_for_user()).labs:
                key = (lab.project_id, lab.name)
                if key not in seen and (key not in found or _is_newer(lab, found[key])):
                    found[key] = lab
        return list(found.values())

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return all there is to such a lab: who says so, and what was said.

        Raises:
            NotFound: no run names it any more.
        """
        provider = self._providers.get(upstream_of(lab_id))
        if provider is None:
            raise NotFound(f"no run names the lab {lab_id}")
        return await provider.detail(lab_id)


def _is_newer(one: Lab, other: Lab) -> bool:
    if one.updated_at is None or other.updated_at is None:
        return other.updated_at is None
    return one.updated_at > other.updated_at
