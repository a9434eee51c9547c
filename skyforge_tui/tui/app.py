"""The application: its places, its look, its bridge, and the keys that every place shares."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.beginning import Beginning
from skyforge_tui.tui.bridge import Bridge
from skyforge_tui.tui.commanding import Commanding
from skyforge_tui.tui.commands import TABS, Place
from skyforge_tui.tui.connecting import Connecting
from skyforge_tui.tui.crashing import Crashing
from skyforge_tui.tui.ending import Ending
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.helping import Helping
from skyforge_tui.tui.keymap import Keymap
from skyforge_tui.tui.leaving import Leaving
from skyforge_tui.tui.looks import Looks
from skyforge_tui.tui.stepping_aside import SteppingAside
from skyforge_tui.tui.terminal import Terminal
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.screen import Screen

    from skyforge_tui.domain.identity import Principal, RunId
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import Template
    from skyforge_tui.ports.editor import Editor
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.link import Engine
    from skyforge_tui.tui.messages import Changes


def _screen(place: Place) -> Callable[[], Screen[Any]]:
    """Return what makes a place's screen, loading its code when it is first gone to."""

    def make() -> Screen[Any]:
        match place:
            case Place.PROJECTS:
                from skyforge_tui.tui.screens.projects.screen import ProjectsScreen

                return ProjectsScreen()
            case Place.LABS:
                from skyforge_tui.tui.screens.labs.screen import LabsScreen

                return LabsScreen()
            case Place.RUNS:
                from skyforge_tui.tui.screens.runs.screen import RunsScreen

                return RunsScreen()
            case Place.ARTIFACTS:
                from skyforge_tui.tui.screens.artifacts.screen import ArtifactsScreen

                return ArtifactsScreen()
            case _:
                from skyforge_tui.tui.screens.attention.screen import AttentionScreen

                return AttentionScreen()

    return make


