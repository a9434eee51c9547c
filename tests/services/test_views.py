"""Views: kept by table and name, everybody's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.view import Sort, View, sort_of
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.views import ViewService
from skyforge_tui.store.database import STATE, open_database
from skyforge_tui.store.views import SqliteViewStore
from tests.fakes.views import MemoryViewStore

ADA = Principal("ada")
BROKEN = View("runs", "broken", "failed age<1d", Sort("took", is_descending=True))


@pytest.fixture(params=["memory", "state.db"])
async def views(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """Return the service on either store."""
    if request.param == "memory":
        yield ViewService(MemoryViewStore(), Access())
        return
    async with open_database(tmp_path / "state.db", STATE) as database:
        yield ViewService(SqliteViewStore(database), Access())


async def test_a_view_is_kept_whole(views: ViewService) -> None:
    """What was saved comes back equal, only for its table, and in the order of names."""
    await views.save(ADA, BROKEN)
    await views.save(ADA, View("runs", "all"))
    await views.save(ADA, View("projects", "mine", "mine"))
    assert await views.of(ADA, "runs") == [View("runs", "all"), BROKEN]


async def test_saving_again_replaces(views: ViewService) -> None:
    """A name stands for one view of a table: the last that was saved."""
    await views.save(ADA, BROKEN)
    await views.save(ADA, View("runs", " broken ", "lost"))
    assert await views.of(ADA, "runs") == [View("runs", "broken", "lost")]


async def test_forgetting(views: ViewService) -> None:
    """A dropped view is gone; what is not there cannot be dropped."""
    await views.save(ADA, BROKEN)
    await views.forget(ADA, "runs", "broken")
    assert await views.of(ADA, "runs") == []
    with pytest.raises(NotFound):
        await views.forget(ADA, "runs", "broken")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
async def test_a_view_needs_a_name(views: ViewService, name: str) -> None:
    """A view without a name, or with an endless one, is refused."""
    with pytest.raises(Invalid):
        await views.save(ADA, View("runs", name, "failed"))
    assert await views.of(ADA, "runs") == []


def test_a_sort_is_read_as_it_was_written() -> None:
    """A sort survives being text."""
    for one in (None, Sort("took"), Sort("took", is_descending=True)):
        assert sort_of("" if one is None else str(one)) == one
