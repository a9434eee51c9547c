"""An opened log: its parts, what feeds them, and the reader on top; implements `OpenedLog`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log_source import PIPED, LogProgress, LogSource
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.store.files.open_file import OpenFile
from skyforge_tui.store.files.pump import Pump
from skyforge_tui.store.files.reader import MergedReader
from skyforge_tui.store.files.spool import Spool
from skyforge_tui.store.log_copy import copied
from skyforge_tui.store.log_reader import FileLogReader

_SLICE_BYTES = 256 * 1024
"""What is merged at once: some milliseconds of pure Python."""


@dataclass(frozen=True, slots=True)
class Part:
    """One source: where its bytes are, and what brings them there."""

    source: LogSource
    path: Path
    spool: Spool | None = None
    pump: Pump | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more."""
        return self.pump is not None and self.pump.is_over

    @property
    def size(self) -> int:
        """Bytes there are."""
        try:
            return self.path.stat().st_size
        except OSError:  # gone by name; what is open is read on
            return 0

    def close(self) -> None:
        """Stop the pump and give up the spool."""
        if self.pump is not None:
            self.pump.stop()
        if self.spool is not None:
            self.spool.close()


class FileLog:
    """What somebody named, opened."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Take parts, which are ours once this returns, and let their pumps begin.

        Raises:
            Unavailable: a file cannot be opened.
        """
        self._parts = tuple(parts)
        self.sources = tuple(one.source for one in parts)
        self._merged: MergedReader | None = None
        self.reader: LogReader = self._open()
        for one in parts:
            if one.pump is not None:
                one.pump.start()

    def advance(self) -> LogProgress:
        """Merge a slice, and look how far everything has come.

        Raises:
            Unavailable: a source cannot be read.
        """
        is_over = all(one.is_over for one in self._parts)
        if self._merged is not None:
            has_more = self._merged.advance(_SLICE_BYTES)
            size = self._merged.merged_size
        else:
            has_more, size = False, self._parts[0].size
        troubles = (
            f"{_called(one.source.name)} {one.pump.trouble}"
            for one in self._parts
            if one.pump is not None and one.pump.trouble
        )
        return LogProgress(size, has_more, is_over and not has_more, tuple(troubles))

    def export(self, target: str) -> int:
        """Copy what there is to a new file; return how many bytes that were.

        Raises:
            Conflict: `target` is there already; nothing is overwritten.
            Unavailable: it cannot be written.
        """
        return copied(self.reader, target)

    def close(self) -> None:
        """Let go of everything; closing twice is fine."""
        self.reader.close()
        for one in self._parts:
            one.close()

    def _open(self) -> LogReader:
        files: list[OpenFile] = []
        try:
            if len(self._parts) == 1:
                one = self._parts[0]
                return FileLogReader(one.path if one.spool is None else one.spool.directory)
            for one in self._parts:
                times = None if one.spool is None else one.spool.times
                files.append(OpenFile(one.path, times=times))
        except OSError as error:
            for file in files:
                file.close()
            raise Unavailable(
                f"{error.filename} cannot be read: {error.strerror}", operation="file.open"
            ) from error
        self._merged = MergedReader(files)
        return self._merged


def _called(name: str) -> str:
    return "what is piped in" if name == PIPED else name
