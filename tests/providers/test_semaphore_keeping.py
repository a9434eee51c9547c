"""Projects of a Semaphore are made and deleted by who may, whatever its release says of that."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Forbidden
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from tests import semaphores
from tests.estates import served_semaphore


@pytest.mark.parametrize("version", ["2.8", "2.18"])
async def test_who_may_make_projects_is_known_before(version: str) -> None:
    """What is said of it is what happens; a project is deleted once, and again without harm."""
    async with (
        served_semaphore(version) as server,
        semaphores.client_of(server) as admin,
        semaphores.client_of(server, "gus") as gus,
    ):
        theirs, ours = SemaphoreKeeping("far", gus), SemaphoreKeeping("far", admin)
        assert not await theirs.may_create_rooms()
        with pytest.raises(Forbidden, match="only its administrators make projects"):
            await theirs.create_room("edge")
        assert await ours.may_create_rooms()
        made = await ours.create_room("edge")
        with pytest.raises(Forbidden):
            await theirs.delete_room("1")  # of which he is a guest
        for _ in range(2):
            await ours.delete_room(made.id)
            assert made.id not in {one.id for one in await ours.rooms()}
