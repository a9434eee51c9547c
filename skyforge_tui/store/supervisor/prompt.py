"""Noticing that a process with a terminal waits for an answer, and giving it one."""

from __future__ import annotations

import os
from collections.abc import Callable

from skyforge_tui.store.supervisor.child import Child
from skyforge_tui.store.supervisor.loop import WRITE, Loop
from skyforge_tui.store.supervisor.terminal_reading import is_terminal_read

_QUIET_S = 1.5
_MAX_PENDING = 64 * 1024


class Prompt:
    """Watches a terminal: quiet after an unfinished line, or with echo off, means a question.

    The terminal alone tells so much, wherever there are pseudo-terminals. Where the system tells
    of a process that it reads the terminal, quiet means a question after a whole line as well.
    """

    def __init__(self, loop: Loop, child: Child, on_change: Callable[[], None]) -> None:
        self._loop = loop
        self._child = child
        self._on_change = on_change
        self._writer = os.dup(child.master)
        self._pending = bytearray()
        self._is_line_open = False
        self.waits = False
        """Whether the process seems to wait for input."""
        self._restart()

    def saw(self, data: bytes) -> None:
        """Take note of new output."""
        if data:
            self._is_line_open = not data.endswith(b"\n")
            self._restart()

    def pause(self) -> None:
        """Draw no conclusion from the quiet until there is output again."""
        self._loop.cancel("quiet")
        self._set(waits=False)

    def answer(self, data: bytes) -> bool:
        """Write `data` to the process as if typed; return False when too much is pending."""
        if len(self._pending) + len(data) > _MAX_PENDING:
            return False
        self._pending += data
        self._write(WRITE)
        self._restart()
        return True

    def close(self) -> None:
        """Ask and answer no more."""
        self._loop.cancel("quiet")
        self._loop.forget(self._writer)
        os.close(self._writer)
        self._set(waits=False)

    def _restart(self) -> None:
        self._loop.after("quiet", _QUIET_S, self._is_quiet)
        self._set(waits=False)

    def _is_quiet(self) -> None:
        child = self._child
        if self._is_line_open or child.is_echo_off() or is_terminal_read(child.pid):
            self._set(waits=True)
        else:
            # Echo can be switched off, and reading begun, without a byte of output.
            self._loop.after("quiet", _QUIET_S, self._is_quiet)

    def _write(self, _ready: int) -> None:
        try:
            written = os.write(self._writer, self._pending)
        except BlockingIOError:
            written = 0
        except OSError:
            # Nobody has the terminal open any more: there is nobody to answer.
            written = len(self._pending)
        del self._pending[:written]
        if self._pending:
            self._loop.listen(self._writer, WRITE, self._write)
        else:
            self._loop.forget(self._writer)

    def _set(self, *, waits: bool) -> None:
        if waits != self.waits:
            self.waits = waits
            self._on_change()
