"""Commands that run detached on an SSH host: a line that is cut takes nothing from them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed
from skyforge_tui.integrations.ssh import holding
from skyforge_tui.integrations.ssh.failing import plain
from skyforge_tui.integrations.ssh.host import SshHost

MOST: Final = 300
"""Of so many newest runs a listing tells."""
_GONE, _OVER = 66, 3
_LONGEST_LINE: Final = 16_000
_SHORT_S: Final = 30.0
_LONG_S: Final = 120.0
"""Removing many files, or telling of all runs there ever were, takes a while."""
_ROW = re.compile(
    rb"run (\d{1,9})\|(\d*)\|(\d*)\|(\d*)\|(\d*)\|(yes|no)\|(\d*)\|((?:[0-9a-f]{2})*)\|(|full)"
)


class GoneError(Exception):
    """There is no such run on the host."""


class OverError(Exception):
    """The run has ended."""


@dataclass(frozen=True, slots=True)
class Held:
    """A run as its host tells it; times are seconds since 1970 by the host's clock."""

    number: int
    spec: Mapping[str, Any]
    """What was kept of it when it was started; empty if it cannot be read."""
    started_at: int | None
    code: int | None
    """How it ended; None while it runs, or if nobody wrote that down."""
    ended_at: int | None
    size: int
    """Bytes of output."""
    is_alive: bool
    stops: int = 0
    """How often it was asked to end."""
    tail: bytes = b""
    """The last bytes of output while it runs."""
    still_s: int = 0
    """For how long nothing was written."""
    is_full: bool = False
    """Whether its disk was full when it ended: the end of its output may be missing."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.code is not None or (self.started_at is not None and not self.is_alive)


class Detached:
    """The runs on one host, of everybody who uses this program as that user there."""

    def __init__(self, host: SshHost) -> None:
        self.host = host

    async def start(
        self, token: str, argv: Sequence[str], directory: str, spec: Mapping[str, Any]
    ) -> int:
        """Start a command in a folder there, once for each token, and return its number.

        Asking again with the same token is safe, whatever became of the first time.

        Raises:
            TransportError: unreachable …; invalid, if the folder is none; failed.
        """
        if not re.fullmatch(r"[0-9a-f]{16,64}", token):
            raise TransportError("invalid", "the token is none")
        if not directory.startswith("/"):
            raise TransportError("invalid", "the folder is not named from the root on")
        written = json.dumps(spec)
        if any("\0" in one for one in (*argv, directory)) or len(written) > _LONGEST_LINE:
            raise TransportError("invalid", "this is too long, or holds a NUL character")
        command = (
            f"{holding.BEGIN}cd {shlex.quote(directory)} || exit\n"
            'PATH="$PATH:$HOME/.local/bin" PYTHONUNBUFFERED=1\n'
            f"export PATH PYTHONUNBUFFERED\nexec {shlex.join(argv)}\n"
        )
        done = await self._run(holding.START, [token, written, command, holding.HOLDER])
        if not (number := done.stdout.strip()).isdigit():
            raise TransportError("failed", _said(done, "the run could not be begun"))
        return int(number)

    async def listed(self, numbers: Collection[int] = (), most: int = MOST) -> list[Held]:
        """Return the newest runs, newest first, or those of these numbers that are there.

        Raises:
            TransportError: unreachable …; unreadable, if the answer is not whole.
        """
        done = await self.host.run(
            holding.LIST, [str(most), *map(str, sorted(numbers, reverse=True))],
            timeout_s=_LONG_S if most > MOST else _SHORT_S, max_bytes=64 << 20,
        )  # fmt: skip
        lines = done.stdout.split(b"\n")
        if not lines[-2:-1] or not lines[-2].startswith(b"end"):
            raise TransportError(
                "unreadable", _said(done, "the list of runs is cut off"), is_retryable=True
            )
        now = int(lines[-2][4:] or 0)
        return [
            _held(row, spec, now) for row, spec in zip(lines[:-2:2], lines[1:-2:2], strict=True)
        ]

    async def stop(self, number: int) -> None:
        """Interrupt a run as by ctrl+c; the second time terminate it, then kill it.

        Raises:
            GoneError, OverError: it is not there, or has ended.
            TransportError: unreachable ….
        """
        await self._ask(holding.STOP, [str(number)])

    async def answer(self, number: int, data: bytes) -> None:
        """Type bytes into the terminal of a run.

        Raises: as `stop`.
        """
        await self._ask(holding.ANSWER, [str(number), "".join(f"\\{one:03o}" for one in data)])

    async def follow(self, number: int, offset: int) -> AsyncGenerator[bytes, None]:
        """Yield output from a byte on, as it comes, until the run has ended, or nearly so.

        Raises:
            GoneError: it is not there.
            TransportError: unreachable …; the line was cut.
        """
        async with self.host.listen(holding.FOLLOW, [str(number), str(offset + 1)]) as channel:
            while data := await channel.read():
                yield data
            if await channel.ended() == _GONE:
                raise GoneError

    async def rest(self, number: int, offset: int) -> AsyncGenerator[bytes, None]:
        """Yield output from a byte on, as much as there is now.

        Raises: as `follow`.
        """
        async with self.host.listen(holding.REST, [str(number), str(offset + 1)]) as channel:
            while data := await channel.read():
                yield data
            if await channel.ended() == _GONE:
                raise GoneError

    async def drop(self, tokens: Mapping[int, str]) -> frozenset[int]:
        """Remove runs for good, those that are over; return the numbers of those that are gone.

        `tokens` says by which token each was started.

        Raises:
            TransportError: unreachable …; asking again is safe.
        """
        words = [word for number, token in tokens.items() for word in (str(number), token)]
        done = await self.host.run(holding.DROP, words, timeout_s=_LONG_S)
        return frozenset(int(one) for one in done.stdout.split() if one.isdigit())

    async def output(self, number: int) -> bytes:
        """Return all output there is now; raises as `follow`."""
        async with aclosing(self.rest(number, 0)) as parts:
            return b"".join([one async for one in parts])

    async def _ask(self, script: str, arguments: Sequence[str]) -> None:
        done = await self._run(script, arguments)
        if done.exit_code == _GONE:
            raise GoneError
        if done.exit_code == _OVER:
            raise OverError
        if done.exit_code:
            raise TransportError("failed", _said(done, "the host did not do it"))

    async def _run(self, script: str, arguments: Sequence[str]) -> Completed:
        return await self.host.run(script, arguments)


def _held(row: bytes, spec: bytes, now: int) -> Held:
    found = _ROW.fullmatch(row)
    if found is None:
        raise TransportError("unreadable", f"the host tells of a run: {plain(row[:80])}")
    number, start, code, ended, size, live, stops, tail, full = found.groups()
    written = int(ended) if ended else None
    try:
        read = json.loads(spec or b"{}")
    except ValueError:
        read = {}
    return Held(
        number=int(number),
        spec=read if isinstance(read, dict) else {},
        started_at=int(start) if start else None,
        code=int(code) if code else None,
        ended_at=written if code else None,
        size=int(size or 0),
        is_alive=live == b"yes",
        stops=int(stops or 0),
        tail=bytes.fromhex(tail.decode()),
        still_s=max(0, now - written) if written else 0,
        is_full=bool(full),
    )


def _said(done: Completed, otherwise: str) -> str:
    return plain(done.stderr.decode(errors="replace")) or otherwise
