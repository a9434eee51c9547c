"""What every RunCache, ProjectCache and TrustStore promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import ProjectId, RunId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Commit, RepositoryFile
from skyforge_tui.domain.run import ResourceUse, RunState
from skyforge_tui.domain.template import FieldKind, Source, SurveyField
from skyforge_tui.ports.cache import ProjectCache, RunCache, RunOrder, TrustStore
from skyforge_tui.store.database import CACHE, STATE, Database, Schema, open_database
from skyforge_tui.store.projects import SqliteProjectCache
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.store.trust import SqliteTrustStore
from tests.builders import (
    NOON,
    PROJECT_ID,
    TEMPLATE_ID,
    a_detail,
    a_project,
    a_run,
    a_spec,
    a_template,
)


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder that can be written, or one that cannot: a file stands in the way."""
    if request.param == "memory":
        (tmp_path / "file").write_text("")
        return tmp_path / "file"
    return tmp_path / "folder"


async def _database(place: Path, schema: Schema) -> AsyncIterator[Database]:
    async with open_database(place / "some.db", schema) as database:
        assert database.is_in_memory == (place.name == "file")
        yield database


@pytest.fixture
async def runs(place: Path) -> AsyncIterator[RunCache]:
    """Return an empty run cache."""
    async for database in _database(place, CACHE):
        yield SqliteRunCache(database)


@pytest.fixture
async def projects(place: Path) -> AsyncIterator[ProjectCache]:
    """Return an empty project cache."""
    async for database in _database(place, CACHE):
        yield SqliteProjectCache(database)


@pytest.fixture
async def trust(place: Path) -> AsyncIterator[TrustStore]:
    """Return a trust store that trusts nothing."""
    async for database in _database(place, STATE):
        yield SqliteTrustStore(database)


async def _numbers(runs: RunCache, order: RunOrder) -> list[int]:
    return [run.number for run in (await runs.page(order.rowids)).values()]


async def test_an_empty_run_cache(runs: RunCache) -> None:
    """An empty cache answers every question with nothing."""
    order = await runs.order()
    assert list(order.rowids) == []
    assert order.by_state == {}
    assert await runs.page([1, 2]) == {}
    assert await runs.newest() == []
    assert await runs.get(RunId("local:1")) is None
    assert await runs.find(1) == []
    assert await runs.states("local") == {}
    assert await runs.latest(TEMPLATE_ID, 5) == []
    assert await runs.last_by_template() == {}
    assert await runs.usual([(TEMPLATE_ID, "")]) == {}
    await runs.write([], [])


async def test_a_run_survives_whole(runs: RunCache) -> None:
    """What is written comes back equal, to the microsecond and the last field."""
    detail = a_detail(
        number=7,
        state=RunState.STOPPED,
        created_at=NOON + timedelta(microseconds=1),
        started_at=NOON + timedelta(microseconds=999_999),
        exit_code=-2,
        waits_for_input=True,
        note="stopped by ada — “später”",
        log_bytes=1 << 40,
        spec=a_spec(
            environment={"A": "1"},
            answers={"topology": "dc1"},
            secret_names=("password",),
            terminal=True,
            columns=80,
            rows=24,
            artifacts=("out/*.txt",),
            commit="c" * 40,
        ),
        use=ResourceUse(0.1, 2.5, 1 << 33),
    )
    bare = a_detail(number=8, state=RunState.WAITING)
    await runs.write([detail, bare], [])

    assert await runs.get(detail.run.id) == detail
    assert await runs.get(bare.run.id) == bare
    assert await runs.newest() == [bare.run, detail.run]


async def test_the_order_of_runs(runs: RunCache) -> None:
    """Active runs come first, then the newest; equally old ones by number."""
    written = [
        a_detail(number=1, state=RunState.RUNNING, created_at=NOON),
        a_detail(number=2, state=RunState.SUCCESS, created_at=NOON + timedelta(hours=2)),
        a_detail(number=3, state=RunState.ERROR, created_at=NOON + timedelta(hours=1)),
        a_detail(number=4, state=RunState.WAITING, created_at=NOON + timedelta(minutes=1)),
        a_detail(number=5, state=RunState.LOST, created_at=NOON + timedelta(hours=1)),
        a_detail(number=6, state=RunState.UNKNOWN, created_at=NOON + timedelta(hours=3)),
    ]
    await runs.write(written, [])

    order = await runs.order()
    assert [run.number for run in (await runs.page(order.rowids)).values()] == [4, 1, 6, 2, 5, 3]
    assert [run.number for run in await runs.newest()] == [4, 1, 6, 2, 5, 3]
    assert [run.number for run in await runs.newest(2)] == [4, 1]
    assert order.by_state == {one.run.state: 1 for one in written}


