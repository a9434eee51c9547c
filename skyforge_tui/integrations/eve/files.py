"""Finds labs of an EVE-NG by its files, where only SSH leads to it.

Source: EVE-NG Community 2.0.3 and 6.2 on Ubuntu (GNU find): labs are `*.unl` below
`/opt/unetlab/labs`; of what runs a copy of that name lies below `/opt/unetlab/tmp`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.eve.wire import LabFile
from skyforge_tui.integrations.ssh.host import SshHost

MOST_LABS: Final = 5000
_LIST: Final = """\
LC_ALL=C
export LC_ALL
if ! test -d "$1" || ! test -r "$1"; then echo "$1 cannot be read there" >&2; exit 3; fi
find "$1" -type f -name '*.unl' -printf '%T@ %P\\0' 2>/dev/null | head -c 4194304
printf '/\\0'
find "$2" -type f -name '*.unl' -printf '%f\\0' 2>/dev/null | head -c 1048576
exit 0
"""
"""`$1` is where labs are, `$2` where what runs lies; two lists of names that end in NUL, with a
lone slash between them."""


@dataclass(frozen=True, slots=True)
class Files:
    """Labs by their files, and the names of files that lie among what runs."""

    labs: tuple[LabFile, ...]
    running: frozenset[str]
    is_cut: bool
    """Whether there are more than were taken."""


async def lab_files(host: SshHost, labs: str, running: str) -> Files:
    """Return the labs below the folder `labs`, and what lies below the folder `running`.

    Raises:
        TransportError: the host does not answer; failed, if the folder cannot be read there.
    """
    done = await host.run(_LIST, (labs, running))
    if done.exit_code != 0:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise TransportError("failed", why[-1] if why else f"find ended with {done.exit_code}")
    records = done.stdout.split(b"\0")
    if b"/" not in records:
        raise TransportError("unreadable", "what came is no list of files")
    middle = records.index(b"/")
    rows = [one for one in records[:middle] if b" " in one]
    found = (one.decode("utf-8", "replace").partition(" ") for one in rows[:MOST_LABS])
    return Files(
        tuple(LabFile(f"/{path}", _seconds(since)) for since, _, path in found),
        frozenset(one.decode("utf-8", "replace") for one in records[middle + 1 :] if one),
        len(rows) > MOST_LABS,
    )


def _seconds(text: str) -> int | None:
    whole = text.partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) < 12 else None
