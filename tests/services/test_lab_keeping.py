"""Keeping labs as archives among the artifacts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.artifact import ArtifactRef, why_bad
from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound, Unavailable
from skyforge_tui.domain.events import ArtifactsChanged, NoticeRaised
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import SYSTEM, LabId, Principal
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.domain.transfer import TransferKind, TransferState, ref_of
from skyforge_tui.services.lab_keeping import _word
from tests.acting_labs import ActingLabProvider, a_far_lab
from tests.builders import a_detail, a_project
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab
from tests.fakes.waiting import until

ADA, GRACE = Principal("ada"), Principal("grace")
LAB = a_far_lab(name="dc1 evpn", state=LabState.STOPPED, nodes_up=0)
ARCHIVE = bytes(range(256)) * 4096


async def a_core(*providers: FakeLabProvider) -> tuple[Core, ActingLabProvider]:
    """Return services over a provider that holds one lab, and others."""
    acting = ActingLabProvider(LAB)
    acting.archive = ARCHIVE
    core = Core(lab_providers=[acting, *providers])
    core.host.put(a_project())
    await core.catalog.read_all()
    await core.labs.sync(SYSTEM)
    return core, acting


async def test_a_lab_is_kept() -> None:
    """A lab becomes an artifact below its server's name; how far it is, transfers tell."""
    core, provider = await a_core()
    provider.going_on.clear()
    begun = await core.lab_keeping.keep(ADA, LAB.id)
    assert (begun.kind, begun.source) == (TransferKind.EXPORT, LAB.id)
    await until(lambda: core.transfers.runner.one(begun.id).state is TransferState.RUNNING)
    assert begun.name == "dc1 evpn-20260314T120000Z.zip"
    provider.going_on.set()
    ended = await core.transfers.wait(ADA, begun.id)
    assert (ended.state, ended.done, ended.total) == (
        TransferState.DONE,
        len(ARCHIVE),
        len(ARCHIVE),
    )
    assert ended.target == "local:artifacts/unfiled/labs/eve-1/dc1 evpn-20260314T120000Z.zip"
    assert await core.artifacts.start(ADA, ref_of(ended.target), 1 << 21) == ARCHIVE
    assert core.told(ArtifactsChanged)


async def test_it_lies_with_the_run_that_built_the_lab() -> None:
    """What was built by a run of the workspace is kept beside what that run left."""
    core, provider = await a_core()
    detail = a_detail(number=12)
    core.engine.put(detail)
    await core.run_cache.write([detail], [])
    provider.put(a_far_lab(name="dc1 evpn", run_id=detail.run.id))
    await core.labs.sync(SYSTEM)
    begun = await core.lab_keeping.keep(ADA, LAB.id)
    ended = await core.transfers.wait(ADA, begun.id)
    assert ended.target.startswith("local:artifacts/edge-fabric/12/labs/dc1 evpn-")
    maker = await core.artifacts.maker(ADA, ref_of(ended.target))
    assert maker is not None
    assert maker.id == detail.run.id


async def test_who_may_not_keep() -> None:
    """Whoever may store nothing where it belongs keeps nothing, and nobody at a read-only store."""
    core, provider = await a_core()
    with pytest.raises(Forbidden):
        await core.lab_keeping.keep(GRACE, LAB.id)
    core.access.protect("local", Guard.READ_ONLY)
    with pytest.raises(Forbidden, match="read-only"):
        await core.lab_keeping.keep(ADA, LAB.id)
    assert provider.done == []
    assert core.transfers.runner.all() == ()


async def test_what_cannot_be_kept() -> None:
    """A lab that is not there, or whose provider hands out none, is refused before anything."""
    core, provider = await a_core(FakeLabProvider(a_lab()))
    with pytest.raises(NotFound):
        await core.lab_keeping.keep(ADA, LabId("eve-1:/gone.unl"))
    with pytest.raises(Conflict, match="netlab cannot export labs"):
        await core.lab_keeping.keep(ADA, a_lab().id)
    provider.lacking[LabAction.EXPORT] = "exporting needs the Pro edition"
    with pytest.raises(Conflict, match="Pro edition"):
        await core.lab_keeping.keep(ADA, LAB.id)


async def test_a_failed_one_is_tried_again() -> None:
    """An export that fails says so in a notice, leaves nothing, and can be tried again."""
    core, provider = await a_core()
    provider.failures[LAB.id] = [Unavailable("the disk is full there")]
    begun = await core.lab_keeping.keep(ADA, LAB.id)
    await until(lambda: core.transfers.runner.one(begun.id).state is TransferState.FAILED)
    (notice,) = [one.notice for one in core.told(NoticeRaised)]
    assert "the disk is full there" in notice.body
    level = await core.artifacts.level(ADA, ArtifactRef("local", "artifacts"), deep=True)
    assert level.artifacts == ()
    await core.transfers.retry(ADA, begun.id)
    assert (await core.transfers.wait(ADA, begun.id)).state is TransferState.DONE


@given(st.text())
def test_names_of_labs_become_keys(name: str) -> None:
    """Whatever a lab is called, its archive has a key that a store takes."""
    assert why_bad(f"artifacts/unfiled/labs/{_word(name)}/{_word(name)}-20260314T120000Z.zip") == ""
