"""A pretended server's schedules, variable groups and counts, for pictures."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import date, timedelta
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.automation import (
    DayCount,
    Schedule,
    ScheduleId,
    Variable,
    VariableGroup,
)
from skyforge_tui.domain.identity import ProjectId, Role, TemplateId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant, Project, ProjectKind
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.tui.app import SkyforgeApp
from tests.tui.cockpit_harness import press, until_shown
from tests.tui.pretend import NOW

CAMPUS = Project(
    ProjectId("emea:2"), "campus", "Campus", ProjectKind.HOSTED, "https://emea.example.net/project/2",
    grant=Grant("mara", "manager", Role.EDITOR, frozenset({Permission.SCHEDULE_WRITE})),
)  # fmt: skip
BACKUP = Template(
    TemplateId("emea:2#1"), CAMPUS.id, "Backup configurations", TemplateKind.PLAYBOOK, (), "",
    is_hosted=True,
)  # fmt: skip


def _schedule(number: int, template: str, cron: str, name: str, *, on: bool = True) -> Schedule:
    return Schedule(
        ScheduleId(f"{CAMPUS.id}!{number}"), CAMPUS.id, BACKUP.id, template, name, cron, on
    )


class PretendAutomation:
    """What a server would tell."""

    upstream = "emea"

    async def schedules(self, project_id: ProjectId) -> Sequence[Schedule]:
        """Return four."""
        return [
            _schedule(3, "Backup configurations", "0 2 * * *", "every night"),
            _schedule(4, "Compliance report", "30 6 * * 1-5", "before work"),
            _schedule(8, "Greet", "5 4 * * 1", "", on=False),
            _schedule(5, "Remove old images", "15 3 * * 6", "Saturdays"),
        ]

    async def check(self, project_id: ProjectId, cron: str) -> None:
        """Take anything."""

    async def set_active(self, schedule_id: ScheduleId, *, active: bool) -> None:
        """Do nothing."""

    async def add(self, template_id: TemplateId, name: str, cron: str, *, active: bool) -> Schedule:
        """Return what was wanted."""
        return _schedule(9, "Greet", cron, name, on=active)

    async def variable_groups(self, project_id: ProjectId) -> Sequence[VariableGroup]:
        """Return two."""
        return [
            VariableGroup(CAMPUS.id, 1, "bgp-secrets", (
                Variable("asn_base", "65000"), Variable("bgp_md5", None),
                Variable("VAULT_TOKEN", None, is_environment=True),
            )),
            VariableGroup(CAMPUS.id, 2, "defaults", (
                Variable("ntp", '["10.1.1.1", "10.1.1.2"]'),
                Variable("LC_ALL", "C.UTF-8", is_environment=True),
            )),
        ]  # fmt: skip

    async def day_counts(
        self, template_id: TemplateId, first: date, last: date
    ) -> Sequence[DayCount] | None:
        """Return two weeks."""
        counted = (
            (18, 8, 0), (17, 8, 1), (23, 9, 1), (16, 0, 1), (20, 4, 0), (0, 0, 0), (21, 12, 5),
            (22, 0, 2), (17, 11, 0), (9, 1, 0), (15, 0, 1), (2, 14, 0),
        )  # fmt: skip
        return [
            DayCount(
                NOW.date() - timedelta(days=at),
                {RunState.SUCCESS: passed, RunState.ERROR: failed, RunState.STOPPED: stopped},
                timedelta(seconds=104 + 7 * at) if passed else None,
            )
            for at, (passed, failed, stopped) in enumerate(counted)
        ]


def automated(
    *presses: str, shows: str = "", counts: bool = False
) -> Callable[[Pilot[Any]], Coroutine[Any, Any, None]]:
    """Return steps that go to what a server does by itself, and then press keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        services = app.bridge._services
        assert services is not None
        services.access.learn((*services.access.projects(), CAMPUS))
        services.catalog._templates[BACKUP.id] = BACKUP
        services.automation._hosts["emea"] = PretendAutomation()
        app.open_automation(CAMPUS, BACKUP if counts else None)
        await until_shown(pilot, "campus", "Schedules 4")
        for one in presses:
            await press(pilot, one)
        await until_shown(pilot, shows)

    return steps
