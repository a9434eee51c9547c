"""The one authorization path: who may do what, decided here and nowhere else.

Two faces. `@requires` guards every public coroutine of a service. `Access.decide` answers the same
question synchronously from memory, so that a screen can grey a key before it is pressed.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from skyforge_tui.domain.errors import Forbidden, NotFound
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import Me, Principal, ProjectId, Role, upstream_of
from skyforge_tui.domain.permission import CHANGES_UPSTREAM, NEEDS, Permission
from skyforge_tui.services.decisions import YES, Allowed, Decision, Denied

if TYPE_CHECKING:
    from skyforge_tui.domain.project import Grant, Project

__all__ = ["YES", "Access", "Allowed", "Decision", "Denied", "Guarded", "requires"]


class Access:
    """Knows the projects, and so who is what in them.

    Replaced as a whole by the project service; reading it from another thread is safe.
    """

    def __init__(self) -> None:
        self._projects: dict[ProjectId, Project] = {}
        self._houses: dict[ProjectId, Project] = {}
        self._guards: dict[str, Guard] = {}
        self._logins: dict[str, str] = {}
        self._admins: dict[str, frozenset[str]] = {}

    def learn(self, projects: Iterable[Project]) -> None:
        """Know exactly these projects from now on."""
        self._projects = {project.id: project for project in projects}
        granted = ((one.id, one.grant) for one in self._projects.values())
        self._logins = {upstream_of(one): grant.user for one, grant in granted if grant is not None}

    def keep(self, house: Project) -> None:
        """Know for good what is no project but has an owner, such as the state directory."""
        self._houses[house.id] = house

    def protect(self, upstream: str, guard: Guard) -> None:
        """Put a guard before an upstream."""
        self._guards[upstream] = guard

    def appoint(self, upstream: str, logins: Iterable[str]) -> None:
        """Have these be administrators of an upstream: no manifest takes anything from them."""
        self._admins[upstream] = frozenset(one.lower() for one in logins)

    def is_appointed(self, project: Project) -> bool:
        """Say whether whoever is signed in where a project is kept is an administrator there."""
        admins = self._admins.get(upstream_of(project.id), frozenset())
        return project.grant is not None and project.grant.user.lower() in admins

    def guard(self, thing_id: str) -> Guard:
        """Return what guards the upstream of a project, template or run."""
        return self._guards.get(upstream_of(thing_id), Guard.NORMAL)

    def project(self, project_id: ProjectId) -> Project | None:
        """Return a known project, or a house."""
        return self._projects.get(project_id) or self._houses.get(project_id)

    def known(self, project_id: ProjectId) -> Project:
        """Return a known project, or a house.

        Raises:
            NotFound: there is none.
        """
        project = self.project(project_id)
        if project is None:
            raise NotFound(f"no project {project_id}", advice="list them with projects ls")
        return project

    def projects(self) -> tuple[Project, ...]:
        """Return all known projects; houses are none."""
        return tuple(self._projects.values())

    def me(self, principal: Principal) -> Me:
        """Return by which names `principal` goes, here and on each server."""
        homes = {
            upstream_of(one.id): one.grant.user
            for one in self._houses.values()
            if one.grant is not None
        }
        return Me(principal.username, {**homes, **self._logins}, homes)

    def role(self, principal: Principal, project_id: ProjectId) -> Role:
        """Return what `principal` is in a project; nothing in an unknown one."""
        if principal.is_admin:
            return Role.ADMIN
        project = self.project(project_id)
        if project is None:
            return Role.NONE
        from skyforge_tui.domain.project import access_level

        return access_level(project, principal, is_appointed=self.is_appointed(project))

    def decide(
        self, principal: Principal, permission: Permission, project_id: ProjectId | None
    ) -> Decision:
        """Say whether `principal` may, and if not, why."""
        needed = NEEDS[permission]
        if needed is Role.NONE or principal.is_admin:
            return YES
        if project_id is None:
            return Denied(f"{permission} needs a project")
        if permission in CHANGES_UPSTREAM and self.guard(project_id) is Guard.READ_ONLY:
            upstream = upstream_of(project_id)
            return Denied(
                f"{upstream} is read-only from here", "its guard is set in your configuration"
            )
        role = self.role(principal, project_id)
        project = self.project(project_id)
        owners = ", ".join(sorted(project.members.owners)) if project else ""
        # A server tells its owners' names only to them, as Gitea does.
        advice = f"ask {owners}" if owners else f"ask an owner of {project.slug}" if project else ""
        if project is not None and project.grant is not None:
            from skyforge_tui.domain.project import declared_role

            declared = None if self.is_appointed(project) else declared_role(project)
            return _granted(project, project.grant, declared, permission, advice)
        if role >= needed:
            return YES
        name = project.slug if project else "this project"
        return Denied(f"needs {needed.word} in {name}; you are {role.word}", advice)


def _granted(
    project: Project, grant: Grant, declared: Role | None, permission: Permission, advice: str
) -> Decision:
    """Say what the project's own server allows whoever is signed in there, and its manifest."""
    needed = NEEDS[permission]
    if permission in grant.permits or needed is Role.VIEWER <= grant.role:
        if declared is None or declared >= needed:
            return YES
        who = grant.user or "you"
        said = f"its manifest says {declared.word} of {who}"
        if declared < grant.role:
            said += f", {upstream_of(project.id)} grants {grant.word or grant.role.word}"
        return Denied(f"needs {needed.word} in {project.slug}; {said}", advice)
    word = grant.word or grant.role.word
    article = "an" if word[:1] in "aeio" else "a"  # a user
    verb = _VERBS.get(permission, f"do {permission}")
    who = f" ({grant.user})" if grant.user else ""
    may = "may look," if grant.role <= Role.VIEWER else "may"
    reason = f"{article} {word} of {project.slug}{who} {may} not {verb}"
    if declared is not None and declared > grant.role:
        reason += f"; its manifest says {declared.word}, {upstream_of(project.id)} grants {word}"
    return Denied(reason, advice)


