"""The queue of local runs: N locks, the lowest waiting number first."""

from __future__ import annotations

import os

from skyforge_tui.store.supervisor import locks
from skyforge_tui.store.supervisor.places import LOCK, Places, number_of


class SlotQueue:
    """One run's place in the queue, and then its slot.

    Whoever waits leaves an empty file with its number. It is anybody's turn who finds no smaller
    number of a supervisor that lives; so a crowd cannot overtake, and the dead do not block.
    """

    def __init__(self, places: Places, number: int, slots: int) -> None:
        self._places = places
        self._number = number
        self._slots = slots
        self._slot: int | None = None
        self._waiting = places.slots / "waiting"
        self._marker = self._waiting / str(number)

    def join(self) -> None:
        """Stand in the queue.

        Raises:
            OSError: the queue cannot be written.
        """
        self._waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._marker, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def try_enter(self) -> bool:
        """Take a slot if it is this run's turn and one is free."""
        if self._is_somebody_before_us():
            return False
        for index in range(self._slots):
            self._slot = locks.try_hold(self._places.slots / f"{index}.lock")
            if self._slot is not None:
                self._marker.unlink(missing_ok=True)
                return True
        return False

    def leave(self) -> None:
        """Leave the queue, or give the slot back; leaving twice is fine."""
        self._marker.unlink(missing_ok=True)
        if self._slot is not None:
            os.close(self._slot)
            self._slot = None

    def _is_somebody_before_us(self) -> bool:
        numbers = (number_of(path.name) for path in self._waiting.iterdir())
        for number in sorted(one for one in numbers if one is not None):
            if number >= self._number:
                return False
            if locks.is_held(self._places.run(number) / LOCK):
                return True
            (self._waiting / str(number)).unlink(missing_ok=True)
        return False
