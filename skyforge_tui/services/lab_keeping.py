"""Keeping labs as archives among the artifacts, beside what the run that built them left.

The archive of a lab that no run of this workspace built lies below its server's name.
"""

from __future__ import annotations

from typing import Final

from skyforge_tui.domain.artifact import ROOT, UNFILED, ArtifactRef, run_prefix, why_bad
from skyforge_tui.domain.identity import LabId, Principal, ProjectId
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.transfer import Transfer
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import requires
from skyforge_tui.services.lab_homes import home_of
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.lab_links import LabLinks
from skyforge_tui.services.labs import LabService
from skyforge_tui.services.transfers import TransferService

_LABS: Final = "labs"
_LONGEST_NAME: Final = 80


class LabKeepingService:
    """What one may keep of labs."""

    def __init__(
        self,
        labs: LabService,
        index: LabIndex,
        links: LabLinks,
        artifacts: ArtifactService,
        transfers: TransferService,
        clock: Clock,
    ) -> None:
        self._labs = labs
        self._index = index
        self._links = links
        self._artifacts = artifacts
        self._transfers = transfers
        self._clock = clock
        self.access = labs.access

    async def project_of(self, target: object) -> ProjectId:
        """Return what stands for the labs of a lab's provider."""
        return home_of(str(target))

    @requires(Permission.LAB_READ)
    async def keep(self, principal: Principal, lab_id: LabId) -> Transfer:
        """Begin to store a lab as an archive in the usual store; its name holds the time.

        Raises:
            NotFound: there is no such lab, or this person may not see it.
            Conflict: whatever runs it hands out no labs; says why.
            Forbidden: this person may not store anything where it belongs.
        """
        lab = (await self._labs.known(principal, lab_id)).lab
        ending: str = self._index.able(lab_id, LabAction.EXPORT).archive_ending
        store = (await self._artifacts.stores(principal))[0]
        name = f"{_word(lab.name)}-{self._clock.now():%Y%m%dT%H%M%SZ}{ending}"
        target = ArtifactRef(store, f"{await self._prefix(lab)}/{name}")
        return await self._transfers.export(principal, lab_id, target)

    async def _prefix(self, lab: Lab) -> str:
        run = await self._links.built(lab)
        if run is not None:
            return f"{run_prefix(run)}/{_LABS}"
        slug = "_".join(lab.project.split("/"))
        return f"{ROOT}/{_word(slug) if slug else UNFILED}/{_LABS}/{_word(lab.provider)}"


def _word(text: str) -> str:
    """Return a name as one part of a key; what cannot stand in one is a dot."""
    word = "".join(one if one.isprintable() and one != "/" else "·" for one in text)
    word = word[:_LONGEST_NAME].strip()
    return word if not why_bad(word) else "lab"
