"""Packs files of labs into one archive, here or on a host: by POSIX sh, `find` and `tar`.

What may not be read, is very large, or is nobody's configuration is left out: nodes often leave
keys and disks of theirs beside their configurations, which belong to root.
"""

from __future__ import annotations

from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed

MOST_BYTES: Final = 64 << 20
PATIENCE_S: Final = 120.0
_GONE: Final = 66
PACK: Final = r"""
cd "$1" 2>/dev/null || exit 66
shift
list() {
  for one; do
    [ "$one" = . ] || one=./$one
    [ -e "$one" ] && find "$one" -type f -size -32768 ! -path '*/.git/*' ! -name '*.pickle' \
      ! -name netlab.lock -exec test -r {} \; -print0
  done
}
list "$@" | tar --null -T - -czf -
"""
"""Writes an archive of what the folder `$1` holds under the names after it: files below 16 MiB."""


def packed(done: Completed, directory: str) -> bytes:
    """Return the archive that `PACK` wrote.

    Raises:
        TransportError: failed, if the folder is gone, or with the words of `tar`.
    """
    if done.exit_code == _GONE:
        raise TransportError("failed", f"{directory} is not there any more")
    if done.exit_code or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise TransportError("failed", said[-1] if said else f"tar ended with {done.exit_code}")
    return done.stdout