_VERBS = {
    Permission.ARTIFACT_DELETE: "delete artifacts",
    Permission.ARTIFACT_WRITE: "store artifacts",
    Permission.DEPLOYMENT_DESTROY: "destroy deployments",
    Permission.DEPLOYMENT_START: "start deployments",
    Permission.DEPLOYMENT_STOP: "stop deployments",
    Permission.LAB_EDIT: "edit labs",
    Permission.LAB_START: "start labs",
    Permission.LAB_STOP: "stop labs",
    Permission.LAB_WIPE: "wipe labs",
    Permission.PROJECT_DELETE: "delete it",
    Permission.PROJECT_RECONCILE: "keep it in step",
    Permission.PROJECT_SHARE: "let people in or out",
    Permission.REPOSITORY_WRITE: "change files",
    Permission.RUN_ANSWER: "answer runs",
    Permission.RUN_CONFIRM: "confirm or reject runs",
    Permission.RUN_START: "run",
    Permission.RUN_STOP: "stop runs",
    Permission.SCHEDULE_WRITE: "change schedules",
}


class Guarded(Protocol):
    """A service: it has the access table, and knows to which project a target belongs."""

    access: Access

    def project_of(self, target: Any) -> Awaitable[ProjectId]:
        """Return the project that `target` (the guarded argument) belongs to.

        Raises:
            NotFound: there is no such thing.
        """
        ...


S = TypeVar("S", bound=Guarded)
P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[S, Principal, P], Coroutine[Any, Any, T]]


def requires(
    permission: Permission, *, of: str = ""
) -> Callable[[Method[S, P, T]], Method[S, P, T]]:
    """Guard a service coroutine `(self, principal, …)` with `permission`.

    `of` names the parameter whose project is asked for its roles; it may be left out only for
    permissions that anybody has.

    Raises (when defining): TypeError, if the method is no coroutine, or takes no `principal` first
        or no such `of`.
    Raises (when called): Forbidden.
    """

    def guard(method: Method[S, P, T]) -> Method[S, P, T]:
        signature = inspect.signature(method)
        names = list(signature.parameters)
        if not inspect.iscoroutinefunction(method):
            raise TypeError(f"{method.__qualname__} must be a coroutine")
        if names[1:2] != ["principal"]:
            raise TypeError(f"{method.__qualname__} must take `principal` first")
        if of not in names and (of or NEEDS[permission] is not Role.NONE):
            raise TypeError(f"{method.__qualname__} must name the guarded parameter")

        @wraps(method)
        async def guarded(self: S, principal: Principal, *args: P.args, **kwargs: P.kwargs) -> T:
            project_id = None
            if of and not principal.is_admin:
                bound = signature.bind(self, principal, *args, **kwargs)
                bound.apply_defaults()
                project_id = await self.project_of(bound.arguments[of])
            decision = self.access.decide(principal, permission, project_id)
            if isinstance(decision, Denied):
                raise Forbidden(decision.reason, operation=str(permission), advice=decision.advice)
            return await method(self, principal, *args, **kwargs)

        guarded.__permission__ = permission  # type: ignore[attr-defined]
        return cast("Method[S, P, T]", guarded)

    return guard
