"""Whoever stops bringing an output leaves its files as they are to be found."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.domain.identity import RunId
from skyforge_tui.providers.runs.semaphore.output import Output
from skyforge_tui.providers.runs.to_its_end import to_its_end
from skyforge_tui.store.kept_logs import FileKeptLog, FileKeptLogs
from tests.fakes.clock import FakeClock


class SlowKeptLogs(FileKeptLogs):
    """Opens when it is let."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.asked = threading.Event()
        self.let = threading.Event()

    def open(self, native_run_id: str) -> FileKeptLog | None:
        """Open in a while."""
        self.asked.set()
        assert self.let.wait(60)
        return super().open(native_run_id)


async def test_giving_up_while_opening(tmp_path: Path) -> None:
    """An output that is given up while its place is being opened can be brought by others."""
    kept = SlowKeptLogs(tmp_path)
    nobody: Any = None  # no server is asked before the place is open
    output = Output(
        RunId("forge:1-2"), (1, 2), nobody, kept, FakeClock(), lambda *_: None, lambda _: None,
    )  # fmt: skip
    working = asyncio.create_task(output.run())
    await asyncio.to_thread(kept.asked.wait, 60)
    working.cancel()
    kept.let.set()
    with pytest.raises(asyncio.CancelledError):
        await working
    again = kept.open("1-2")
    assert again is not None
    again.close()


@pytest.mark.parametrize("times", [1, 3])
async def test_cancelled_work_ends_first(times: int) -> None:
    """However often it is cancelled, work on files is over before anything is closed."""
    begun, let = threading.Event(), threading.Event()
    done: list[int] = []

    def work() -> None:
        begun.set()
        assert let.wait(60)
        done.append(1)

    working = asyncio.create_task(to_its_end(work))
    await asyncio.to_thread(begun.wait, 60)
    for _ in range(times):
        working.cancel()
        await asyncio.to_thread(lambda: None)
    assert not working.done()
    let.set()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert done == [1]


async def test_an_answer_or_a_failure() -> None:
    """What the work returns or raises is what one gets."""
    assert await to_its_end(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await to_its_end(lambda: 1 // 0)
