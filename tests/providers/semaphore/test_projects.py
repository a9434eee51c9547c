"""A server's projects and templates are read in few requests, with what one may do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from skyforge_tui.demo.servers.semaphore.things import SurveyValue, SurveyVar
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.template import FieldKind
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.project_host import ProjectContent
from skyforge_tui.providers.runs.semaphore.engine import SemaphoreRunEngine
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.projects import SemaphoreProjects
from skyforge_tui.providers.runs.semaphore.standing import Standing
from skyforge_tui.store.kept_logs import FileKeptLogs
from tests.builders import a_spec
from tests.estates import served_semaphore
from tests.semaphores import EstateClock, client_of

EACH = 8
"""Most requests that one project costs."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """A server, and somebody's way to it."""

    server: SemaphoreServer
    client: SemaphoreClient
    host: SemaphoreProjects

    async def content(self) -> ProjectContent:
        """Read the server's first project."""
        projects = (await self.host.list_projects()).projects
        (first,) = [project for project in projects if project.id == "emea:1"]
        return await self.host.read_project(first)


@asynccontextmanager
async def hosting(who: str, more_templates: int = 0) -> AsyncIterator[Hosting]:
    """Give a server, somebody's way to it, and its first project as that one sees it."""
    stock = Stock(more_templates=more_templates)
    async with served_semaphore(stock=stock) as server, client_of(server, who) as client:
        names = Names("emea", Standing(client, EstateClock(server)))
        yield Hosting(server, client, SemaphoreProjects(client, names, server.url))


async def test_a_thousand_templates_cost_as_many_requests_as_one() -> None:
    """However many templates a project has, it is read with a handful of requests."""
    async with hosting("mika", more_templates=1_000) as one:
        await one.host.list_projects()
        before = one.client.http.counts["GET"]
        content = await one.content()
        assert len(content.templates) > 1_000
        assert one.client.http.counts["GET"] - before <= EACH


@pytest.mark.parametrize(
    ("who", "word", "may"), [("mika", "manager", True), ("gus", "guest", False)]
)
async def test_who_may_run_is_what_the_server_grants(who: str, word: str, may: bool) -> None:
    """A manager may start runs, a guest may only look; both as the server says it."""
    async with hosting(who) as one:
        grant = (await one.content()).project.grant
    assert grant is not None
    assert (grant.word, grant.user) == (word, who)
    assert (Permission.RUN_START in grant.permits) is may
    assert (Permission.RUN_CONFIRM in grant.permits) is may


async def test_every_type_of_survey_variable_is_asked_for() -> None:
    """A server's text, number, choice and secret become fields of that kind."""
    async with hosting("mika") as one:
        templates = one.server.state.rooms[1].templates.values()
        (greet,) = [template for template in templates if template.name == "Greet"]
        greet.survey_vars = [
            SurveyVar(name="text", required=True),
            SurveyVar(name="number", type="int"),
            SurveyVar(name="hidden", type="secret"),
            SurveyVar(name="choice", type="enum", values=[SurveyValue("A", "a")]),
        ]
        content = await one.content()
    (template,) = [template for template in content.templates if template.name == "Greet"]
    found = {field.name: (field.kind, field.required, field.choices) for field in template.survey}
    asked = {
        "text": (FieldKind.STRING, True, ()),
        "number": (FieldKind.INT, False, ()),
        "hidden": (FieldKind.SECRET, False, ()),
        "choice": (FieldKind.ENUM, False, ("a",)),
    }
    assert found | asked == found  # beside what a run itself may be told: a limit, a dry run


async def test_templates_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """A server takes a name twice: each template has a name of its own here, and is itself."""
    async with hosting("mika") as one:
        room = one.server.state.rooms[1]
        (greet,) = [template for template in room.templates.values() if template.name == "Greet"]
        ids = (1001, 1002, 1003, 1004)
        for number, name in zip(ids, ("Greet #1002", "Greet", "Greet", "Greet #1003"), strict=True):
            copy = msgspec.structs.replace(greet, id=number, name=name)
            room.templates[number] = copy
        templates = {template.id: template for template in (await one.content()).templates}
        names = [template.name for template in templates.values()]
        assert len(set(names)) == len(names) >= 5
        assert templates[TemplateId("emea:1#1001")].name == "Greet #1002"
        assert templates[TemplateId("emea:1#1003")].name == "Greet #1003"
        engine = SemaphoreRunEngine(
            one.client, one.host._names, FileKeptLogs(tmp_path), EstateClock(one.server)
        )
        run = await engine.start(
            a_spec(template_id="emea:1#1003", template="Greet", answers={}), {}
        )
        assert one.server.state.runs[run.number].template_id == 1003
