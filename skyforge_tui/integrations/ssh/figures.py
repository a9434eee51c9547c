"""How a host is: its cores, load, memory and disk, in one command of POSIX sh.

Source: Linux, `/proc/loadavg`, `/proc/meminfo`; `df -P`, `nproc`, `uname`. Others tell less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from skyforge_tui.integrations.ssh.host import SshHost

_LOOK: Final = r"""
echo "system $(uname -sr 2>/dev/null)"
echo "cores $(nproc 2>/dev/null)"
[ -r /proc/loadavg ] && echo "load $(cat /proc/loadavg)"
[ -r /proc/meminfo ] && grep -E '^(MemTotal|MemAvailable):' /proc/meminfo
df -P "$HOME" 2>/dev/null | tail -n 1
exit 0
"""
_FIELD: Final = re.compile(r"^(system|cores|load|MemTotal:|MemAvailable:) +(.+)$", re.MULTILINE)
_DISK: Final = re.compile(r" (\d{1,3})% /")


@dataclass(frozen=True, slots=True)
class Figures:
    """A host as it was just now; what it does not tell is None."""

    system: str
    cores: int | None
    load_percent: int | None
    """Of all cores, by the load of the last minute; more than they can do is 100."""
    memory_percent: int | None
    disk_percent: int | None
    """Of the disk on which the home folder is."""


async def figures_of(host: SshHost) -> Figures:
    """Look at a host.

    Raises:
        TransportError: it does not answer.
    """
    done = await host.run(_LOOK)
    return read_figures(done.stdout.decode("utf-8", "replace"))


def read_figures(printed: str) -> Figures:
    """Read what a host printed."""
    told = dict(_FIELD.findall(printed))
    cores = _number(told.get("cores", ""))
    load = _number(told.get("load", ""))
    total, free = (_number(told.get(f"Mem{one}:", "")) for one in ("Total", "Available"))
    disk = _DISK.search(printed)
    return Figures(
        told.get("system", "").strip()[:60],
        None if not cores else round(cores),
        None if load is None or not cores else _percent(load / cores),
        None if not total or free is None else _percent(1 - free / total),
        None if disk is None else min(100, int(disk[1])),
    )


def _number(text: str) -> float | None:
    hit = re.match(r"\d{1,15}(\.\d{1,6})?", text)
    return None if hit is None else float(hit[0])


def _percent(part: float) -> int:
    return round(100 * max(0.0, min(1.0, part)))