async def test_the_order_of_some_projects(runs: RunCache) -> None:
    """Runs of other projects are neither in the order nor in the counts."""
    mine, other = ProjectId("local:/mine"), ProjectId("local:/other")
    await runs.write(
        [a_detail(number=n, project_id=mine if n % 2 else other) for n in range(1, 8)], []
    )

    order = await runs.order([mine])
    assert [run.number for run in (await runs.page(order.rowids)).values()] == [7, 5, 3, 1]
    assert order.by_state == {RunState.SUCCESS: 4}
    both = await runs.order({mine, other, ProjectId("local:/third")})
    assert both == await runs.order()
    assert (await runs.order([])).by_state == {}
    assert len((await runs.order([])).rowids) == 0


async def test_a_page_has_the_order_asked_for(runs: RunCache) -> None:
    """A page comes back as asked; what vanished meanwhile is left out, not replaced."""
    await runs.write([a_detail(number=n) for n in range(1, 6)], [])
    first, *_, last = order = list((await runs.order()).rowids)
    await runs.write([a_detail(number=6)], [RunId("local:5")])

    assert [run.number for run in (await runs.page([last, first, order[2]])).values()] == [1, 3]


async def test_a_change_replaces_a_run(runs: RunCache) -> None:
    """Writing a known run changes it in place: its row id stays."""
    await runs.write([a_detail(number=1, state=RunState.RUNNING)], [])
    before = await runs.order()
    ended = a_detail(number=1, state=RunState.SUCCESS)
    await runs.write([ended], [])

    assert await runs.get(ended.run.id) == ended
    assert list((await runs.order()).rowids) == list(before.rowids)
    assert (await runs.order()).by_state == {RunState.SUCCESS: 1}


async def test_gone_runs(runs: RunCache) -> None:
    """What is gone is forgotten, and only that; unknown ids do no harm."""
    await runs.write([a_detail(number=n) for n in (1, 2, 3)], [])
    await runs.write([], [RunId("local:2"), RunId("local:99")])
    assert [run.number for run in await runs.newest()] == [3, 1]


async def test_finding_by_number(runs: RunCache) -> None:
    """A number finds the runs of every upstream that call themselves so."""
    ids = [RunId("local:12"), RunId("forge:12")]
    await runs.write([a_detail(number=12, id=one) for one in ids] + [a_detail(number=112)], [])
    assert sorted(await runs.find(12)) == sorted(ids)


async def test_states_of_an_upstream(runs: RunCache) -> None:
    """States are told by upstream; one upstream's name may begin like another's."""
    await runs.write(
        [
            a_detail(id=RunId("lab:1"), state=RunState.RUNNING),
            a_detail(id=RunId("lab:2"), state=RunState.ERROR),
            a_detail(id=RunId("lab-two:1")),
            a_detail(id=RunId("lab2:1")),
        ],
        [],
    )
    assert await runs.states("lab") == {"lab:1": RunState.RUNNING, "lab:2": RunState.ERROR}


async def test_runs_of_a_template(runs: RunCache) -> None:
    """A template's runs come newest first, however they ended, active or not."""
    other = a_template(name="other").id
    await runs.write(
        [
            a_detail(number=1, state=RunState.RUNNING),
            a_detail(number=2, state=RunState.ERROR),
            a_detail(number=3),
            a_detail(number=4, template_id=other),
        ],
        [],
    )
    assert [run.number for run in await runs.latest(TEMPLATE_ID, 2)] == [3, 2]
    last = await runs.last_by_template()
    assert {one: run.number for one, run in last.items()} == {TEMPLATE_ID: 3, other: 4}


