"""Projects and templates in cache.db: what other versions and odd names do to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import ProjectKind
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.store.database import CACHE, Database, open_database
from skyforge_tui.store.projects import SqliteProjectCache
from tests.builders import PROJECT_ID, a_project, a_template


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an empty cache.db."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        yield database


@pytest.fixture
def projects(database: Database) -> SqliteProjectCache:
    """Return the project cache in it."""
    return SqliteProjectCache(database)


async def _replace(database: Database, table: str, old: str, new: str) -> None:
    await database.write(
        lambda connection: connection.execute(
            f"UPDATE {table} SET payload = "
            "CAST(replace(CAST(payload AS TEXT), ?, ?) AS BLOB) WHERE id LIKE '%fabric%'",
            (old, new),
        )
    )


async def test_kinds_of_another_version(database: Database, projects: SqliteProjectCache) -> None:
    """Kinds that this version does not know read as UNKNOWN; what else it does not is ignored."""
    await projects.write([a_project()], {PROJECT_ID: [a_template()]}, [])
    await _replace(database, "projects", '"kind":"git"', '"kind":"hg","mood":"fine"')
    await _replace(database, "templates", '"kind":"command"', '"kind":"notebook"')
    assert await projects.projects() == [a_project(kind=ProjectKind.UNKNOWN)]
    assert await projects.templates() == [a_template(kind=TemplateKind.UNKNOWN)]


async def test_unreadable_payloads(
    database: Database, projects: SqliteProjectCache, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be read is named in the log and left out, until the next sync writes it."""
    other = a_project(path="/srv/other")
    await projects.write(
        [a_project(), other],
        {
            PROJECT_ID: [a_template()],
            other.id: [a_template(project_id=other.id)],
        },
        [],
    )
    await _replace(database, "projects", "{", "[")
    await _replace(database, "templates", '"kind":"string"', '"kind":"colour"')

    assert await projects.projects() == [other]
    assert await projects.templates() == [a_template(project_id=other.id)]
    assert f"{PROJECT_ID} cannot be read" in caplog.text
    assert f"{a_template().id} cannot be read" in caplog.text
    await projects.write([a_project()], {PROJECT_ID: [a_template()]}, [])
    assert len(await projects.projects()) == len(await projects.templates()) == 2


async def test_names_that_are_no_text(
    projects: SqliteProjectCache, caplog: pytest.LogCaptureFixture
) -> None:
    """A name that is not Unicode keeps nothing else from being remembered."""
    odd = a_project(path="/srv/\udcff")
    await projects.write(
        [odd, a_project()],
        {
            odd.id: [a_template(project_id=odd.id)],
            PROJECT_ID: [a_template(), a_template(name="\udcfe")],
        },
        [ProjectId("local:\udcfd")],
    )
    assert await projects.projects() == [a_project()]
    assert await projects.templates() == [a_template()]
    assert caplog.text.count("cannot be remembered") == 5


async def test_templates_of_a_project_gone_meanwhile(projects: SqliteProjectCache) -> None:
    """Templates of a project that another process has just forgotten are not remembered."""
    await projects.write([], {PROJECT_ID: [a_template()]}, [])
    assert await projects.templates() == []
