"""What every place shares: the frame around it, its keys, its data road, and its failures.

A place names its topics (`concerns`) and loads itself (`load`); the rest happens here. Keys come
from the command registry and end in methods named after the command: `run.stop` in `do_run_stop`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.worker import WorkerState

from skyforge_tui.domain.notice import Severity
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import TABS, Command, Place
from skyforge_tui.tui.framed_screen import SLIM, WIDE, FramedScreen
from skyforge_tui.tui.presenters.frame import TALL, Identity
from skyforge_tui.tui.presenters.frame import Place as Tab
from skyforge_tui.tui.presenters.missing import missing
from skyforge_tui.tui.widgets.frame import HeaderBar

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.services.contract import Services, Target
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.messages import Changes
    from skyforge_tui.tui.presenters.cells import Line
    from skyforge_tui.tui.presenters.lights import Light
    from skyforge_tui.tui.presenters.offers import Yank

__all__ = ["SLIM", "TALL", "WIDE", "PlaceScreen"]

Answer = TypeVar("Answer")

AGE_STEP_S = 10.0
"""Ages are shown in steps of ten seconds, so nothing moves more often because of them."""
_AGE_STEP = timedelta(seconds=AGE_STEP_S)


class PlaceScreen(FramedScreen):
    """A place of the program."""

    TAB: ClassVar[Place]
    """Whose digit is lit; the place itself, or the one it is part of."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "PLACE" in cls.__dict__:
            cls.TAB = cls.__dict__.get("TAB", cls.PLACE)
        super().__init_subclass__(**kwargs)

    def __init__(self) -> None:
        super().__init__()
        self._is_stale = True
        self._left_at: datetime | None = None
        """When one went away from here last."""
        self._header = HeaderBar([Tab(str(i), one.value.title(), one.value) for i, one in _TABS])

    # What a place says of itself.

    def concerns(self, changes: Changes) -> bool:
        """Say whether these changes touch what is shown."""
        return bool(changes.run_ids or changes.project_ids)

    async def load(self) -> None:
        """Ask for what is shown, and show it."""

    def target(self) -> Target:
        """Return what a command would act on: what stands under the cursor."""
        return None

    def look_at(self, thing_id: str) -> None:
        """Put the cursor on a thing, where it is listed here."""

    def own_yanks(self) -> list[Yank]:
        """Return what can be copied here besides what belongs to the target."""
        return []

    def role_word(self) -> str:
        """Return what this person is in what is shown, or nothing."""
        role = self.bridge.role(self.target())
        return "" if role is None else role.word

    # The frame.

    @property
    def bridge(self) -> Bridge:
        """The way to the engine."""
        return self.cockpit.bridge

    @property
    def cockpit(self) -> Cockpit:
        """The application, as screens may use it."""
        return cast("Cockpit", self.app)

    def head(self) -> Iterator[Any]:
        """Yield the places."""
        yield self._header

    def on_mount(self) -> None:
        """Hear what changes, and step the ages."""
        self.bridge.changes.subscribe(self, self._heard)
        self.set_interval(AGE_STEP_S, self._step_ages)
        if self.bridge.is_open:
            self.hold()
            self.reload()
        else:
            self.expect()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Draw what was loaded; show why it was not."""
        super().on_worker_state_changed(event)
        if event.worker.group == "load" and event.worker.is_finished:
            self.call_after_refresh(self.release)
            if event.state is not WorkerState.CANCELLED:  # by one that loads the same anew
                self.call_after_refresh(self.arrive)

    def on_screen_resume(self) -> None:
        """Catch up with what happened meanwhile."""
        self.show_frame()
        self.cockpit.consider_questions()
        if self._is_stale and self.bridge.is_open:
            self.reload()
        elif self._left_at is not None and self.now - self._left_at >= _AGE_STEP:
            self.step_ages()  # they stood still meanwhile

    def on_screen_suspend(self) -> None:
        """Remember since when nothing is drawn here."""
        self._left_at = self.now

    def show_frame(self) -> None:
        """Draw header, crumbs, lights, footer and notice as they are now."""
        cockpit = self.cockpit
        identity = Identity(cockpit.profile, self.bridge.principal.username, self.role_word())
        broken, waiting = cockpit.attention
        self._header.show(active=self.TAB.value, identity=identity, broken=broken, waiting=waiting)
        self._crumbs.show(lights=self._lights(), busy=self._busy())
        super().show_frame()

    def _lights(self) -> list[Light]:
        lights = self.bridge.lights()
        if not lights:
            return []
        from skyforge_tui.tui.presenters.lights import light_of

        return [light_of(one, self.now) for one in lights]

    def _busy(self) -> Sequence[Line]:
        transfers = self.bridge.transfers()
        if not transfers:
            return ()
        from skyforge_tui.tui.presenters.transfers import busy_lines

        return busy_lines(transfers, self.now)

    def denied(self, command: Command) -> Denied | None:
        """Say why a command is refused for what stands under the cursor; None if it is not."""
        lacking = super().denied(command)
        if lacking is None and (reason := missing(command.id, self.target())):
            return Denied(reason)
        if lacking is not None or command.permission is None:
            return lacking
        decision = self.bridge.may(command.permission, self.target())
        return decision if isinstance(decision, Denied) else None

    # The data road.

    def arrive(self) -> None:
        """Take the keys that were typed meanwhile."""
        super().arrive()
        self.cockpit.look_at_keys()

    def reload(self) -> None:
        """Load anew, once: a second call while one is under way replaces it."""
        self._is_stale = False
        # Not a coroutine yet: one that is replaced before it began would never be awaited.
        self.work(self.load, group="load", exclusive=True)

    async def ask(self, work: Callable[[Services], Coroutine[Any, Any, Answer]]) -> Answer:
        """Have the engine do something."""
        return await self.bridge.ask(work)

    def _heard(self, changes: Changes) -> None:
        if changes.notices and self.is_current:
            self._hear_of(changes.notices[-1])
        if self.concerns(changes) or changes.opened:
            if self.is_current or (self.is_attached and self.app.screen.is_modal):
                self.reload()
            else:
                self._is_stale = True
        if self.is_current:
            self.heard(changes)
            self.show_frame()

    def _hear_of(self, notice: Notice) -> None:
        """Show what nobody asked for, unless why something failed stands there still unread."""
        is_failure = self._notice is not None and self._notice.severity is Severity.ERROR
        if not is_failure or notice.severity is Severity.ERROR:
            self._notice = notice

    def heard(self, changes: Changes) -> None:
        """Hear of changes while one is here, besides being loaded anew."""

    def _step_ages(self) -> None:
        if self.is_current:
            self.show_frame()
            self.step_ages()

    def step_ages(self) -> None:
        """Draw what shows an age again."""

    # Keys.

    def action_hotkey(self, key: str) -> None:
        """Show the card that lies on a key of one's own."""
        self.cockpit.open_hotkey(self.cockpit.keymap.hotkeys[key])

    def do_app_refresh(self) -> None:
        """Ask everything upstream again."""
        self.work(self._refresh(), group="refresh", exclusive=True)

    async def _refresh(self) -> None:
        principal = self.bridge.principal

        async def everything(services: Services) -> None:
            await services.projects.request_sync(principal)
            asked = (services.runs.refresh(principal, one) for one in services.run_upstreams)
            answers = await asyncio.gather(*asked, return_exceptions=True)
            for failure in (one for one in answers if one is not None):
                raise failure  # what the others told is there all the same

        await self.ask(everything)


_TABS = tuple(enumerate(TABS, start=1))
