"""One command on an SSH host: bytes in, bytes out, and how it ended."""

from __future__ import annotations

import asyncio
from signal import Signals
from typing import Final, cast

import asyncssh

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed

_CHUNK: Final = 1 << 16
_SIGNALS: Final = {one.name.removeprefix("SIG"): int(one) for one in Signals}


class Channel:
    """A command that runs; bytes wait there until they are read here."""

    def __init__(
        self,
        writer: asyncssh.SSHWriter[bytes],
        reader: asyncssh.SSHReader[bytes],
        errors: asyncssh.SSHReader[bytes],
        place: str,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._errors = errors
        self._place = place

    async def write(self, data: bytes, *, is_last: bool = False) -> None:
        """Send bytes; waits while too many are on their way.

        Raises:
            TransportError: unreachable; the connection was cut.
        """
        try:
            self._writer.write(data)
            await self._writer.drain()
            if is_last:
                self._writer.write_eof()
        except (asyncssh.Error, OSError):
            raise self._broken() from None

    async def read(self, max_bytes: int = _CHUNK) -> bytes:
        """Wait for output and return it; none means that the command has ended.

        Raises:
            TransportError: unreachable; the connection was cut.
        """
        try:
            data = await self._reader.read(max_bytes)
        except (asyncssh.Error, OSError):
            raise self._broken() from None
        if not data:
            await self.ended()
        return data

    async def completed(self, max_bytes: int) -> Completed:
        """Read to the end and return all; at most `max_bytes` of each stream.

        Raises:
            TransportError: oversized; unreachable, the connection was cut.
        """
        try:
            async with asyncio.TaskGroup() as group:
                out = group.create_task(self._all(self._reader, max_bytes))
                errors = group.create_task(self._all(self._errors, max_bytes))
        except* TransportError as several:
            raise several.exceptions[0] from None
        return Completed(await self.ended(), out.result(), errors.result())

    async def ended(self) -> int:
        """Return the exit code; negative if a signal ended it.

        Raises:
            TransportError: unreachable; nobody said how it ended.
        """
        channel = cast("asyncssh.SSHClientChannel[bytes]", self._writer.channel)
        await channel.wait_closed()
        code, signal = channel.get_exit_status(), channel.get_exit_signal()
        if signal is not None:
            return -_SIGNALS.get(signal[0], 1)
        if code is None:
            raise self._broken()
        return code

    def close(self) -> None:
        """Let go of it; what runs there without a terminal goes on."""
        self._writer.channel.close()

    async def _all(self, reader: asyncssh.SSHReader[bytes], max_bytes: int) -> bytes:
        data = bytearray()
        try:
            while chunk := await reader.read(_CHUNK):
                data += chunk
                if len(data) > max_bytes:
                    message = f"{self._place} said more than {max_bytes} bytes"
                    raise TransportError("oversized", message)
        except (asyncssh.Error, OSError):
            raise self._broken() from None
        return bytes(data)

    def _broken(self) -> TransportError:
        message = f"the connection to {self._place} was cut"
        return TransportError("unreachable", message, is_retryable=True)
