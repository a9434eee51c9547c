"""Says of files that a project and its blueprint both changed which of the two stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.blueprint import Stays
from skyforge_tui.domain.errors import NotFound, there_are
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project_plan import Act
from skyforge_tui.ports.sync_book import SyncBook, SyncMemory
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.record import Doing, Record, recorded


def _settles(_: object, call: Mapping[str, Any], paths: Any) -> Iterator[Doing]:
    words = ", ".join(paths or sorted(call["paths"]) or ("all of it",))
    yield Doing(Deed.SYNC, f"blueprint: {call['stays']} stays of {words}", call["project_id"])


class BlueprintSettling:
    """Remembers what a person said; the next pass does it."""

    def __init__(self, book: SyncBook, access: Access, record: Record) -> None:
        self._book = book
        self.access = access
        self.record = record

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @recorded(_settles)
    @requires(Permission.PROJECT_RECONCILE, of="project_id")
    async def settle(
        self,
        principal: Principal,
        project_id: ProjectId,
        stays: Stays,
        paths: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Say of `paths`, or of all that both sides changed, what stays; return which they are.

        Raises:
            NotFound: when it was last looked at, nobody had changed one of these on both sides.
        """
        meant: tuple[str, ...] = ()

        def said(memory: SyncMemory) -> SyncMemory:
            nonlocal meant
            meant = _meant(memory, paths)
            settled = {**memory.blueprint.settled, **dict.fromkeys(meant, stays)}
            blueprint = replace(memory.blueprint, settled=settled, commit="", head="")
            return replace(memory, blueprint=blueprint)

        await self._book.change(project_id, said)
        return meant


def _meant(memory: SyncMemory, paths: Collection[str]) -> tuple[str, ...]:
    left = memory.report.left if memory.report is not None else ()
    open_ones = sorted(step.name for step in left if step.act is Act.CONFLICT)
    for path in paths:
        if path not in open_ones:
            raise NotFound(
                f"{path} was not changed on both sides", operation="project.sync",
                advice=there_are(open_ones),
            )  # fmt: skip
    return tuple(one for one in open_ones if not paths or one in paths)
