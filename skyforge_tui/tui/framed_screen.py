"""What every screen with a frame shares: crumbs, notices, the footer with its keys.

Keys come from the command registry and end in methods named after the command: `log.wrap` in
`do_log_wrap`, on the screen or on the application.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.permission import CHANGES_UPSTREAM
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import BY_ID, Command, Place, commands_of
from skyforge_tui.tui.errors import as_notice, denied_notice
from skyforge_tui.tui.key_bindings import bound
from skyforge_tui.tui.once import Beat
from skyforge_tui.tui.pacing import PacedScreen
from skyforge_tui.tui.presenters.frame import TALL, notice_text, title_line
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.widgets.frame import CrumbBar, FooterBar, NoticeStrip, Pressed

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.tui.cockpit import Stage
    from skyforge_tui.tui.presenters.cells import Line

Work = Coroutine[Any, Any, Any] | Callable[[], Coroutine[Any, Any, Any]]

WIDE = 110
"""From so many columns on there is room for a side pane, or for more columns in it."""
SLIM = 60
"""From so many columns on there is room for two things side by side."""


class FramedScreen(PacedScreen[None]):
    """A screen with crumbs above and keys below."""

    PLACE: ClassVar[Place]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012

    DEFAULT_CSS = """
    FramedScreen { layout: vertical; background: $background; }
    FramedScreen .body { height: 1fr; layout: horizontal; }
    FramedScreen.-tall CrumbBar { margin-bottom: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._notice: Notice | None = None
        self._refusal: Notice | None = None
        """The notice that says why a key was refused."""
        self._beat = Beat(self)
        self._crumbs = CrumbBar()
        self._strip = NoticeStrip()
        self._footer = FooterBar()

    # What a screen says of itself.

    def head(self) -> Iterator[Any]:
        """Yield what stands above the crumbs."""
        yield from ()

    def body(self) -> Iterator[Any]:
        """Yield the widgets between the crumbs and the footer."""
        raise NotImplementedError

    def crumb(self) -> Line:
        """Return where one is: a title with a count, or crumbs."""
        return title_line(self.PLACE.value.title())

    # The frame.

    @property
    def is_current(self) -> bool:
        """Whether one can see it: no other screen with a frame lies over it.

        Textual (8.2.8) also counts the screen right below the one in front; whatever that one hears
        then has both drawn anew as a whole, for nothing.
        """
        framed = (one for one in reversed(self.app.screen_stack) if isinstance(one, FramedScreen))
        return super().is_current and next(framed, None) is self

    @property
    def stage(self) -> Stage:
        """The application, as every screen may use it."""
        return cast("Stage", self.app)

    @property
    def now(self) -> datetime:
        """The time, with this machine's offset."""
        return self.stage.now()

    def compose(self) -> ComposeResult:
        """Yield the frame with the screen's own in it."""
        yield from self.head()
        yield self._crumbs
        yield from self.body()
        yield self._strip
        yield self._footer

    def on_mount(self) -> None:
        """Take the keys in force."""
        self._bindings = bound(self._bindings, self.stage.keymap, self.PLACE)
        self.show_frame()

    def on_screen_resume(self) -> None:
        """Beat again, now that one sees it."""
        self._beat.go_on()

    def show_frame(self) -> None:
        """Draw crumbs, footer and notice as they are now."""
        self._crumbs.show(self.crumb())
        help_key = self.stage.keymap.shown("app.help")
        self._footer.show(self.footer_hints(), self.footer_lead(), help_key)
        self._strip.show(None if self._notice is None else notice_text(self._notice))

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here, most important first."""
        ranked = [(rank, one) for one in commands_of(self.PLACE) if (rank := self.footer_rank(one))]
        ranked.sort(key=lambda pair: pair[0])
        has_key = self.stage.keymap.keys_of
        return [self.hint(one) for _, one in ranked if has_key(one.id)]

    def footer_rank(self, command: Command) -> int:
        """Return where a command stands in the footer: 1 first; 0 not at all."""
        return command.footer

    def footer_lead(self) -> Line:
        """Return what stands before the keys."""
        return ()

    def hint(self, command: Command) -> KeyHint:
        """Return a command as a key hint, with why it is refused right now."""
        denied = self.denied(command)
        return KeyHint(
            self.stage.keymap.shown(command.id), command.label, allowed=denied is None,
            reason="" if denied is None else denied.reason, asks=command.asks,
            group=command.group, command_id=command.id,
        )  # fmt: skip

    def denied(self, command: Command) -> Denied | None:
        """Say why a command is refused right now; None if it is not."""
        reason = self.lacks(command)
        return Denied(reason) if reason else None

    def lacks(self, command: Command) -> str:  # noqa: ARG002
        """Say what is missing for a command here, before anybody's permission is asked."""
        return ""

    def say(self, notice: Notice | None) -> None:
        """Show a notice above the footer, or take it away."""
        self._notice = notice
        self.show_frame()

    def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
        """Run something beside the keys; its failure becomes a notice."""
        return self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show why a worker failed; a defect is logged with its trace."""
        event.stop()
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(as_notice(event.worker.error))

    def tick(self, draw: Callable[[], object] | None) -> None:
        """Call `draw` once a second from now on while one is here; None stops it."""
        self._beat.call(draw)

    # Keys.

    def action_command(self, command_id: str) -> None:
        """Carry out a command, or say why not."""
        command = BY_ID[command_id]
        denied = self.denied(command)
        if denied is not None:
            self._refusal = denied_notice(
                command.help, denied, sends=command.permission in CHANGES_UPSTREAM
            )
            self.say(self._refusal)
            return
        if self._refusal is not None and command_id != "app.back":
            # What a later key does is not what was refused.
            self.forget_refusal()
        name = f"do_{command_id.replace('.', '_')}"
        getattr(self if hasattr(self, name) else self.app, name)()

    def forget_refusal(self) -> None:
        """Take away why the last key was refused, if it still stands there."""
        if self._notice is self._refusal:
            self.say(None)
        self._refusal = None

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
