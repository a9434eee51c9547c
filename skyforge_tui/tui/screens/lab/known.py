"""A lab as it is known without asking its provider: with its runs, and how long they take."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource
from skyforge_tui.domain.run import Run
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters.lab_parts import told_by

_RUNS = 20
"""Runs of a lab that are shown."""


class Known(NamedTuple):
    """What is known."""

    detail: LabDetail
    source: LabSource | None = None
    runs: tuple[Run, ...] = ()
    usual: timedelta | None = None
    """How long what the last of them did usually takes."""

    @property
    def told(self) -> Run | None:
        """The run whose output belongs to the lab."""
        return told_by(self.detail.lab, self.runs)


async def known_lab(services: Services, principal: Principal, before: Lab) -> Known:
    """Return what is known of a lab that was called `before` when it was seen last.

    Raises:
        NotFound: it is gone.
    """
    try:
        return await _known(services, principal, before)
    except NotFound:  # it came to go by another id between two questions, or is gone
        return await _known(services, principal, before)


async def _known(services: Services, principal: Principal, before: Lab) -> Known:
    view = await services.labs.all(principal)
    here = [one for one in view.labs if one.id == before.id]
    # A lab that was started, or stopped, goes by another id.
    here += [one for one in view.labs if _is_same(one, before)]
    if not here:
        raise NotFound(f"{before.name} is gone", advice="q leads back to the labs")
    lab = here[0]
    source = next((one for one in view.sources if one.provider == lab.provider), None)
    runs = tuple(await services.labs.runs(principal, lab.id, _RUNS))
    known = Known(await services.labs.known(principal, lab.id), source, runs)
    if known.told is None:
        return known
    doing = known.told.doing
    return known._replace(usual=(await services.runs.usual(principal, [doing])).get(doing))


def _is_same(one: Lab, other: Lab) -> bool:
    """Say whether two labs are made from one topology, or live in one folder."""
    if one.topology and other.topology:
        return one.topology == other.topology
    return bool(one.directory) and one.directory == other.directory
