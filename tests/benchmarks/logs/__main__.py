"""Measure the log engine beside its peers: python -m tests.benchmarks.logs [--quick] [ROW …].

Programs are driven in pseudo-terminals of 160×50, taken in turns, and compared by medians. It
reports and never gates: on a busy machine a ratio says little. It needs the extra `bench`, and
three gigabytes where temporary files go; what is generated there is removed afterwards, unless
--keep says otherwise. `--peers lnav less toolong` also installs toolong, below that directory.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.logs import growing, opening, streaming, whole_path
from tests.benchmarks.logs.programs import OURS, PEERS, Program, peer, surroundings
from tests.benchmarks.logs.sample import sample
from tests.benchmarks.logs.table import note

CACHE = Path(tempfile.gettempdir()) / "skyforge-benchmarks"


def main(arguments: list[str]) -> None:
    """Take the measures of these names, or all."""
    options = _options(arguments)
    cache = options.cache
    programs: list[Program] = [OURS]
    for name in options.peers:
        found = peer(name, cache)
        if found is None:
            note(f"{name} is not here: its columns stay empty")
        else:
            programs.append(found)
    home = cache / "home"
    environ = surroundings(home)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for name in options.rows:
            ROWS[name](options, programs, environ)
    finally:
        if not options.keep:
            shutil.rmtree(cache, ignore_errors=True)


def _opening(options: Options, programs: list[Program], environ: dict[str, str]) -> None:
    for lines in options.lines:
        opening.measure(programs, sample(options.cache, lines), lines, options.rounds, environ)


def _keys(options: Options, programs: list[Program], environ: dict[str, str]) -> None:
    streaming.keys_rows(60 if options.quick else 1_200, options.rounds, environ)


def _ingest(options: Options, programs: list[Program], environ: dict[str, str]) -> None:
    lines = 200_000 if options.quick else 10_000_000
    streaming.ingest_rows(lines, options.rounds, environ, options.cache)


def _growing(options: Options, programs: list[Program], environ: dict[str, str]) -> None:
    growing.rows(programs[1:], options.rounds, environ, options.cache)


def _path(options: Options, programs: list[Program], environ: dict[str, str]) -> None:
    size = 20_000_000 if options.quick else 1_000_000_000
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as base:
        whole_path.rows(size, environ, Path(base).resolve())


Options = argparse.Namespace
ROWS = {
    "opening": _opening, "keys": _keys, "ingest": _ingest, "growing": _growing, "path": _path,
}  # fmt: skip


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.logs")
    parser.add_argument("rows", nargs="*", help=f"only these, not all: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument("--lines", type=int, nargs="+", help="sizes of the files to open")
    parser.add_argument("--rounds", type=int, help="how often each program is taken")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=["lnav", "less"])
    parser.add_argument("--cache", type=Path, default=CACHE, help="where files are generated")
    parser.add_argument("--keep", action="store_true", help="leave the generated files there")
    options = parser.parse_args(arguments)
    options.rows = options.rows or list(ROWS)
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no such rows: {', '.join(unknown)}")
    options.lines = options.lines or (
        [100_000] if options.quick else [100_000, 1_000_000, 10_000_000]
    )
    options.rounds = options.rounds or (1 if options.quick else 3)
    return options


if __name__ == "__main__":
    main(sys.argv[1:])
