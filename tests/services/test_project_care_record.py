"""What is told of a pass over projects: requests, reports, and the record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.history import Outcome
from tests.breaking import Breaking, How
from tests.synced import Company, company


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


async def test_reports_say_what_was_asked_of_whom(firm: Company) -> None:
    """Requests are counted by server for each project, though many go side by side."""
    names = ["a", "b", "c"]
    for name in names:
        await firm.project(name)
    await firm.run_all()
    counts = [one.http.counts for one in (firm.clients[0], firm.clients[1])]
    before = [one.total() for one in counts]
    reports = await firm.run_all()
    git, runs = (one.total() - there for one, there in zip(counts, before, strict=True))
    told = [one.requests for one in reports]
    assert sum(one["semaphore"] for one in told) == runs
    assert sum(one["git"] for one in told) == git - 1  # the list of all repositories
    # Whoever comes first asks for each of the three lists that all share.
    assert runs == 3 * 6 + 3
    assert all(one["semaphore"] >= 6 for one in told)
    assert all(one["git"] == 3 for one in told)


async def test_reports_are_kept(firm: Company) -> None:
    """How a project stood last is known to the next program."""
    edge = await firm.project("edge")
    report = await firm.run(edge.id, applies=False)
    memory = (await firm.book.memories())[edge.id]
    assert (memory.report, memory.reported_at) == (report, firm.clock.now())


async def test_the_record_says_what_a_pass_did(firm: Company) -> None:
    """A pass that writes is recorded by its steps, without the values of variables."""
    edge = await firm.project("edge")
    await firm.run(edge.id, applies=False)
    assert firm.audit.kept == []
    await firm.run(edge.id)
    (entry,) = firm.audit.kept
    assert (entry.deed, entry.project, entry.outcome) == (Deed.SYNC, "edge", Outcome.OK)
    assert "create collaborator mika: editor" in entry.words
    assert "create variable group edge variables" in entry.words
    await firm.rewrite(edge, lambda data: data.replace(b"north", b"hush"))
    await firm.run(edge.id)
    assert firm.audit.kept[-1].words == "change variable group edge variables"
    await firm.run(edge.id)
    assert len(firm.audit.kept) == 2
    await firm.rewrite(edge, lambda data: data.replace(b"hush", b"south"))
    breaking = Breaking([one.http for one in firm.clients], 1, How.UNSENT)
    report = await firm.run(edge.id)
    breaking.mend()
    assert "'south'" in report.left[0].words
    assert firm.audit.kept[-1].why.startswith("change variable group edge variables: ")
    assert "south" not in firm.audit.kept[-1].why


async def test_what_fails_every_minute_is_recorded_once(firm: Company) -> None:
    """A pass that fails as the one before adds nothing to the record; one that fails anew does."""
    edge = await firm.project("edge")
    await firm.rewrite(edge, lambda data: data.replace(b"semaphore", b"elsewhere"))
    for _ in range(3):
        await firm.run(edge.id)
    (done, failed) = firm.audit.kept
    assert (done.outcome, failed.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert (failed.words, "no run engine is called elsewhere" in failed.why) == ("nothing", True)
    reading = Breaking([one.http for one in firm.clients], 1, How.UNSENT, reads=True)
    for _ in range(2):
        (report,) = await firm.run_all()
        assert "git was not looked at: git: " in report.errors[0]
        assert report.slug == "edge"
    reading.mend()
    (of_all,) = firm.audit.kept[2:]
    assert (of_all.outcome, of_all.project_id) == (Outcome.FAILED, edge.id)
