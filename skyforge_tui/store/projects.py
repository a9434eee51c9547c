"""Projects and templates as last seen, in cache.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import msgspec

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Template
from skyforge_tui.store.database import Database
from skyforge_tui.store.payloads import Row, decoded, encoded, id_row, storable

_PROJECT = msgspec.json.Decoder(Project)
_TEMPLATE = msgspec.json.Decoder(Template)

_UPSERT_PROJECT = """
    INSERT INTO projects (id, payload) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET payload = excluded.payload
"""

# A project may be gone by now: another process synchronises the same file.
_UPSERT_TEMPLATE = """
    INSERT INTO templates (id, project_id, position, payload)
    SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM projects WHERE id = ?2)
    ON CONFLICT (id) DO UPDATE SET
        project_id = excluded.project_id, position = excluded.position, payload = excluded.payload
"""


class SqliteProjectCache:
    """Remembers projects and templates in an open cache.db; implements `ProjectCache`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def projects(self) -> list[Project]:
        """Return all remembered projects, by id."""
        return await self._database.read(
            lambda connection: decoded(
                _PROJECT, connection.execute("SELECT id, payload FROM projects ORDER BY id")
            )
        )

    async def templates(self, project_id: ProjectId | None = None) -> list[Template]:
        """Return the remembered templates, of one project or of all; none is trusted yet."""
        templates = await self._database.read(
            lambda connection: decoded(
                _TEMPLATE,
                connection.execute(
                    "SELECT id, payload FROM templates WHERE ?1 IS NULL OR project_id = ?1 "
                    "ORDER BY project_id, position",
                    (project_id,),
                ),
            )
        )
        return [replace(one, is_trusted=False) if one.is_trusted else one for one in templates]

    async def write(
        self,
        changed: Sequence[Project],
        templates: Mapping[ProjectId, Sequence[Template]],
        gone: Collection[ProjectId],
    ) -> None:
        """Store the difference in one transaction; `templates` replaces those of its projects.

        Templates of a project that is not remembered are not either.
        """
        projects = storable(changed, _project_row)
        rows = storable(
            ((position, one) for group in templates.values() for position, one in enumerate(group)),
            _template_row,
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM projects WHERE id = ?", storable(gone, id_row))
            connection.executemany(_UPSERT_PROJECT, projects)
            connection.executemany(
                "DELETE FROM templates WHERE project_id = ?", storable(templates, id_row)
            )
            connection.executemany(_UPSERT_TEMPLATE, rows)

        if changed or templates or gone:
            await self._database.write(work)


def _project_row(project: Project) -> Row:
    return (project.id, encoded(project))


def _template_row(placed: tuple[int, Template]) -> Row:
    position, template = placed
    return (template.id, template.project_id, position, encoded(template))
