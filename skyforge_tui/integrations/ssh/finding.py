"""Files of an SSH host, found by name and read in one go: few, and none of them large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.host import SshHost

MOST_FILES: Final = 300
MOST_BYTES: Final = 512 * 1024
"""Of one file; a larger one is passed over."""
_FIND: Final = r"""
printf '%s\0' "$HOME"
pattern=$1 depth=$2 limit=$3 most=$4; shift 4
for root; do
  case $root in '~') root=$HOME ;; '~/'*) root=$HOME/${root#'~/'} ;; esac
  find "$root" -maxdepth "$depth" -name '.?*' -prune -o -type f -name "$pattern" -print 2>/dev/null
done | head -n "$limit" | while IFS= read -r file; do
  size=$(wc -c <"$file" 2>/dev/null) && [ "$size" -le "$most" ] || continue
  printf '%s\0%s\0' "$file" "$((size))"
  head -c "$size" "$file"
done
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The home folder of whoever is signed in, and the files by their whole path."""

    home: str
    files: dict[str, bytes]

    @property
    def is_cut(self) -> bool:
        """Whether there may be more."""
        return len(self.files) >= MOST_FILES


async def find_files(
    host: SshHost, roots: Sequence[str], pattern: str, depth: int, timeout_s: float = 30.0
) -> Found:
    """Read the files that match a glob, so many levels below some folders; hidden ones are not.

    `~` in front of a folder is the home there. A name that holds a line feed is not found.

    Raises:
        TransportError: unreachable …; unreadable, if the answer is torn.
    """
    arguments = [pattern, str(depth), str(MOST_FILES), str(MOST_BYTES), *roots]
    done = await host.run(_FIND, arguments, timeout_s=timeout_s, max_bytes=32 << 20)
    home, _, rest = done.stdout.partition(b"\0")
    files: dict[str, bytes] = {}
    while rest:
        path, _, rest = rest.partition(b"\0")
        size, _, rest = rest.partition(b"\0")
        if not size.isdigit() or len(rest) < int(size):
            raise TransportError(
                "unreadable", f"what {host.place} tells of its files is torn", is_retryable=True
            )
        files[path.decode("utf-8", "surrogateescape")] = rest[: int(size)]
        rest = rest[int(size) :]
    return Found(home.decode("utf-8", "surrogateescape"), files)
