"""Opens what somebody names: files in place; pipes and compressed files by way of a spool."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.log_source import PIPED, LogSource, SourceKind
from skyforge_tui.store.files.open_file import MOST_FILES
from skyforge_tui.store.files.opened import FileLog, Part
from skyforge_tui.store.files.unpacking import (
    HEAD_BYTES,
    Packing,
    Unpacker,
    looks_binary,
    packing_of,
)

if TYPE_CHECKING:
    from skyforge_tui.store.files.pump import PipeStream, Stream

_OPERATION = "file.open"


class LocalLogFiles:
    """Opens files of this machine; implements `LogFiles`."""

    def __init__(self, spools: Path) -> None:
        """Take the directory below which spools are kept."""
        self._spools = spools

    def open(
        self, names: Sequence[str], piped: int | None = None, *, is_live: bool = True
    ) -> FileLog:
        """Open what is named, and what is piped in; see `LogFiles`."""
        with ExitStack() as opened:
            pipe = None if piped is None else _stream(piped)
            if pipe is not None:
                # Closed here unless a part takes it over, which then closes it.
                opened.callback(pipe.close)
            if not 0 < len(names) <= MOST_FILES:
                raise _invalid(f"between one and {MOST_FILES} files can be read as one")
            if names.count(PIPED) > (pipe is not None):
                raise _invalid("- is standard input, once", "pipe something into skyforge view -")
            parts = []
            for name in names:
                if name == PIPED and pipe is not None:
                    part = self._spooled(LogSource(name, SourceKind.PIPE), pipe)
                else:
                    part = self._named(name)
                opened.callback(part.close)
                parts.append(part)
            log = FileLog(parts, is_live=is_live)
            opened.pop_all()
            return log

    def open_pipe(self, name: str, descriptor: int) -> FileLog:
        """Open what comes out of a descriptor, ours from now on, under a name.

        Raises:
            Unavailable: there is no place to keep it.
        """
        part = self._spooled(LogSource(name, SourceKind.PIPE), _stream(descriptor))
        try:
            return FileLog([part], is_live=True)
        except BaseException:
            part.close()
            raise

    def _named(self, name: str) -> Part:
        path = Path(name)
        try:
            mode = path.stat().st_mode
            if stat.S_ISFIFO(mode):
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
                stream = _stream(descriptor, has_to_wait=True)
                return self._spooled(LogSource(name, SourceKind.PIPE), stream)
            if not stat.S_ISREG(mode):
                raise _no_file(name, mode)
            packing = _packing(name, path)
            if packing is None:
                return Part(LogSource(name, SourceKind.FILE), path)
            source = LogSource(name, SourceKind.PACKED, packing.name)
            return self._spooled(source, _unpacker(name, path, packing))
        except OSError as error:
            raise _failure(name, error) from error

    def _spooled(self, source: LogSource, stream: Stream) -> Part:
        from skyforge_tui.store.files.pump import Pump
        from skyforge_tui.store.files.spool import Spool

        try:
            spool = Spool(self._spools)
        except OSError as error:
            stream.close()
            raise Unavailable(
                f"there is no place to keep {_called(source.name)}: {error.strerror}",
                operation=_OPERATION, advice="set TMPDIR to a folder with room",
            ) from error  # fmt: skip
        return Part(source, spool.log, spool, Pump(stream, spool.writer, spool.directory))


def _stream(descriptor: int, *, has_to_wait: bool = False) -> PipeStream:
    """Return what comes out of a descriptor; what reads pipes is loaded when there is one."""
    from skyforge_tui.store.files.pump import PipeStream

    return PipeStream(descriptor, has_to_wait=has_to_wait)


def _packing(name: str, path: Path) -> Packing | None:
    """Return how a file is packed; None if it is plain text.

    Raises:
        Invalid: it is neither.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(len(head), os.fstat(file.fileno()).st_size - HEAD_BYTES))
        tail = file.read(HEAD_BYTES) or head
    packing = packing_of(head)
    if packing is not None or not looks_binary(head, tail):
        return packing
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _invalid(
            f"{name} is text in UTF-16",
            f"iconv -f UTF-16 -t UTF-8 {_typed(name)} | skyforge view -",
        )
    raise _invalid(
        f"{name} is not text", f"cat {_typed(name)} | skyforge view - shows it all the same"
    )


def _unpacker(name: str, path: Path, packing: Packing) -> Unpacker:
    try:
        if packing.module:
            return Unpacker(path, packing)
    except ImportError:
        pass  # an optional part of Python, or one of a later version
    raise _invalid(
        f"{name} is packed by {packing.name}, which Python cannot unpack here",
        f"{packing.program} {_typed(name)} | skyforge view -",
    )


def _no_file(name: str, mode: int) -> SkyforgeError:
    if stat.S_ISDIR(mode):
        return _invalid(f"{name} is a folder", "name a file in it")
    return _invalid(f"{name} is a device or a socket", f"cat {_typed(name)} | skyforge view -")


def _invalid(message: str, advice: str = "") -> Invalid:
    return Invalid(message, operation=_OPERATION, advice=advice)


def _failure(name: str, error: OSError) -> SkyforgeError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return NotFound(f"there is no file {name}", operation=_OPERATION)
        case PermissionError():
            return Forbidden(
                f"{name} may not be read by you", operation=_OPERATION,
                advice=f"sudo cat {_typed(name)} | skyforge view -",
            )  # fmt: skip
        case _:
            return Unavailable(
                f"{name} cannot be read: {error.strerror or error}", operation=_OPERATION
            )


def _typed(name: str) -> str:
    """Return a name as it is typed in a shell; what knows how is loaded for those who need it."""
    from shlex import quote

    return quote(name)


def _called(name: str) -> str:
    return "what is piped in" if name == PIPED else name
