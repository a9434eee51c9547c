"""Keys are carried out one after the other, however fast they come.

Textual (8.2.8) decides who gets a key when it arrives, not when the keys before it were carried
out. Over a slow connection several arrive at once, and those behind a `/` would be commands.
"""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App

from skyforge_tui.tui.pacing import PacedScreen

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.screen import Screen

LEAVING = frozenset({"ctrl+q", "ctrl+c", "ctrl+z"})
"""Keys that are never kept back."""
_EARLY_ENTER = "ctrl+j"
"""What a terminal makes of `enter` as long as it is not ours yet."""
BEAT_S = 0.025
BEATS = 40
"""How many beats a key waits for the one before, which may have gone to what is no longer there.

Beats rather than time: where the program has no turn for a second, the key before had none either,
and whatever comes to it meanwhile would be a command instead of a letter.
"""
ROUNDS = 2
"""Times a stop is waited for: for the key itself, and for what it told to where it was."""


class KeyOrder(App[None]):
    """Hands a key on when the key before was carried out, and none while input is held."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ahead: deque[events.Event] = deque()
        self._in_hand: object | None = None
        self._waiting: TimerHandle | None = None
        self._is_holding = False

    def hold_input(self) -> None:
        """Keep input from now on until it is let in, clicks too."""
        self._is_holding = True

    def let_in(self) -> None:
        """Hand on what was kept, in order."""
        self._is_holding = False
        if self._ahead:
            self.call_next(self._go_on)

    async def on_event(self, event: events.Event) -> None:
        """Hand an event on; a key behind one that is not carried out yet has to wait."""
        if isinstance(event, events.Key) and event.key == _EARLY_ENTER:
            event = events.Key("enter", "\r")
        if not self._has_an_order(event):
            await super().on_event(event)
            return
        self._ahead.append(event)
        await self._go_on()

    def _has_an_order(self, event: events.Event) -> bool:
        if event.is_forwarded or (isinstance(event, events.Key) and event.key in LEAVING):
            return False
        if isinstance(event, events.Key | events.Paste):
            return True
        # A click among keys that are kept back stays among them.
        is_kept = self._is_holding or bool(self._ahead)
        return is_kept and isinstance(event, events.InputEvent)

    def look_at_keys(self) -> None:
        """Hand on what waited for a screen to have what it shows."""
        if self._ahead:
            self.call_next(self._go_on)

    async def _go_on(self) -> None:
        may_go_on = self._in_hand is None and not self._is_holding and self.screen_stack
        if self._ahead and may_go_on and not self._is_on_the_way(self.screen):
            await self._hand_over(self._ahead.popleft())
        self._be_patient()

    @staticmethod
    def _is_on_the_way(screen: Screen[Any]) -> bool:
        return isinstance(screen, PacedScreen) and screen.is_arriving

    async def _hand_over(self, event: events.Event) -> None:
        self._in_hand = event
        if isinstance(self.screen, PacedScreen):
            self.screen.hurry()
        target = self.focused or self.screen
        await super().on_event(event)
        stops: deque[MessagePump] = deque()
        for one in target.ancestors_with_self:
            stops.extend([one] * ROUNDS)
        _Follower(stops, lambda: self.call_next(self._carried_out, event)).go_on()

    async def _carried_out(self, event: object) -> None:
        if self._in_hand is not event:
            return
        self._in_hand = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        await self._go_on()

    def _be_patient(self) -> None:
        if self._ahead and self._waiting is None and self._in_hand is not None:
            self._wait(self._in_hand, BEATS)

    def _wait(self, event: object, beats: int) -> None:
        if beats:
            self._waiting = get_running_loop().call_later(BEAT_S, self._wait, event, beats - 1)
        else:
            self.call_next(self._carried_out, event)


class _Follower:
    """Goes the way a key goes, behind it; where it ends, the key was carried out.

    Its step is posted as it is: Textual (8.2.8) asks anew how many parameters everything takes that
    it has wrapped itself, which costs more than the step.
    """

    __slots__ = ("_arrive", "_stops")

    def __init__(self, stops: deque[MessagePump], arrive: Callable[[], object]) -> None:
        self._stops = stops
        self._arrive = arrive

    def go_on(self) -> None:
        """Go to the next stop that still takes messages."""
        while self._stops:
            if self._stops.popleft().post_message(events.Callback(callback=self.go_on)):
                return
        self._arrive()
