"""The process of a run: started on its own pseudo-terminal, signalled as a group, reaped last."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_RESET = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
)
_OURS = ("SKYFORGE_", "TEXTUAL_")
_NOT_INHERITED = frozenset({"COLUMNS", "LINES", "OLDPWD", "__PYVENV_LAUNCHER__"})


class CannotStart(Exception):  # noqa: N818
    """Say in a few words why a command cannot be executed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended, and what it and its children used."""

    exit_code: int | None
    signal: str
    """The name of the signal that ended it, or empty."""
    user_s: float
    system_s: float
    max_rss_bytes: int


def environment_for(
    inherited: Mapping[str, str], added: Mapping[str, str], secret: Mapping[str, str]
) -> dict[str, str]:
    """Return the starter's environment without what concerns this program, plus what was asked."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith(_OURS) and name not in _NOT_INHERITED
    }
    # Tools installed beside this program (Ansible, netlab) are found even when it was started by
    # its full path; whatever the person's own PATH has comes first.
    parts = [kept.get("PATH", os.defpath)]
    if sys.executable:
        parts.append(str(Path(sys.executable).parent))
    path = os.pathsep.join(part for part in parts if part)
    return {**kept, "PATH": path, "TERM": "xterm-256color", **added, **secret}


class Child:
    """A process group whose output goes to a pseudo-terminal that changes no byte of it.

    Standard input is empty and there is no controlling terminal, so that a hidden question fails at
    once; with `terminal` both are the pseudo-terminal.

    Raises:
        CannotStart: there is no such command or directory, or it may not be executed.
    """

    def __init__(
        self,
        command: Sequence[str],
        directory: str,
        environment: Mapping[str, str],
        *,
        terminal: bool,
        columns: int,
        rows: int,
    ) -> None:
        try:
            self.master, slave = os.openpty()
        except OSError as error:
            raise CannotStart(f"no pseudo-terminal: {error.strerror}") from error
        try:
            attributes = termios.tcgetattr(slave)
            attributes[1] &= ~termios.OPOST
            termios.tcsetattr(slave, termios.TCSANOW, attributes)
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.set_blocking(self.master, False)
            self._process = subprocess.Popen(
                command,
                stdin=slave if terminal else subprocess.DEVNULL,
                stdout=slave,
                stderr=slave,
                cwd=directory,
                env=environment,
                start_new_session=True,
                preexec_fn=_with_terminal if terminal else _with_default_signals,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            os.close(self.master)
            raise CannotStart(_in_words(error, command, directory)) from error
        finally:
            os.close(slave)
        self.pid = self._process.pid
        self._exit_watch = _ExitWatch(self.pid)

    def has_exited(self) -> bool:
        """Tell whether the leader has ended; it is not reaped, so its number stays taken."""
        return self._exit_watch.has_exited()

    def signal_group(self, number: int) -> bool:
        """Send a signal to the whole process group; return whether that was permitted."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return True
        except PermissionError:
            # macOS answers so for a group of which only the unreaped leader is left.
            return self.has_exited()
        return True

    def is_echo_off(self) -> bool:
        """Tell whether the terminal hides what is typed, as for a password."""
        try:
            return not termios.tcgetattr(self.master)[3] & termios.ECHO
        except termios.error:
            return False

    def reap(self) -> Ending:
        """Take the ended leader's exit status and give the pseudo-terminal back."""
        _, status, used = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code
        os.close(self.master)
        return Ending(
            exit_code=code if code >= 0 else None,
            signal=_name(-code) if code < 0 else "",
            user_s=used.ru_utime,
            system_s=used.ru_stime,
            max_rss_bytes=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        )


class _ExitWatch:
    """Sees that a process has ended without reaping it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._gone = False
        if sys.platform == "darwin":
            # waitid came to macOS only with Python 3.13.
            self._queue = select.kqueue()
            event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            try:
                self._queue.control([event], 0)
            except ProcessLookupError:
                self._gone = True

    def has_exited(self) -> bool:
        if not self._gone:
            if sys.platform == "darwin":
                self._gone = bool(self._queue.control([], 1, 0))
            else:
                options = os.WEXITED | os.WNOHANG | os.WNOWAIT
                self._gone = os.waitid(os.P_PID, self._pid, options) is not None
        return self._gone


def _with_default_signals() -> None:
    """Undo what the starter ignored or blocked (a shell ignores INT for its background jobs)."""
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _with_terminal() -> None:
    """Make standard input the controlling terminal, so that `/dev/tty` works for prompts."""
    _with_default_signals()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def _in_words(error: Exception, command: Sequence[str], directory: str) -> str:
    program = command[0] if command else ""
    if not isinstance(error, OSError):
        return f"cannot execute {program!r}: {error}"
    if error.filename == directory and error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return f"no such directory: {directory}"
    if error.filename == directory:
        return f"cannot enter {directory}: {error.strerror}"
    if error.errno == errno.ENOENT:
        return f"no such command: {program}"
    if error.errno == errno.EACCES:
        return f"not executable: {program}"
    return f"cannot execute {program}: {error.strerror or error}"
