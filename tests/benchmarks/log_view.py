"""Measure the log store and the log view on generated Ansible-like output; reports, never gates.

python tests/benchmarks/log_view.py [LINES]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from textual.app import App, ComposeResult

from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets.log_view import LogView

CHUNK_LINES = 1000


KINDS = (
    (
        b"\x1b[0;32mok: [leaf%d]\x1b[0m => (item=10.0.%d.14) => "
        b'{"changed": false, "ansible_facts": {"interpreter": "/usr/bin/python3"}}\n'
    ),
    b"\x1b[0;33mchanged: [spine%d]\x1b[0m => (item=10.0.%d.15) neighbours rendered, told\n",
    b"\x1b[0;31mfatal: [leaf%d]: UNREACHABLE! => {'msg': 'no route to 10.1.%d.1'}\x1b[0m\n",
)


def ansible_like(lines: int) -> Iterator[bytes]:
    """Yield chunks of coloured output, about 100 bytes a line."""
    for first in range(0, lines, CHUNK_LINES):
        last = min(first + CHUNK_LINES, lines)
        yield b"".join(
            KINDS[2 if n % 43 == 0 else n % 2] % (n % 64, n % 250) for n in range(first, last)
        )


def report(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name:<52}{value:>12,.1f} {unit}\n")


def timed(action: Callable[[], object], times: int = 1) -> float:
    """Return the median milliseconds that an action takes."""
    took = []
    for _ in range(times):
        start = perf_counter()
        action()
        took.append((perf_counter() - start) * 1000)
    return statistics.median(took)


def fill(directory: Path, lines: int) -> None:
    """Write the log and tell how fast."""
    writer = LogWriter(directory)
    chunks = list(ansible_like(min(lines, 100_000)))
    written, start = 0, perf_counter()
    while written < lines:
        writer.append(chunks[(written // CHUNK_LINES) % len(chunks)], written)
        written += CHUNK_LINES
    took = perf_counter() - start
    report(f"append {lines:,} lines, {writer.size / 1e6:,.0f} MB", took * 1000, "ms")
    report("  lines per second", lines / took, "/s")
    writer.close()


def read_all(directory: Path) -> FileLogReader:
    """Open a reader and index everything."""
    reader = FileLogReader(directory)
    while reader.refresh():
        pass
    return reader


def store(directory: Path, lines: int) -> None:
    """Measure reading."""
    report("open with index", timed(lambda: read_all(directory).close(), 5), "ms")
    index = directory / "output.index"
    kept = index.read_bytes()
    index.unlink()
    report("open without index", timed(lambda: read_all(directory).close()), "ms")
    report("repair a lost index", timed(lambda: LogWriter(directory).close()), "ms")
    assert index.read_bytes() == kept
    reader = read_all(directory)
    spots = iter(range(0, lines, max(1, lines // 211)))
    report("50 lines anywhere", timed(lambda: reader.lines(next(spots), 50), 200), "ms")
    reader.close()


class Viewer(App[None]):
    """Nothing but a log."""

    def compose(self) -> ComposeResult:
        """Show the log."""
        self.view = LogView()
        yield self.view

    def on_mount(self) -> None:
        """Wear the look."""
        dress(self)


async def view(directory: Path) -> None:
    """Measure the view, without a terminal: until its strips exist."""
    app = Viewer()
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        reader = FileLogReader(directory)

        def painted(action: Callable[[], object]) -> float:
            def act() -> None:
                action()
                for y in range(app.view.size.height):
                    app.view.render_line(y)

            return timed(act)

        report("first text", painted(lambda: app.view.set_reader(reader)), "ms")
        while reader.refresh():
            pass
        for wraps in (False, True):
            name = "wrapped" if wraps else "cut"
            report(f"jump to top, {name}", painted(app.view.to_top), "ms")
            pages = [painted(lambda: app.view.page(1)) for _ in range(100)]
            report(f"page down, {name}", statistics.median(pages), "ms")
            line = [painted(lambda: app.view.scroll_lines(1)) for _ in range(100)]
            report(f"line down, {name}", statistics.median(line), "ms")
            report(f"jump to the end, {name}", painted(app.view.to_end), "ms")
            app.view.toggle_wrap()
        reader.close()


async def huge_line(directory: Path) -> None:
    """Measure lines of ten megabytes."""
    for name, data in (
        ("plain", b"x" * 10_000_000),
        ("coloured", b"\x1b[32mok\x1b[0m " * 800_000),
        ("wide", "漢字".encode() * 1_600_000),
    ):
        place = directory / name
        place.mkdir()
        writer = LogWriter(place)
        writer.append(data + b"\nend\n", 1)
        writer.close()
        await show_huge_line(name, FileLogReader(place))


async def show_huge_line(name: str, reader: FileLogReader) -> None:
    """Measure one such line, cut and wrapped."""
    app = Viewer()
    async with app.run_test(size=(160, 50)) as pilot:

        def show() -> None:
            app.view.set_reader(reader)
            for y in range(50):
                app.view.render_line(y)

        report(f"show 10 MB in one line, {name}, cut", timed(show), "ms")
        app.view.toggle_wrap()
        report(f"show 10 MB in one line, {name}, wrapped", timed(show), "ms")
        await pilot.pause()
        reader.close()


def main() -> None:
    """Run everything."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        fill(directory, lines)
        store(directory, lines)
        asyncio.run(view(directory))
        asyncio.run(huge_line(directory))


if __name__ == "__main__":
    main()
