"""Finding out whether a process stands still in a read from a terminal, where the system tells.

Linux tells it in `/proc/PID/wchan` and `/proc/PID/syscall` (proc(5)); elsewhere nobody is found.
"""

from __future__ import annotations

import re
from pathlib import Path

_MOST = 64
"""Processes that are looked at: a run with more of them asks by way of a prompt."""
_WAITS = frozenset({"wait_woken", "n_tty_read"})
"""Where the kernel keeps whoever reads an empty terminal (drivers/tty/n_tty.c)."""
_TERMINAL = re.compile(r"/dev/(pts/\d+|tty)")


def is_terminal_read(leader: int) -> bool:
    """Say whether `leader`, or a process it started, waits for somebody to type."""
    unseen = [leader]
    for _ in range(_MOST):
        if not unseen:
            return False
        pid = unseen.pop()
        if _reads_terminal(pid):
            return True
        unseen.extend(int(child) for child in _told(f"/proc/{pid}/task/{pid}/children").split())
    return False


def _reads_terminal(pid: int) -> bool:
    if _told(f"/proc/{pid}/wchan") not in _WAITS:
        return False
    # The number of the call differs by machine; the first argument of a read is a descriptor.
    words = _told(f"/proc/{pid}/syscall").split()
    if len(words) < 2 or not words[1].startswith("0x"):
        return False
    try:
        return bool(
            _TERMINAL.fullmatch(str(Path(f"/proc/{pid}/fd/{int(words[1], 16)}").readlink()))
        )
    except OSError:
        return False


def _told(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
