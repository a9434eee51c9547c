"""What a run left in its folder on an SSH host: told by name, and read one by one.

Nothing outside of the folder is told or read, and no link inside it is followed to a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.host import SshHost

MOST_BYTES: Final = 16 << 20
"""Of one file."""
_MOST_FILES: Final = 1000
_GONE: Final = 66
_LIST: Final = r"""
cd -- "$1" 2>/dev/null || exit 66
root=$(pwd -P) most=$2; shift 2
feed='
'
tell() {
  size=$(wc -c <"./$2" 2>/dev/null) && printf '%s\0%s\0%s\0' "$1" "$2" "$((size))"
}
for name; do
  case $name in
    */)
      folder=${name%/}
      [ -d "./$folder" ] && [ "$(cd -P -- "./$folder" && pwd -P)" = "$root/$folder" ] || continue
      find "./$folder" -maxdepth 4 -path "*$feed*" -prune -o -type f -print 2>/dev/null |
        head -n "$most" | while IFS= read -r file; do tell found "${file#./}"; done
      continue ;;
    /*) at=$name ;;
    *) at=$root/$name ;;
  esac
  folder=$(cd -P -- "$(dirname -- "$at")" 2>/dev/null && pwd -P) || folder=
  file=$folder/$(basename -- "$at")
  if [ -z "$folder" ] || [ ! -e "$file" ]; then printf 'missing\0%s\0\0' "$name"
  elif [ -L "$file" ]; then printf 'link\0%s\0\0' "$name"
  elif [ "${file#"$root"/}" = "$file" ]; then printf 'outside\0%s\0\0' "$name"
  elif [ ! -f "$file" ]; then printf 'odd\0%s\0\0' "$name"
  else tell named "${file#"$root"/}"; fi
done
printf 'end\0\0\0'
"""
"""A folder ends in a slash; all else is a file that somebody named."""
_READ: Final = r"""
cd -- "$1" 2>/dev/null || exit 66
root=$(pwd -P)
folder=$(cd -P -- "$(dirname -- "./$2")" 2>/dev/null && pwd -P) || exit 66
case $folder/ in "$root"/*) ;; *) exit 66 ;; esac
file=$folder/$(basename -- "$2")
[ -f "$file" ] && [ ! -L "$file" ] || exit 66
head -c "$3" "$file"
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One row: `found` in a folder, `named` by its path, or why a named one is none of ours."""

    kind: str
    path: str
    """From the folder on; of one that is none of ours, as it was named."""
    size: int = 0


class RunFolder:
    """Looks into folders of one host."""

    def __init__(self, host: SshHost) -> None:
        self._host = host

    async def tell(
        self, directory: str, folders: Sequence[str], paths: Sequence[str]
    ) -> list[Told] | None:
        """Return the files of some folders in a folder, and of some paths; None if that is gone.

        Raises:
            TransportError: unreachable …; unreadable, if the answer is torn.
        """
        asked = [*(f"{one}/" for one in folders), *(one.rstrip("/") for one in paths)]
        arguments = [directory, str(_MOST_FILES), *(one for one in asked if one.strip("/"))]
        done = await self._host.run(_LIST, arguments)
        if done.exit_code == _GONE:
            return None
        words = done.stdout.split(b"\0")
        rows = list(zip(words[::3], words[1::3], words[2::3], strict=False))
        if not rows or rows[-1][0] != b"end":
            raise TransportError(
                "unreadable", f"what {self._host.place} tells of a run's files is torn",
                is_retryable=True,
            )  # fmt: skip
        return [
            Told(kind.decode(), path.decode("utf-8", "surrogateescape"), int(size or 0))
            for kind, path, size in rows[:-1]
        ]

    async def read(self, directory: str, path: str, size: int) -> bytes | None:
        """Return so many first bytes of a file in a folder; None if it is none any more.

        Raises:
            TransportError: unreachable ….
        """
        done = await self._host.run(
            _READ, [directory, path, str(size)], timeout_s=60.0, max_bytes=MOST_BYTES + 1
        )
        return None if done.exit_code == _GONE else done.stdout
