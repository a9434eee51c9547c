"""Asks the netlab of another host, over SSH; in as few commands as its answers allow.

Everything there is asked by scripts of POSIX sh; names are arguments, never part of a script.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Final

from skyforge_tui.integrations.archiving import MOST_BYTES, PACK, PATIENCE_S
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import wire
from skyforge_tui.integrations.netlab.place import Folder, Surroundings
from skyforge_tui.integrations.netlab.questions import MOST_SAID, NetlabQuestions
from skyforge_tui.integrations.netlab.status_file import MAX_BYTES
from skyforge_tui.integrations.process import Completed
from skyforge_tui.integrations.ssh.host import SshHost

_MISSING: Final = 127
_GONE: Final = 66
_TRIES: Final = 10
_PAUSE_S: Final = 0.05
_RUN: Final = r"""
PATH="$PATH:$HOME/.local/bin" NO_COLOR=1 COLUMNS=1000 TERM=dumb; export PATH NO_COLOR COLUMNS TERM
case $1 in '' | /*) ;; *) exit 66 ;; esac
cd "${1:-$HOME}" 2>/dev/null || exit 66
shift
command -v "$1" >/dev/null 2>&1 || exit 127
exec "$@"
"""
"""Runs what follows the folder `$1` in it; 66 if that is gone, 127 if there is no such program.

A folder is named from the root on: `cd -` would be an order.
"""
_FILE: Final = r"""
for name in status.yaml status.yml; do
  [ -e "$HOME/.netlab/$name" ] && exec head -c 4194305 "$HOME/.netlab/$name"
done
exit 66
"""
_AROUND: Final = r"""
for folder; do
  if [ "${folder#/}" != "$folder" ] && [ -d "$folder" ]; then
    snapshot=$(stat -c '%Y.%s' "$folder/netlab.snapshot.pickle" 2>/dev/null)
    printf 'yes\0%s\0%s\0' "$(cd "$folder" && pwd -P)" "$snapshot"
  else
    printf 'no\0%s\0\0' "$folder"
  fi
done
"""
_CHANGING: Final = r"""
ps -A -ww -o pid=,args= |
  grep -E '^ *[0-9]+ (.*[/ ])?netlab +(up|down|restart|initial|config|create|api)( |$)' |
  while read -r pid rest; do
    folder=$(readlink "/proc/$pid/cwd" 2>/dev/null) || { [ -d "/proc/$pid" ] || continue; }
    printf '%s\0' "$folder"
  done
"""


class RemoteNetlab(NetlabQuestions):
    """Runs the netlab of a host; `program` is its name or path there."""

    def __init__(self, host: SshHost, program: str = "netlab", timeout_s: float = 30.0) -> None:
        super().__init__(program)
        self._host = host
        self._timeout_s = timeout_s

    @property
    def endpoint(self) -> str:
        """The host."""
        return self._host.place

    async def surroundings(
        self, directories: Collection[str], *, with_changing: bool
    ) -> Surroundings:
        """Look at folders of labs, and for whoever changes labs just now; in one command."""
        if not directories and not with_changing:
            return Surroundings()
        script = _AROUND + (_CHANGING if with_changing else "")
        done = await self._host.run(script, list(directories), timeout_s=self._timeout_s)
        words = [one.decode("utf-8", "surrogateescape") for one in done.stdout.split(b"\0")[:-1]]
        count = 3 * len(directories)
        if len(words) < count:
            raise TransportError("unreadable", f"{self.endpoint} does not tell of its folders")
        told = zip(words[0:count:3], words[1:count:3], words[2:count:3], strict=True)
        folders = {
            name: Folder(is_there == "yes", real, snapshot)
            for name, (is_there, real, snapshot) in zip(directories, told, strict=True)
        }
        return Surroundings(folders, frozenset(words[count:]) if with_changing else None)

    async def _run(self, *arguments: str, cwd: str | Path | None = None) -> Completed:
        folder = "" if cwd is None else str(cwd)
        done = await self._host.run(
            _RUN, [folder, self._program, *arguments], timeout_s=self._timeout_s,
            max_bytes=MOST_SAID,
        )  # fmt: skip
        if done.exit_code == _MISSING:
            raise self._missing()
        if done.exit_code == _GONE:
            raise TransportError("failed", f"{folder} is not there any more")
        return done

    async def _pack(self, directory: str, *names: str) -> Completed:
        return await self._host.run(
            PACK, [directory, *names], timeout_s=PATIENCE_S, max_bytes=MOST_BYTES
        )

    async def _from_file(self) -> wire.Status:
        """Read the status file: two looks in a row must see the same, and it must make sense."""
        before: bytes | None = None
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE_S)
            done = await self._host.run(_FILE, timeout_s=self._timeout_s)
            if done.exit_code == _GONE:
                return wire.Status()
            if len(done.stdout) > MAX_BYTES:
                message = f"the status file of {self.endpoint} has more than {MAX_BYTES} bytes"
                raise TransportError("oversized", message)
            if done.stdout == before:
                status = await asyncio.to_thread(wire.read_status_file, before)
                if status is not None:
                    return status
            before = done.stdout
        raise TransportError(
            "unreadable", f"the status file of {self.endpoint} makes no sense", is_retryable=True
        )

    async def _has_file(self) -> bool:
        return (await self._host.run(_FILE, timeout_s=self._timeout_s)).exit_code != _GONE

    async def _check_installed(self) -> None:
        done = await self._host.run(
            'PATH="$PATH:$HOME/.local/bin"; command -v "$1" >/dev/null', [self._program],
            timeout_s=self._timeout_s,
        )  # fmt: skip
        if done.exit_code:
            raise self._missing()

    def _missing(self) -> TransportError:
        return TransportError("missing", f"{self._program} is not installed on {self.endpoint}")
