"""The way from the cockpit's screens to its engine; knows what may be done, and keeps what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import Me, upstream_of
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.link import Link

if TYPE_CHECKING:
    from textual.app import App

    from skyforge_tui.domain.freshness import Subject, UpstreamHealth
    from skyforge_tui.domain.identity import Principal, Role
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.domain.lab_action import LabAction
    from skyforge_tui.domain.permission import Permission
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.transfer import Transfer
    from skyforge_tui.services.contract import Services, Target
    from skyforge_tui.services.decisions import Decision
    from skyforge_tui.tui.link import Answer, Work
    from skyforge_tui.tui.presenters.headless import Act

_SILENT = (UpstreamState.ERROR, UpstreamState.DISABLED)


class Bridge(Link["Services"]):
    """A link to all the services."""

    def __init__(self, app: App[Any], principal: Principal, program: Sequence[str] = ()) -> None:
        super().__init__(app, principal)
        self.directory = _here()
        """Where the headless commands that do the same are to be run."""
        self._program = tuple(program)

    def line(self, act: Act) -> str:
        """Return the headless command that does the same, for a shell."""
        from skyforge_tui.tui.presenters.headless import PROGRAM, line_of

        return line_of(act, self._program or PROGRAM)

    async def act(self, act: Act, work: Work[Services, Answer]) -> Answer:
        """Have the engine do what changes the world; keep it, and how it went, in the log."""
        line, principal, directory = self.line(act), self.principal, self.directory

        async def logged(services: Services) -> Answer:
            try:
                answer = await work(services)
            except SkyforgeError as error:
                await services.history.log(principal, line, directory, error)
                raise
            await services.history.log(principal, line, directory)
            return answer

        return await self.ask(logged)

    def may(self, permission: Permission, target: Target) -> Decision:
        """Say from memory whether this person may do this now."""
        if self._services is None:
            return Denied("still starting", "wait a moment")
        return self._services.may(self.principal, permission, target)

    def lab_can(self, lab: Lab, action: LabAction) -> str:
        """Say from memory why whatever runs a lab cannot do something itself; empty if it can."""
        return "still starting" if self._services is None else self._services.lab_can(lab, action)

    def may_act(self, action: LabAction, lab: Lab) -> Decision:
        """Say from memory whether this person may have whatever runs a lab do this to it."""
        if self._services is None:
            return Denied("still starting", "wait a moment")
        return self._services.may_act(self.principal, action, lab)

    def role(self, target: Target) -> Role | None:
        """Return from memory what this person is in the target's project; None without one."""
        if self._services is None or target is None:
            return None
        from skyforge_tui.domain.project import Project

        project_id = target.id if isinstance(target, Project) else target.project_id
        if project_id is None:
            return None  # a lab outside of every project
        return self._services.access.role(self.principal, project_id)

    @property
    def me(self) -> Me:
        """By which names one goes, here and elsewhere, from memory."""
        if self._services is None:
            return Me(self.principal.username)
        return self._services.access.me(self.principal)

    def lights(self) -> tuple[UpstreamHealth, ...]:
        """Return the upstreams' lights, from memory."""
        return () if self._services is None else self._services.health.lights()

    def transfers(self) -> tuple[Transfer, ...]:
        """Return what is carried to and from artifact stores, from memory."""
        return () if self._services is None else self._services.transfers.runner.all()

    def acted_on(self) -> tuple[Lab, ...]:
        """Return the labs that something is done to just now, from memory."""
        return () if self._services is None else self._services.lab_index.acted_on()

    def guard(self, upstream: str) -> Guard:
        """Return how careful one has to be with an upstream, from memory."""
        guards = (one.guard for one in self.lights() if one.name == upstream)
        return next(guards, Guard.NORMAL)

    def careful(self, thing_ids: Iterable[str]) -> set[str]:
        """Return the servers of these things that want a change in so many words, from memory."""
        upstreams = {upstream_of(one) for one in thing_ids}
        return {one for one in upstreams if self.guard(one) is Guard.CONFIRM}

    def automates(self, thing_id: str) -> bool:
        """Say from memory whether the server of a thing does things by itself, as schedules do."""
        known = self._services
        return known is not None and upstream_of(thing_id) in known.automation.upstreams

    def lets_nobody_in(self, project: Project) -> str:
        """Say from memory why nobody is let in where a project is kept; empty if people are."""
        known, upstream = self._services, upstream_of(project.id)
        if known is None:
            return "still starting"
        is_kept = upstream in known.membership.hosts
        return "" if is_kept else f"{upstream} lets nobody in: that is done at a Gitea"

    def unread(self, subject: Subject) -> str:
        """Return an upstream that is still read for the first time since we began, from memory.

        One that does not answer is none: its light says so.
        """
        lights = (one for one in self.lights() if one.state not in _SILENT)
        return next((one.name for one in lights if subject in one.unread), "")


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # somebody removed the folder we stand in
        return ""
