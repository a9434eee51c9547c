"""The only way from screens to an engine, and from its events back to the screens.

Down: work is handed to the engine and awaited. Up: events mark topics as dirty; at most once per
frame they are gathered into one `Changes` and published, so that a flood of events costs one paint.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from textual.app import App
from textual.signal import Signal

from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.once import once

if TYPE_CHECKING:
    from skyforge_tui.domain.events import Event
    from skyforge_tui.domain.identity import Principal, ProjectId, RunId
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.services.offered import Offered

FRAME_S = 1 / 20
"""The shortest time between two publications."""


Hand = TypeVar("Hand", bound="Offered")
Room = TypeVar("Room", covariant=True)
Answer = TypeVar("Answer")
Work = Callable[[Hand], Coroutine[Any, Any, Answer]]


class Engine(Protocol[Room]):
    """What runs the services: a worker thread, or for tests the same loop."""

    def start(self) -> None:
        """Begin."""
        ...

    async def call(self, work: Callable[[Room], Coroutine[Any, Any, Answer]]) -> Answer:
        """Run `work` beside the caller and return its answer."""
        ...

    async def stop(self) -> None:
        """End."""
        ...

    @property
    def pending(self) -> int:
        """How many pieces of work are under way."""
        ...


class Link(Generic[Hand]):
    """Carries work down and changes up; lives on the UI side."""

    def __init__(self, app: App[Any], principal: Principal) -> None:
        self.principal = principal
        self.changes: Signal[Changes] = Signal(app, "skyforge-changes")
        self._app = app
        self._engine: Engine[Hand] | None = None
        self._services: Hand | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = Context()
        self._lock = threading.Lock()
        self._dirty = _Dirty()
        self._is_due = False
        self._waiting = 0
        self._changing: asyncio.Event | None = None
        """Set when another engine has taken over; None while none is about to."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked, running or waiting to be painted; for tests."""
        quiet = self._engine is None or self._engine.pending == 0
        return quiet and not self._waiting and not self._is_due and not self._dirty

    @property
    def is_open(self) -> bool:
        """Whether the services are there."""
        return self._services is not None

    def start(self, engine: Engine[Hand]) -> None:
        """Start the engine and hear its events; call when the first frame is on the screen."""
        self._loop = asyncio.get_running_loop()
        # What is called from the engine's thread must find Textual's context variables again.
        self._context = copy_context()
        self._engine = engine
        engine.start()

    async def opened(self) -> None:
        """Wait until the services are there, then listen.

        Raises: whatever kept them from opening.
        """
        self._services = await self.ask(self._listen)
        self._mark(lambda dirty: dirty.open())

    async def ask(self, work: Work[Hand, Answer]) -> Answer:
        """Have the engine run `work`; cancelling cancels the waiting, never the work."""
        if self._engine is None:
            raise RuntimeError("the engine was not started")
        self._waiting += 1
        try:
            if self._changing is not None:
                await self._changing.wait()
            return await self._engine.call(work)
        finally:
            self._waiting -= 1

    async def reopen(self, engine: Engine[Hand]) -> None:
        """Put another engine in the place of this one; what is asked meanwhile waits for it.

        What this one was about to do is cancelled.

        Raises: whatever keeps the services from opening.
        """
        before, self._services = self._engine, None
        self._changing = changed = asyncio.Event()
        try:
            if before is not None:
                await before.stop()
            self._engine = engine
            engine.start()
        finally:
            self._changing = None
            changed.set()
        await self.opened()

    async def stop(self) -> None:
        """Stop the engine."""
        if self._engine is not None:
            await self._engine.stop()

    def unheard(self, error: BaseException) -> None:
        """Show a failure nobody waited for; may be called on any thread."""
        self.notify(as_notice(error))

    def notify(self, notice: Notice) -> None:
        """Show a notice with the next frame; may be called on any thread."""
        self._mark(lambda dirty: dirty.notices.append(notice))

    async def _listen(self, services: Hand) -> Hand:
        services.bus.subscribe(self._hear)
        for notice in services.notices:
            self.notify(notice)
        return services

    def _hear(self, event: Event) -> None:
        """Take an event; runs on the engine's thread."""
        self._mark(lambda dirty: dirty.add(event))

    def on_ui(self, call: Callable[[], object]) -> None:
        """Have the application call something; may be called on any thread."""
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._app.call_next, call, context=self._context)
        except RuntimeError:
            return  # the loop is closed: nobody is left to do it

    def _mark(self, change: Callable[[_Dirty], None]) -> None:
        with self._lock:
            change(self._dirty)
            if self._is_due or self._loop is None:
                return
            self._is_due = True
        try:
            self._loop.call_soon_threadsafe(self._schedule, context=self._context)
        except RuntimeError:
            return  # the loop is closed: nobody is left to be told

    def _schedule(self) -> None:
        _ = once(self._app, FRAME_S, self._publish)

    def _publish(self) -> None:
        with self._lock:
            changes, self._dirty, self._is_due = self._dirty.gathered(), _Dirty(), False
        self.changes.publish(changes)


class _Dirty:
    """Topics that changed since the last publication."""

    def __init__(self) -> None:
        self.run_ids: set[RunId] = set()
        self.project_ids: set[ProjectId] = set()
        self.output: dict[RunId, int] = {}
        self.notices: list[Notice] = []
        self.labs = False
        self.health = False
        self.artifacts = False
        self.transfers = False
        self.sign_in = False
        self.attention = False
        self.opened = False
        self.files: LogProgress | None = None

    def __bool__(self) -> bool:
        return bool(
            self.run_ids
            or self.project_ids
            or self.output
            or self.notices
            or self.labs
            or self.health
            or self.artifacts
            or self.transfers
            or self.sign_in
            or self.attention
            or self.opened
            or self.files
        )

    def open(self) -> None:
        self.opened = True

    def add(self, event: Event) -> None:
        from skyforge_tui.domain import events

        match event:
            case events.RunsChanged(run_ids):
                self.run_ids |= run_ids
            case events.ProjectsChanged(project_ids):
                self.project_ids |= project_ids
            case events.LogGrew(run_id, size):
                self.output[run_id] = max(size, self.output.get(run_id, 0))
            case events.FilesGrew(progress):
                self.files = progress
            case events.NoticeRaised(notice):
                self.notices.append(notice)
            case events.LabsChanged():
                self.labs = True
            case events.HealthChanged():
                self.health = True
            case events.ArtifactsChanged():
                self.artifacts = True
            case events.TransfersChanged():
                self.transfers = True
            case events.SignInChanged():
                self.sign_in = True
            case events.AttentionChanged():
                self.attention = True
            case _:
                pass  # nothing that a screen shows

    def gathered(self) -> Changes:
        return Changes(
            frozenset(self.run_ids),
            frozenset(self.project_ids),
            dict(self.output),
            tuple(self.notices),
            self.labs,
            self.health,
            self.artifacts,
            self.sign_in,
            self.attention,
            self.opened,
            self.files,
            self.transfers,
        )
