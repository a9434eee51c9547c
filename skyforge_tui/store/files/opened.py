"""An opened log: its parts, what feeds them, and the reader on top; implements `OpenedLog`."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log_source import PIPED, LogProgress, LogSource, SourceKind
from skyforge_tui.store.files.open_file import Coming, OpenFile
from skyforge_tui.store.log_reader import FileLogReader

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.store.files.pump import Pump
    from skyforge_tui.store.files.reader import MergedReader
    from skyforge_tui.store.files.spool import Spool

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
    def is_fed(self) -> bool:
        """Whether there is more to come for sure."""
        return self.pump is not None and not self.pump.is_over

    def opened(self, *, is_live: bool) -> OpenFile:
        """Return its file, opened once more; a pipe that is not live has to be waited for.

        Raises:
            OSError: it cannot be opened.
        """
        if self.spool is None or self.pump is None:
            return OpenFile(self.path)
        pump = self.pump
        is_packed = self.source.kind is SourceKind.PACKED
        coming = Coming(
            times=None if is_packed else self.spool.times,
            written_ms=_written_ms(self.source) if is_packed else None,
            is_coming=lambda: not pump.is_over,
            holds_up=is_packed or not is_live,
        )
        return OpenFile(self.path, coming=coming)

    @property
    def state(self) -> os.stat_result | None:
        """How large it is and when it was written; None when no file has its name."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def close(self) -> None:
        """Stop the pump and give up the spool."""
        if self.pump is not None:
            self.pump.stop()
        if self.spool is not None:
            self.spool.close()


class FileLog:
    """What somebody named, opened."""

    def __init__(self, parts: Sequence[Part], *, is_live: bool) -> None:
        """Take parts, which are ours once this returns, and let their pumps begin.

        Of several parts, those that are piped in stand where they come if `is_live`, else in order.

        Raises:
            Unavailable: a file cannot be opened.
        """
        self._parts = tuple(parts)
        self.sources = tuple(one.source for one in parts)
        self._merged: MergedReader | None = None
        self.reader: LogReader = self._open(is_live=is_live)
        for one in parts:
            if one.pump is not None:
                one.pump.start()

    def advance(self) -> LogProgress:
        """Merge a slice, and look how far everything has come.

        Raises:
            Unavailable: a source cannot be read.
        """
        is_fed = any(one.is_fed for one in self._parts)
        is_followed = any(one.pump is None for one in self._parts)
        untimed: tuple[str, ...] = ()
        states = [one.state for one in self._parts]
        if self._merged is not None:
            has_more = self._merged.advance(_SLICE_BYTES)
            size = self._merged.merged_size
            if not has_more:
                untimed = tuple(self.sources[one].name for one in self._merged.untimed)
        else:
            has_more = False
            size = self.reader.size if states[0] is None else states[0].st_size
        troubles = (
            f"{_called(one.source.name)} {one.pump.trouble}"
            for one in self._parts
            if one.pump is not None and one.pump.trouble
        )
        files = [
            (one.source.name, state)
            for one, state in zip(self._parts, states, strict=True)
            if one.pump is None
        ]
        return LogProgress(
            size, has_more, is_fed, is_followed, tuple(troubles),
            gone=tuple(name for name, state in files if state is None),
            written=sum(state.st_mtime_ns for _, state in files if state is not None),
            untimed=untimed,
        )  # fmt: skip

    def export(self, target: str) -> int:
        """Copy what there is to a new file; return how many bytes that were.

        Raises:
            Conflict: `target` is there already; nothing is overwritten.
            Unavailable: it cannot be written.
        """
        from skyforge_tui.store.log_copy import copied

        return copied(self.reader, target)

    def close(self) -> None:
        """Let go of everything; closing twice is fine."""
        self.reader.close()
        for one in self._parts:
            one.close()

    def _open(self, *, is_live: bool) -> LogReader:
        try:
            if len(self._parts) == 1:
                one = self._parts[0]
                if one.spool is not None and one.source.kind is SourceKind.PIPE:
                    return FileLogReader(one.spool.directory)
                # When something was unpacked is no time of its lines.
                return FileLogReader(one.path)
            with ExitStack() as opened:
                files = []
                for one in self._parts:
                    files.append(one.opened(is_live=is_live))
                    opened.callback(files[-1].close)
                opened.pop_all()
        except OSError as error:
            raise Unavailable(
                f"{error.filename} cannot be read: {error.strerror}", operation="file.open"
            ) from error
        from skyforge_tui.store.files.reader import MergedReader

        self._merged = MergedReader(files)
        return self._merged


def _called(name: str) -> str:
    return "what is piped in" if name == PIPED else name


def _written_ms(source: LogSource) -> int:
    return Path(source.name).stat().st_mtime_ns // 1_000_000
