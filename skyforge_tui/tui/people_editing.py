"""Who is what in a project: shown, changed, written; with a way on where two people changed it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.services.decisions import Denied

if TYPE_CHECKING:
    from datetime import datetime

    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.sharing import Overtaken, Seen, Shared, Sharing
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.membership import Membership
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.presenters.cells import Line

_WRITTEN: Final = "Written to the manifest; S shows what the sync makes of it"


class PeopleEditing(App[None]):
    """Shows the people of a project, and has changes written."""

    bridge: Bridge

    if TYPE_CHECKING:

        def now(self) -> datetime:
            """Return the time."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        async def _sync(self, project: Project) -> None:
            """Show what keeps a project from being in step, and write it if that is wanted."""

    def edit_people(self, project: Project) -> None:
        """Show who is what in a project, and write what is changed of it."""
        self.lead(self._edit_people(project))

    async def _edit_people(self, project: Project) -> None:
        from skyforge_tui.domain.permission import Permission
        from skyforge_tui.domain.sharing import Sharing
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.widgets.members_card import SYNC, MembersCard

        principal, bridge = self.bridge.principal, self.bridge
        staged, at = Sharing(), ""
        note: Line = ()
        title = (Span(f"People of {literal(project.slug)}", "strong", bold=True),)

        async def look(tell: Callable[[int, int], None]) -> Membership:
            def told(known: int, of: int) -> None:
                bridge.on_ui(lambda: tell(known, of))

            return await bridge.ask(lambda some: some.membership.look(principal, project.id, told))

        async def find(text: str) -> tuple[str, ...]:
            return await bridge.ask(
                lambda some: some.membership.find_people(principal, project.id, text)
            )

        while True:
            decision = bridge.may(Permission.PROJECT_SHARE, project)
            refused = decision.reason if isinstance(decision, Denied) else ""
            card = MembersCard(title, look, find, refused=refused, staged=staged, note=note, at=at)
            wanted = await self.push_screen_wait(card)
            if card.defect is not None:
                raise card.defect
            if wanted is None or card.draft is None:
                return
            staged, note, at = Sharing(), (), card.at
            if isinstance(wanted, Sharing):
                staged, note = await self._write(project, wanted, card.draft.found.seen)
            elif wanted == SYNC:
                await self._sync(project)

    async def _write(self, project: Project, sharing: Sharing, seen: Seen) -> tuple[Sharing, Line]:
        """Write a change; return what is left of it, and what there is to say."""
        from skyforge_tui.domain.sharing import Overtaken, Sharing
        from skyforge_tui.tui.presenters.cells import Span, literal

        if not await self._is_meant(project, sharing):
            return sharing, (Span("Not written", "warn"),)
        while True:
            try:
                await self._shared(project, sharing, seen)
            except Overtaken as error:
                if not await self._stands_beside(project, error):
                    return sharing, (Span("Not written yet: these are theirs, with yours", "warn"),)
                seen = error.now
            except SkyforgeError as error:
                words = "; ".join(filter(None, (str(error), error.advice)))
                return sharing, (Span(literal(words), "bad"),)
            else:
                return Sharing(), (Span(_WRITTEN, "ok"),)

    async def _shared(self, project: Project, sharing: Sharing, seen: Seen) -> Shared:
        from skyforge_tui.tui.presenters.headless import Other
        from skyforge_tui.tui.presenters.members import share_words

        principal = self.bridge.principal

        async def ask(services: Services) -> Shared:
            return await services.membership.share(principal, project.id, sharing, seen)

        return await self.bridge.act(Other(share_words(project.slug, sharing)), ask)

    async def _is_meant(self, project: Project, sharing: Sharing) -> bool:
        """Have words typed where the server is guarded so."""
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.presenters.guarding import guarded
        from skyforge_tui.tui.presenters.headless import Other
        from skyforge_tui.tui.presenters.members import share_words
        from skyforge_tui.tui.presenters.offers import Question
        from skyforge_tui.tui.widgets.confirm import Confirm

        askers = self.bridge.careful([project.id])
        if not askers:
            return True
        line = self.bridge.line(Other(share_words(project.slug, sharing)))
        things = [(Span(literal(sharing.subject)),)]
        asked = Question(f"Share {project.slug}", "share", "go back", things, same_as=line)
        asked = guarded(asked, askers, f"share {project.slug}")
        return await self.push_screen_wait(Confirm(asked)) is True

    async def _stands_beside(self, project: Project, error: Overtaken) -> bool:
        """Show both changes; say whether ours shall be written beside theirs."""
        from skyforge_tui.domain.project_manifest import PATH
        from skyforge_tui.tui.presenters import tones
        from skyforge_tui.tui.presenters.members import rows_of
        from skyforge_tui.tui.widgets.conflict_card import Conflict, ConflictCard

        before = error.seen.manifest
        people, last = before.members.by_name(), error.last
        theirs = list(rows_of(error.theirs, people, before.is_public))
        by = ""
        if last is not None:
            by = f"{last.author}, {tones.age(self.now() - last.at)} ago: {last.subject}"
        conflict = Conflict(
            f"{PATH} of {project.slug}",
            theirs or [" other lines of it"],
            by,
            list(rows_of(error.mine, people, before.is_public)),
            len(error.meets),
            about=f"{', '.join(error.meets)}: go back, and say which shall stand",
            way_out="back to the people",
        )
        return await self.push_screen_wait(ConflictCard(conflict)) == "commit"