async def test_the_usual_duration(runs: RunCache) -> None:
    """The usual duration is the median of the last five that did the same and succeeded."""
    seconds = [900, 10, 20, 60, 30, 40]
    details = [
        a_detail(number=n, started_at=NOON, ended_at=NOON + timedelta(seconds=one))
        for n, one in enumerate(seconds, start=1)
    ]
    details.append(a_detail(number=7, state=RunState.ERROR))
    details.append(
        a_detail(number=8, action="up", started_at=NOON, ended_at=NOON + timedelta(hours=1))
    )
    await runs.write(details, [])
    plain, up, never = (TEMPLATE_ID, ""), (TEMPLATE_ID, "up"), (a_template(name="never").id, "")

    assert await runs.usual([plain, up, never]) == {
        plain: timedelta(seconds=30), up: timedelta(hours=1)
    }  # fmt: skip
    await runs.write([], [RunId("local:6")])
    await runs.write([], [RunId("local:1")])
    assert await runs.usual([plain]) == {plain: timedelta(seconds=25)}


async def test_projects_and_templates_survive_whole(projects: ProjectCache) -> None:
    """What is written comes back equal, in the order in which the templates were given."""
    project = a_project(
        description="the edge",
        is_public=True,
        members=Members(owners=frozenset({"ada"}), viewer_groups=frozenset({"noc", "ops"})),
        commit=Commit("c" * 40, "Add leaf 4", "ada", NOON),
        files=(RepositoryFile("site.yml", 120),),
        file_count=5,
        notices=(Notice(Severity.WARNING, "too big", "x", "/x:1", "split it"),),
    )
    questions = tuple(SurveyField(kind.value, kind, choices=("a", "b")) for kind in FieldKind)
    templates = [
        a_template(name="z", survey=questions, environment={"A": "1"}, terminal=True),
        a_template(name="a", artifacts=("*.log",), hotkey="n"),
    ]
    await projects.write([project], {PROJECT_ID: templates}, [])

    assert await projects.projects() == [project]
    assert await projects.templates(PROJECT_ID) == templates
    assert await projects.templates() == templates
    assert await projects.templates(ProjectId("local:/elsewhere")) == []


async def test_templates_are_replaced_by_project(projects: ProjectCache) -> None:
    """New templates of a project replace its old ones and leave those of others alone."""
    other = a_project(path="/srv/other")
    of_other = [a_template(project_id=other.id)]
    await projects.write(
        [a_project(), other],
        {PROJECT_ID: [a_template(name="old"), a_template(name="kept")], other.id: of_other},
        [],
    )
    await projects.write([], {PROJECT_ID: [a_template(name="kept", description="now")]}, [])

    assert await projects.templates(PROJECT_ID) == [a_template(name="kept", description="now")]
    assert await projects.templates(other.id) == of_other
    await projects.write([], {PROJECT_ID: []}, [])
    assert await projects.templates() == of_other
    assert len(await projects.projects()) == 2


async def test_a_gone_project_takes_its_templates(projects: ProjectCache) -> None:
    """A project that is gone leaves no template behind."""
    await projects.write([a_project()], {PROJECT_ID: [a_template()]}, [])
    await projects.write([], {}, [PROJECT_ID])
    assert await projects.projects() == []
    assert await projects.templates() == []


async def test_trust_is_never_cached_with_a_template(projects: ProjectCache) -> None:
    """A template that was trusted when it was written comes back untrusted."""
    await projects.write([a_project()], {PROJECT_ID: [a_template(is_trusted=True)]}, [])
    assert await projects.templates() == [a_template()]


async def test_trust_is_for_content(trust: TrustStore) -> None:
    """Trust is for a path with this very content; trusting it twice is fine."""
    assert await trust.trusted() == frozenset()
    first, second = Source("/srv/a.toml", "1" * 64), Source("/srv/a.toml", "2" * 64)
    await trust.trust([first], "ada", NOON)
    await trust.trust([first, second], "bob", NOON + timedelta(days=1))
    assert await trust.trusted() == {("/srv/a.toml", "1" * 64), ("/srv/a.toml", "2" * 64)}


async def test_a_run_row_is_the_detail_run(runs: RunCache) -> None:
    """The row of a table and the detail tell the same run."""
    await runs.write([a_detail(number=3)], [])
    (row,) = await runs.newest()
    assert row == a_run(number=3)
