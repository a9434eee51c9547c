"""What is kept of servers' runs is given up whole, and comes again when it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import native_of
from skyforge_tui.store.kept_dropping import KeptLogTrimmer
from tests.semaphores import bench_on, moving


async def test_output_that_went_comes_again(tmp_path: Path) -> None:
    """Kept output is measured and removed, not while it is read or written; then read anew."""
    async with bench_on(tmp_path) as bench:
        async with bench.watched():
            run = await bench.launch()
            await bench.until_ended(run)
            async with moving(bench.server):
                await bench.engine.bring(run.id)
            native = native_of(run.id)
            before = bench.lines(run)
            trimmer = KeptLogTrimmer(tmp_path)
            size = sum(len(one.encode()) + 1 for one in before)
            assert trimmer.sizes() == {native: size}
            reader = bench.logs.open(native)
            with pytest.raises(Conflict, match="is being read"):
                trimmer.drop(native, "")
            reader.close()
            writer = bench.kept.open(native)
            assert writer is not None
            with pytest.raises(Conflict, match="is being written"):
                trimmer.drop(native, "")
            writer.close()
            assert trimmer.drop(native, "too old") == size
            assert (trimmer.sizes(), bench.lines(run)) == ({}, [])
            assert not bench.kept.is_complete(native)
            async with moving(bench.server):
                await bench.engine.bring(run.id)
            assert bench.lines(run) == before == await bench.record(run)
            assert bench.shown(run)[1] == ()
        for name in ("", "..", "1-999"):
            with pytest.raises(NotFound):
                trimmer.drop(name, "")
