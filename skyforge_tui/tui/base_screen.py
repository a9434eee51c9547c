"""What every place shares: the frame around it, its keys, its data road, and its failures.

A place names its topics (`concerns`) and loads itself (`load`); the rest happens here. Keys come
from the command registry and end in methods named after the command: `run.stop` in `do_run_stop`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import BY_ID, TABS, Command, Place, commands_of
from skyforge_tui.tui.errors import as_notice, denied_notice
from skyforge_tui.tui.key_bindings import bound
from skyforge_tui.tui.once import Beat
from skyforge_tui.tui.presenters.frame import Identity, notice_text, title_line
from skyforge_tui.tui.presenters.frame import Place as Tab
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.lights import light_of
from skyforge_tui.tui.widgets.frame import CrumbBar, FooterBar, HeaderBar, NoticeStrip, Pressed

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.services.contract import Services, Target
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.messages import Changes
    from skyforge_tui.tui.presenters.cells import Line

Answer = TypeVar("Answer")
Work = Coroutine[Any, Any, Any] | Callable[[], Coroutine[Any, Any, Any]]

AGE_STEP_S = 10.0
"""Ages are shown in steps of ten seconds, so nothing moves more often because of them."""


WIDE = 110
"""From so many columns on there is room for a side pane, or for more columns in it."""
TALL = 30
"""From so many rows on there is a blank one below the crumbs."""


class PlaceScreen(Screen[None]):
    """A place of the program."""

    PLACE: ClassVar[Place]
    TAB: ClassVar[Place]
    """Whose digit is lit; the place itself, or the one it is part of."""
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012

    DEFAULT_CSS = """
    PlaceScreen { layout: vertical; background: $background; }
    PlaceScreen .body { height: 1fr; layout: horizontal; }
    PlaceScreen.-tall CrumbBar { margin-bottom: 1; }
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "PLACE" in cls.__dict__:
            cls.TAB = cls.__dict__.get("TAB", cls.PLACE)
        super().__init_subclass__(**kwargs)

    def __init__(self) -> None:
        super().__init__()
        self._is_stale = True
        self._notice: Notice | None = None
        self._beat = Beat(self)
        self._header = HeaderBar([Tab(str(i), one.value.title(), one.value) for i, one in _TABS])
        self._crumbs = CrumbBar()
        self._strip = NoticeStrip()
        self._footer = FooterBar()

    # What a place says of itself.

    def body(self) -> Iterator[Any]:
        """Yield the widgets between the crumbs and the footer."""
        raise NotImplementedError

    def crumb(self) -> Line:
        """Return where one is: a title with a count, or crumbs."""
        return title_line(self.PLACE.value.title())

    def concerns(self, changes: Changes) -> bool:
        """Say whether these changes touch what is shown."""
        return bool(changes.run_ids or changes.project_ids)

    async def load(self) -> None:
        """Ask for what is shown, and show it."""

    def target(self) -> Target:
        """Return what a command would act on: what stands under the cursor."""
        return None

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

    @property
    def now(self) -> datetime:
        """The time, with this machine's offset."""
        return self.cockpit.now()

    def compose(self) -> ComposeResult:
        """Yield the frame with the place in it."""
        yield self._header
        yield self._crumbs
        yield from self.body()
        yield self._strip
        yield self._footer

    def on_mount(self) -> None:
        """Take the keys in force, hear what changes, and step the ages."""
        self._bindings = bound(self._bindings, self.cockpit.keymap, self.PLACE)
        self.bridge.changes.subscribe(self, self._heard)
        self.set_interval(AGE_STEP_S, self._step_ages)
        self.show_frame()
        if self.bridge.is_open:
            self.reload()

    def on_screen_resume(self) -> None:
        """Catch up with what happened meanwhile."""
        self.show_frame()
        if self._is_stale and self.bridge.is_open:
            self.reload()

    def show_frame(self) -> None:
        """Draw header, crumbs, lights, footer and notice as they are now."""
        cockpit = self.cockpit
        identity = Identity(cockpit.profile, self.bridge.principal.username, self.role_word())
        broken, waiting = cockpit.attention
        self._header.show(active=self.TAB.value, identity=identity, broken=broken, waiting=waiting)
        lights = [light_of(one, self.now) for one in self.bridge.lights()]
        self._crumbs.show(self.crumb(), lights)
        help_key = cockpit.keymap.shown("app.help")
        self._footer.show(self.footer_hints(), self.footer_lead(), help_key)
        self._strip.show(None if self._notice is None else notice_text(self._notice))

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here, most important first."""
        ranked = sorted(commands_of(self.PLACE), key=lambda one: one.footer)
        has_key = self.cockpit.keymap.keys_of
        return [self.hint(one) for one in ranked if one.footer and has_key(one.id)]

    def footer_lead(self) -> Line:
        """Return what stands before the keys."""
        return ()

    def hint(self, command: Command) -> KeyHint:
        """Return a command as a key hint, with why it is refused right now."""
        denied = self.denied(command)
        return KeyHint(
            self.cockpit.keymap.shown(command.id), command.label, allowed=denied is None,
            reason="" if denied is None else denied.reason, asks=command.asks,
            group=command.group, command_id=command.id,
        )  # fmt: skip

    def denied(self, command: Command) -> Denied | None:
        """Say why a command is refused for what stands under the cursor; None if it is not."""
        reason = self.lacks(command)
        if reason:
            return Denied(reason)
        if command.permission is None:
            return None
        decision = self.bridge.may(command.permission, self.target())
        return decision if isinstance(decision, Denied) else None

    def lacks(self, command: Command) -> str:  # noqa: ARG002
        """Say what is missing for a command here, before anybody's permission is asked."""
        return ""

    def say(self, notice: Notice | None) -> None:
        """Show a notice above the footer, or take it away."""
        self._notice = notice
        self.show_frame()

    # The data road.

    def reload(self) -> None:
        """Load anew, once: a second call while one is under way replaces it."""
        self._is_stale = False
        # Not a coroutine yet: one that is replaced before it began would never be awaited.
        self.work(self.load, group="load", exclusive=True)

    def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
        """Run something beside the keys; its failure becomes a notice."""
        return self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    async def ask(self, work: Callable[[Services], Coroutine[Any, Any, Answer]]) -> Answer:
        """Have the engine do something."""
        return await self.bridge.ask(work)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show why a worker failed; a defect is logged with its trace."""
        event.stop()
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(as_notice(event.worker.error))

    def _heard(self, changes: Changes) -> None:
        if changes.notices and self.is_current:
            self._notice = changes.notices[-1]
        if self.concerns(changes) or changes.opened:
            if self.is_current or (self.is_attached and self.app.screen.is_modal):
                self.reload()
            else:
                self._is_stale = True
        if self.is_current:
            self.heard(changes)
            self.show_frame()

    def heard(self, changes: Changes) -> None:
        """Hear of changes while one is here, besides being loaded anew."""

    def _step_ages(self) -> None:
        if self.is_current:
            self.show_frame()
            self.step_ages()

    def step_ages(self) -> None:
        """Draw what shows an age again."""

    def tick(self, draw: Callable[[], object] | None) -> None:
        """Call `draw` once a second from now on while one is here; None stops it."""
        self._beat.call(draw)

    # Keys.

    def action_command(self, command_id: str) -> None:
        """Carry out a command, or say why not."""
        command = BY_ID[command_id]
        denied = self.denied(command)
        if denied is not None:
            self.say(denied_notice(command.help, denied))
            return
        name = f"do_{command_id.replace('.', '_')}"
        getattr(self if hasattr(self, name) else self.cockpit, name)()

    def action_hotkey(self, key: str) -> None:
        """Show the card that lies on a key of one's own."""
        self.cockpit.open_hotkey(self.cockpit.keymap.hotkeys[key])

    def on_pressed(self, event: Pressed) -> None:
        """Carry out what was clicked in the frame."""
        event.stop()
        if event.ref in BY_ID:
            self.action_command(event.ref)
        elif event.ref == "help":
            self.action_command("app.help")
        elif f"place.{event.ref}" in BY_ID:
            self.action_command(f"place.{event.ref}")
        else:
            self.say(None)

    def do_app_back(self) -> None:
        """Leave what is transient here first; then the place."""
        if self._notice is not None:
            self.say(None)
        else:
            self.leave()

    def leave(self) -> None:
        """Go one level back; at the top there is nothing to leave."""

    def do_app_refresh(self) -> None:
        """Ask everything upstream again."""
        self.work(self._refresh(), group="refresh", exclusive=True)

    async def _refresh(self) -> None:
        principal = self.bridge.principal

        async def everything(services: Services) -> None:
            await services.projects.request_sync(principal)
            for upstream in services.run_upstreams:
                await services.runs.refresh(principal, upstream)

        await self.ask(everything)


_TABS = tuple(enumerate(TABS, start=1))
