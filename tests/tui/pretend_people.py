"""A pretended project whose people are looked at, and about to be changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Seen, Sharing
from skyforge_tui.services.membership import Membership
from skyforge_tui.tui.presenters.cells import Span
from skyforge_tui.tui.widgets.members_card import MembersCard
from tests.builders import a_project
from tests.tui.cockpit_harness import until_shown


async def people(pilot: Pilot[Any]) -> None:
    """Show who is what in a project, with changes that are not written."""
    owner, editor, viewer = Role.OWNER, Role.EDITOR, Role.VIEWER
    seats = (
        Seat("mara", owner, owner, owner), Seat("net", Role.NONE, None, None, is_creator=True),
        Seat("ines", editor, viewer, editor), Seat("jonas", viewer, viewer, viewer),
        Seat("tomek", Role.NONE, editor, editor),
    )  # fmt: skip
    members = Members(frozenset({"mara"}), frozenset({"ines"}), frozenset({"jonas"}))
    seen = Seen(ProjectManifest(is_public=True, members=members), "1")
    project = a_project(id=ProjectId("gitea:7"), slug="edge-fabric")

    async def look(_: Callable[[int, int], None]) -> Membership:
        return Membership(project, seen, seats, "emea")

    async def find(_: str) -> tuple[str, ...]:
        return ()

    staged = Sharing({"jonas": editor, "petra": viewer})
    title = (Span("People of edge-fabric", "strong", bold=True),)
    _ = pilot.app.push_screen(MembersCard(title, look, find, staged=staged, at="ines"))
    await until_shown(pilot, "2 changes not written")
