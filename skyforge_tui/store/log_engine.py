"""Engines that find an expression in bytes in time linear to them, whatever the expression.

Both never go back over bytes they have seen, let other threads run meanwhile, and agree on every
hit. RE2 is always there; Rust's engine, where it is installed, makes less of a hit in Python and
scans several bytes at once, which is three to six times faster on a large log.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

from re2 import Options, _re2  # type: ignore[import-untyped]

from skyforge_tui.domain.errors import Invalid


def _installed(name: str) -> Any:
    """Return a package, or None; loaded with this module: later it might be on the UI thread."""
    try:
        return import_module(name)
    except ImportError:
        return None


_RUST = _installed("rurex")
_ANYWHERE = _re2.RE2.Anchor.UNANCHORED


class LogEngine(Protocol):
    """One expression, ready to be looked for; any thread may use it."""

    def __init__(self, expression: bytes) -> None: ...

    def spans(self, data: bytes, start: int) -> Iterator[tuple[int, int]]:
        """Yield where hits from `start` on begin and end, from left to right, not overlapping.

        What stands before `start` is seen as what precedes. After a hit that is empty, what
        follows is not defined: ask anew from behind it.
        """
        ...


class Re2Engine:
    """Google's engine."""

    def __init__(self, expression: bytes) -> None:
        """Build the machine.

        Raises:
            ValueError: it would be too large.
        """
        options = Options()
        options.encoding = Options.Encoding.LATIN1
        options.log_errors = False
        options.never_capture = True
        # The face of the package makes several objects for a hit; this is what it stands on.
        machine = _re2.RE2(b"(?m:" + expression + b")", options)
        if not machine.ok():
            raise ValueError(machine.error())
        self._match = machine.Match

    def spans(self, data: bytes, start: int) -> Iterator[tuple[int, int]]:
        """Yield where hits from `start` on begin and end."""
        match, size = self._match, len(data)
        while start <= size:
            span: tuple[int, int] = match(_ANYWHERE, data, start, size)[0]
            if span[0] < 0:
                return
            yield span
            start = span[1]


class RustEngine:
    """The engine of ripgrep, by way of the package rurex."""

    def __init__(self, expression: bytes) -> None:
        """Build the machine.

        Raises:
            ValueError: it would be too large.
        """
        try:
            self._find: Any = _RUST.compile(b"(?m:" + expression + b")").finditer
        except _RUST.error as error:
            raise ValueError(str(error)) from None

    def spans(self, data: bytes, start: int) -> Iterator[tuple[int, int]]:
        """Yield where hits from `start` on begin and end."""
        for match in self._find(data, start):
            yield match.span()


ENGINES: tuple[type[LogEngine], ...] = (RustEngine, Re2Engine) if _RUST else (Re2Engine,)
"""Those that are installed, the fastest first."""


def engine_for(expression: bytes) -> LogEngine:
    """Return the fastest engine there is for an expression.

    Raises:
        Invalid: the expression takes too large a machine.
    """
    for engine in ENGINES:
        with contextlib.suppress(ValueError):
            return engine(expression)
    raise Invalid("the pattern is too large", operation="log.search", advice="repeat less in it")