class SkyforgeApp(
    TypeAhead,
    Terminal,
    SteppingAside,
    Ending,
    Leaving,
    Crashing,
    Beginning,
    Looks,
    Helping,
    Connecting,
    Commanding,
):
    """The cockpit."""

    TITLE = "skyforge"
    ENABLE_COMMAND_PALETTE = False
    MODES = {place.value: _screen(place) for place in TABS}  # noqa: RUF012
    DEFAULT_MODE = Place.PROJECTS.value

    def __init__(
        self,
        make_engine: Callable[[SkyforgeApp], Engine[Services]],
        principal: Principal,
        *,
        theme: str = "dark",
        ascii_only: bool = False,
        motion: bool = True,
        few_colours: bool = False,
        profile: str = "local",
        config_path: str = "",
        keymap: Keymap | None = None,
        program: Sequence[str] = (),
        log_path: Callable[[RunId], str] = lambda _: "",
        make_editor: Callable[[], Editor] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__()
        self.bridge = Bridge(self, principal, program)
        self.keymap = keymap or Keymap()
        self.log_path = log_path
        self._make_editor = make_editor
        self.config_path = config_path
        self.profile = profile
        self.attention: tuple[int, int] = (0, 0)
        self._place, self._place_before = Place.PROJECTS, Place.PROJECTS
        self._make_engine = make_engine
        self._clock = clock
        dress(self, theme, ascii=ascii_only, motion=motion, few=few_colours)

    def now(self) -> datetime:
        """Return the time with this machine's offset."""
        return self._clock()

    def make_engine(self) -> Engine[Services]:
        """Return a new engine, not started."""
        return self._make_engine(self)

    def on_mount(self) -> None:
        """Start the engine once the first frame is on the screen."""
        self.bridge.changes.subscribe(self, self._heard)
        self.mode_change_signal.subscribe(self, self._went)
        self.call_after_refresh(self._start)

    async def on_unmount(self) -> None:
        """End the engine; runs go on without us."""
        await self.bridge.stop()

    def _start(self) -> None:
        self.bridge.start(self.make_engine())
        self.go(self.bridge.opened())

    def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something beside the keys; its failure becomes a notice."""
        self.run_worker(coroutine, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show why something failed."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(as_notice(event.worker.error))

    def say(self, notice: Notice) -> None:
        """Show a notice on the place in front, or beneath whatever lies over it."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, PlaceScreen):
                screen.say(notice)
                return

    # Places.

    def do_place_projects(self) -> None:
        """Go to Projects."""
        self.go_to(Place.PROJECTS)

    def do_place_labs(self) -> None:
        """Go to Labs."""
        self.go_to(Place.LABS)

    def do_place_runs(self) -> None:
        """Go to Runs."""
        self.go_to(Place.RUNS)

    def do_place_artifacts(self) -> None:
        """Go to Artifacts."""
        self.go_to(Place.ARTIFACTS)

    def do_place_attention(self) -> None:
        """Go to Attention."""
        self.go_to(Place.ATTENTION)

    def do_place_last(self) -> None:
        """Go to the place one was at before this one, as one left it."""
        if self._place_before is self._place:
            self.say(Notice(Severity.INFO, "No place before this one"))
        else:
            self.go_to(self._place_before)

    def open_run(self, run_id: RunId, sought: str = "") -> None:
        """Go to a run's live output, where it names something; leaving it leads to the runs."""
        from skyforge_tui.tui.screens.run.screen import RunScreen

        self.lead(self._over(Place.RUNS, RunScreen(run_id, sought)))

    async def _over(self, place: Place, page: PlaceScreen) -> None:
        """Show a page over its place, instead of another page of that kind."""
        await self.switch_mode(place.value)
        while isinstance(self.screen, type(page)):
            await self.pop_screen()
        await self.push_screen(page)

    def open_made(self, run: Run) -> None:
        """Go to what a run left among the artifacts; say so when that is nothing."""
        from skyforge_tui.tui.screens.artifacts.screen import ArtifactsScreen

        async def open_it() -> None:
            principal = self.bridge.principal
            made = await self.bridge.ask(lambda some: some.artifacts.made_by(principal, run.id))
            if made is None or not made.store:
                why = "it has not ended" if run.state.is_active else "its template keeps nothing"
                self.say(Notice(Severity.INFO, f"Run {run.number} left no artifacts", why))
                return
            await self.switch_mode(Place.ARTIFACTS.value)
            if isinstance(self.screen, ArtifactsScreen):
                self.screen.go_to(made.prefix, store=made.store)

        self.lead(open_it())

    def open_repository(self, project: Project) -> None:
        """Go into a project's repository; leaving it leads to the projects."""
        from skyforge_tui.tui.screens.repository.screen import RepositoryScreen

        async def open_it() -> None:
            await self.switch_mode(Place.PROJECTS.value)
            while isinstance(self.screen, RepositoryScreen):
                await self.pop_screen()
            await self.push_screen(RepositoryScreen(project))

        self.lead(open_it())

    def open_lab(self, lab: Lab) -> None:
        """Go to a lab's nodes; leaving it leads to the labs."""
        from skyforge_tui.tui.screens.lab.screen import LabScreen

        self.lead(self._over(Place.LABS, LabScreen(lab)))

    def open_automation(self, project: Project, template: Template | None = None) -> None:
        """Go to what a project's server does by itself; leaving it leads to the projects."""
        from skyforge_tui.tui.screens.automation.screen import AutomationScreen

        self.lead(self._over(Place.PROJECTS, AutomationScreen(project, template)))

    def editor(self) -> Editor:
        """Return the person's editor; not for the UI thread, which it would block.

        Raises:
            Invalid: there is none.
        """
        if self._make_editor is None:
            raise Invalid("there is no editor here", operation="repository.edit")
        return self._make_editor()

    def go_to(self, place: Place) -> None:
        """Go to one of the places with a digit."""
        if self.current_mode == place.value:
            while len(self.screen_stack) > 1 and not self.is_welcoming:
                _ = self.pop_screen()
        else:
            _ = self.switch_mode(place.value)
        self.consider_welcome()

    def _went(self, mode: str) -> None:
        if mode in TABS and mode != self._place.value:
            self._place_before, self._place = self._place, Place(mode)

    # The program.

    def yank(self, what: str, text: str) -> None:
        """Copy text to the clipboard and say so."""
        self.copy_to_clipboard(text)
        self.say(Notice(Severity.INFO, f"Copied {what}", text))

    def place(self) -> PlaceScreen:
        """Return the place in front, whatever lies over it."""
        return next(one for one in reversed(self.screen_stack) if isinstance(one, PlaceScreen))

    def _heard(self, changes: Changes) -> None:
        self.consider_welcome(changes)
        self.consider_questions(changes)
        others = changes.project_ids or changes.labs or changes.health or changes.attention
        if changes.run_ids or changes.opened or others:
            _: Worker[None] = self.run_worker(
                self._count_attention, group="attention", exclusive=True, exit_on_error=False
            )

    async def _count_attention(self) -> None:
        from skyforge_tui.domain.concern import Why

        found = await self.bridge.ask(
            lambda services: services.attention.all(self.bridge.principal)
        )
        self.attention = (len(found.of(Why.BROKE)), len(found.of(Why.NEEDS_ME)))
        self.place().show_frame()
