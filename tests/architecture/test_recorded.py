"""Whatever changes a project is written down, by whichever service it is done."""

from __future__ import annotations

import inspect
from typing import Any

from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.permission import Permission
from skyforge_tui.services.record import RECORDED
from tests.architecture.test_guarded_services import services

ONLY_ASKS = {"MembershipService.find_people"}
"""What needs such a permission and changes nothing."""


def unrecorded(service: type[Any]) -> list[str]:
    """Return the methods of a class that change projects without a word in the record."""
    return [
        name
        for method, one in inspect.getmembers(service, callable)
        if getattr(one, "__permission__", None) in RECORDED
        and not getattr(one, "__recorded__", False)
        and (name := f"{service.__name__}.{method}") not in ONLY_ASKS
    ]


def test_what_changes_projects_is_recorded() -> None:
    """Every service method that changes a project stands under @recorded, above @requires."""
    assert [name for one in services() for name in unrecorded(one)] == []


def test_walk_finds_planted() -> None:
    """The walk finds a planted method that changes a project unseen."""

    class PlantedService:
        async def rename(self, principal: Principal) -> None: ...

    PlantedService.rename.__permission__ = Permission.PROJECT_SHARE  # type: ignore[attr-defined]
    assert unrecorded(PlantedService) == ["PlantedService.rename"]
