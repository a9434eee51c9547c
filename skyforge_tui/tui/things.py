"""What can be done with whatever is under the cursor: copy, look closer, open its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from skyforge_tui.domain.errors import Refused, SkyforgeError
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.deck import Deck
from skyforge_tui.tui.table_keys import TableKeys

if TYPE_CHECKING:
    from skyforge_tui.domain.audit import AuditEntry
    from skyforge_tui.domain.identity import RunId
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run, RunDetail
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.artifact_views import Held
    from skyforge_tui.services.contract import Services, Target
    from skyforge_tui.services.pages import Page
    from skyforge_tui.tui.base_screen import PlaceScreen
    from skyforge_tui.tui.presenters.offers import Fact, Yank

_DONE_SHOWN: Final = 5
"""How much of what was done to a project its details tell; `skyforge projects audit` tells all."""


class Things(Deck):
    """Carries out the commands that begin with `thing.`."""

    log_path: Callable[[RunId], str]

    if TYPE_CHECKING:

        def place(self) -> PlaceScreen:
            """Return the place in front."""

        def yank(self, what: str, text: str) -> None:
            """Copy text and say so."""

        def open_repository(self, project: Project) -> None:
            """Go into a project's repository."""

    def do_thing_yank(self) -> None:
        """Show what can be copied of the thing under the cursor."""
        self.lead(self._yank_menu())

    def do_thing_details(self) -> None:
        """Show all that is known of the thing under the cursor."""
        self.lead(self._details())

    def do_thing_browse(self) -> None:
        """Open the page of the thing under the cursor."""
        self.lead(self._browse())

    def do_project_files(self) -> None:
        """Look into the repository of the project under the cursor, or of the template there."""
        self.lead(self._look_into())

    async def _look_into(self) -> None:
        from skyforge_tui.domain.project import Project
        from skyforge_tui.domain.template import Template

        thing = self.place().target()
        project = await self._project_of(thing) if isinstance(thing, Template) else thing
        if isinstance(project, Project):
            self.open_repository(project)

    # The yank menu.

    async def _yank_menu(self) -> None:
        from skyforge_tui.tui.widgets.yank_menu import YankMenu

        title, yanks = await self._yanks(self.place().target())
        yanks = [*self.place().own_yanks(), *yanks]
        if not yanks:
            self.say(Notice(Severity.INFO, "Nothing to copy here"))
            return
        picked = await self.push_screen_wait(YankMenu(title, yanks))
        if picked is None:
            return
        if picked.make is None:
            self.yank(picked.label, picked.text)
            return
        self.copy_to_clipboard(await picked.make())
        self.say(Notice(Severity.INFO, f"Copied {picked.label}", picked.text))

    async def _yanks(self, thing: Target) -> tuple[str, list[Yank]]:
        """Return what a thing is called and what can be copied of it."""
        from skyforge_tui.domain.lab import Lab
        from skyforge_tui.domain.project import Project
        from skyforge_tui.domain.run import Run
        from skyforge_tui.domain.template import Template
        from skyforge_tui.services.artifact_views import Held
        from skyforge_tui.tui.presenters import yank

        line = self.bridge.line
        match thing:
            case Run():
                detail = await self._detail_if_any(thing)
                spec = None if detail is None else detail.spec
                title = f"run {thing.number} {thing.title}"
                return title, yank.of_run(thing, spec, line, self.log_path(thing.id))
            case Template():
                project = await self._project_of(thing)
                return thing.name, yank.of_template(thing, project, line)
            case Project():
                return thing.slug, yank.of_project(thing, line)
            case Lab():
                return thing.name, yank.of_lab(thing, line)
            case Held():
                return thing.ref.key, yank.of_artifact(thing.ref, line, is_folder=thing.is_folder)
            case None:
                return "", []

    # Details.

    async def _details(self) -> None:
        from skyforge_tui.tui.presenters.offers import Fact
        from skyforge_tui.tui.widgets.details import Details

        place = self.place()
        title, known = await self._facts(place.target())
        shown = place.row_facts() if isinstance(place, TableKeys) else []
        facts = [*shown, Fact("", ()), *known] if shown else known
        if await self.push_screen_wait(Details(title, facts)):
            await self._yank_menu()

    async def _facts(self, thing: Target) -> tuple[str, list[Fact]]:
        """Return what a thing is called and what is known of it besides its row."""
        from skyforge_tui.domain.lab import Lab
        from skyforge_tui.domain.project import Project
        from skyforge_tui.domain.run import Run
        from skyforge_tui.domain.template import Template
        from skyforge_tui.services.artifact_views import Held
        from skyforge_tui.tui.presenters import details

        now = self.now()
        match thing:
            case Run():
                detail = await self._detail_if_any(thing)
                return f"run {thing.number} {thing.title}", details.of_run(thing, detail, now)
            case Template():
                return thing.name, details.of_template(thing)
            case Project():
                return thing.slug, details.of_project(thing, now, await self._done_to(thing))
            case Lab():
                return thing.name, details.of_lab(thing, now)
            case Held():
                return thing.ref.key, await self._artifact_facts(thing)
            case None:
                return "", []

    async def _artifact_facts(self, held: Held) -> list[Fact]:
        from skyforge_tui.tui.presenters import details

        principal = self.bridge.principal

        async def ask(services: Services) -> list[Fact]:
            origin = await services.lineage.origin(principal, held.ref)
            run = None if origin is None else origin.run
            if held.is_folder:
                size = await services.artifacts.measure(principal, held.ref)
                return details.of_folder(held.ref, size, run, self.now())
            found = await services.artifacts.known(principal, held.ref)
            return details.of_artifact(found, run, self.now())

        return await self.bridge.ask(ask)

    async def _detail_if_any(self, run: Run) -> RunDetail | None:
        """Return a run's detail; nothing when it is gone: its row still says something."""
        try:
            return await self._detail(run.id)
        except SkyforgeError:
            return None

    async def _done_to(self, project: Project) -> list[AuditEntry]:
        """Return what was done to a project lately; nothing where one may not look at it."""
        principal = self.bridge.principal
        try:
            return await self.bridge.ask(
                lambda services: services.audit.of_project(principal, project.id, _DONE_SHOWN)
            )
        except Refused:
            return []

    # The page.

    async def _browse(self) -> None:
        from skyforge_tui.domain.lab import Lab
        from skyforge_tui.domain.project import Project
        from skyforge_tui.domain.template import Template

        thing = self.place().target()
        principal = self.bridge.principal
        match thing:
            case Lab():
                lab_id = thing.id
                self._show_page(
                    await self.bridge.ask(
                        lambda services: services.lab_actions.open_page(principal, lab_id)
                    )
                )
                return
            case Project():
                project_id = thing.id
            case Template():
                project_id = thing.project_id
            case _:
                return  # what has no page says so before

        async def ask(services: Services) -> Page:
            return await services.pages.open(principal, project_id)

        self._show_page(await self.bridge.ask(ask))

    def _show_page(self, page: Page) -> None:
        if page.is_open:
            self.say(Notice(Severity.INFO, "Opened", page.url))
        else:
            self.copy_to_clipboard(page.url)
            self.say(Notice(Severity.INFO, "No browser here: its address is copied", page.url,
                            advice="open it where you sit; BROWSER names a program"))  # fmt: skip

    async def _project_of(self, template: Template) -> Project | None:
        async def ask(services: Services) -> Project | None:
            return services.access.project(template.project_id)

        return await self.bridge.ask(ask)
