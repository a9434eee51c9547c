"""Bookmarks: kept by run, for whoever may read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound
from skyforge_tui.domain.identity import Principal, RunId
from skyforge_tui.ports.bookmarks import BookmarkStore
from skyforge_tui.services import bookmarks as service
from skyforge_tui.services.bookmarks import BookmarkService
from skyforge_tui.store.bookmarks import SqliteBookmarkStore
from skyforge_tui.store.database import STATE, open_database
from tests.builders import a_detail
from tests.fakes.bookmarks import MemoryBookmarkStore
from tests.fakes.core import Core

ROOT = Principal("root", is_admin=True)
RUN = RunId("local:7")


@pytest.fixture(params=["memory", "state.db"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BookmarkStore]:
    """Return either store."""
    if request.param == "memory":
        yield MemoryBookmarkStore()
        return
    async with open_database(tmp_path / "state.db", STATE) as database:
        yield SqliteBookmarkStore(database)


@pytest.fixture
async def bookmarks(store: BookmarkStore) -> BookmarkService:
    """Return the service on a store, with run 7."""
    core = Core()
    core.engine.put(a_detail(number=7))
    await core.catalog.open()
    await core.runs.refresh(ROOT, "local")
    return BookmarkService(store, core.index, core.access)


async def test_bookmarks_are_kept_by_run(bookmarks: BookmarkService) -> None:
    """What was put is there, in order, each once, and only for its run."""
    for line in (900, 5_000_000_000, 0, 900):
        await bookmarks.put(ROOT, RUN, line)
    assert await bookmarks.of(ROOT, RUN) == [0, 900, 5_000_000_000]
    await bookmarks.drop(ROOT, RUN, 900)
    await bookmarks.drop(ROOT, RUN, 900)
    assert await bookmarks.of(ROOT, RUN) == [0, 5_000_000_000]


async def test_a_run_can_lose_all_of_them(store: BookmarkStore) -> None:
    """All of one run go at once, and those of no other."""
    for run_id, line in ((RUN, 1), (RUN, 2), (RunId("local:8"), 3)):
        await store.put(run_id, line)
    await store.drop_all(RUN)
    assert await store.bookmarks(RUN) == []
    assert await store.bookmarks(RunId("local:8")) == [3]


async def test_they_are_few(bookmarks: BookmarkService, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a most; what is beyond is refused and what was there stays."""
    monkeypatch.setattr(service, "MOST", 2)
    for line in (1, 2):
        await bookmarks.put(ROOT, RUN, line)
    with pytest.raises(Conflict, match="2 bookmarks at most"):
        await bookmarks.put(ROOT, RUN, 3)
    assert await bookmarks.of(ROOT, RUN) == [1, 2]


async def test_who_may_not_read_may_not_mark(bookmarks: BookmarkService) -> None:
    """Bookmarks are for those who may read the run, and a run that is not there has none."""
    with pytest.raises(Forbidden):
        await bookmarks.put(Principal("nobody"), RUN, 1)
    with pytest.raises(Forbidden):
        await bookmarks.of(Principal("nobody"), RUN)
    with pytest.raises(NotFound):
        await bookmarks.put(Principal("nobody"), RunId("local:8"), 1)
