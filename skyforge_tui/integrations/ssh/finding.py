"""Files of an SSH host, found by name and read in one go: few, and none of them endless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.host import SshHost

MOST_FILES: Final = 300
MOST_BYTES: Final = 4 << 20
"""Of one file; a topology of ten thousand nodes has about one mebibyte."""
MOST_IN_ALL: Final = 24 << 20
_FIND: Final = r"""
printf '%s\0' "$HOME"
pattern=$1 depth=$2 limit=$3 most=$4 left=$5 telling=$6; shift 6
feed='
'
for root; do
  case $root in
    '~') root=$HOME ;; '~/'*) root=$HOME/${root#'~/'} ;; /*) ;; *) root=$HOME/$root ;;
  esac
  find "$root" -mindepth 1 -maxdepth "$depth" \( -name '.?*' -o -path "*$feed*" \) -prune \
    -o -type f -name "$pattern" -print 2>/dev/null
done | head -n "$limit" | while IFS= read -r file; do
  size=$(wc -c <"$file" 2>/dev/null) && size=$((size)) || continue
  if [ "$size" -gt "$most" ] || [ "$size" -gt "$left" ]; then
    head -c 16777216 "$file" | grep -qE "$telling" && printf '%s\0-%s\0' "$file" "$size"
    continue
  fi
  left=$((left - size))
  printf '%s\0%s\0' "$file" "$size"
  head -c "$size" "$file"
done
"""
"""A folder is named from the root or the home folder on: else `find` might take it for an order."""


@dataclass(frozen=True, slots=True)
class Found:
    """The home folder of whoever is signed in, and the files by their whole path."""

    home: str
    files: dict[str, bytes]
    large: Mapping[str, int] = field(default_factory=dict)
    """Files that were not read, with their bytes: too many, or too many in all."""
    unnamed: int = 0
    """Files that nobody can name, as their names are no UTF-8; they are left out."""

    @property
    def is_cut(self) -> bool:
        """Whether there may be more."""
        return len(self.files) + len(self.large) + self.unnamed >= MOST_FILES


async def find_files(
    host: SshHost,
    roots: Sequence[str],
    pattern: str,
    depth: int,
    *,
    telling: str = "",
    timeout_s: float = 30.0,
) -> Found:
    """Read the files that match a glob, so many levels below some folders; hidden ones are not.

    `~` in front of a folder is the home there, where one begins that says nothing else. Of those
    that are too large, they are told that have a line like the regular expression `telling`. A name
    that holds a line feed is not found.

    Raises:
        TransportError: unreachable …; unreadable, if the answer is torn.
    """
    bounds = (str(depth), str(MOST_FILES), str(MOST_BYTES), str(MOST_IN_ALL))
    done = await host.run(
        _FIND, [pattern, *bounds, telling, *roots], timeout_s=timeout_s, max_bytes=32 << 20
    )
    home, _, rest = done.stdout.partition(b"\0")
    view = memoryview(rest)
    files: dict[str, bytes] = {}
    large: dict[str, int] = {}
    unnamed = at = 0
    while at < len(rest):
        path, at = _word(rest, at)
        size, at = _word(rest, at)
        name = path.decode("utf-8", "replace")
        is_named = name.encode() == path
        unnamed += not is_named
        if size.startswith(b"-") and size[1:].isdigit():
            if is_named:
                large[name] = int(size[1:])
            continue
        if not size.isdigit() or len(rest) - at < int(size):
            raise TransportError(
                "unreadable", f"what {host.place} tells of its files is torn", is_retryable=True
            )
        if is_named:
            files[name] = bytes(view[at : at + int(size)])
        at += int(size)
    return Found(home.decode("utf-8", "replace"), files, large, unnamed)


def _word(data: bytes, at: int) -> tuple[bytes, int]:
    """Return what stands before the next NUL, and where it goes on behind that."""
    end = data.find(b"\0", at)
    return (data[at:], len(data)) if end < 0 else (data[at:end], end + 1)
