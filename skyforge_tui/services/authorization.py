"""The one authorization path: who may do what, decided here and nowhere else.

Two faces. `@requires` guards every public coroutine of a service. `Access.decide` answers the same
question synchronously from memory, so that a screen can grey a key before it is pressed.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from skyforge_tui.domain.errors import Forbidden
from skyforge_tui.domain.identity import Principal, ProjectId, Role
from skyforge_tui.domain.permission import NEEDS, Permission
from skyforge_tui.domain.project import Project, access_level
from skyforge_tui.services.decisions import YES, Allowed, Decision, Denied

__all__ = ["YES", "Access", "Allowed", "Decision", "Denied", "Guarded", "requires"]


class Access:
    """Knows the projects, and so who is what in them.

    Replaced as a whole by the project service; reading it from another thread is safe.
    """

    def __init__(self) -> None:
        self._projects: dict[ProjectId, Project] = {}
        self._houses: dict[ProjectId, Project] = {}

    def learn(self, projects: Iterable[Project]) -> None:
        """Know exactly these projects from now on."""
        self._projects = {project.id: project for project in projects}

    def keep(self, house: Project) -> None:
        """Know for good what is no project but has an owner, such as the state directory."""
        self._houses[house.id] = house

    def project(self, project_id: ProjectId) -> Project | None:
        """Return a known project, or a house."""
        return self._projects.get(project_id) or self._houses.get(project_id)

    def projects(self) -> tuple[Project, ...]:
        """Return all known projects; houses are none."""
        return tuple(self._projects.values())

    def role(self, principal: Principal, project_id: ProjectId) -> Role:
        """Return what `principal` is in a project; nothing in an unknown one."""
        if principal.is_admin:
            return Role.ADMIN
        project = self.project(project_id)
        return Role.NONE if project is None else access_level(project, principal)

    def decide(
        self, principal: Principal, permission: Permission, project_id: ProjectId | None
    ) -> Decision:
        """Say whether `principal` may, and if not, why."""
        needed = NEEDS[permission]
        if needed is Role.NONE or principal.is_admin:
            return YES
        if project_id is None:
            return Denied(f"{permission} needs a project")
        role = self.role(principal, project_id)
        if role >= needed:
            return YES
        project = self.project(project_id)
        name = project.slug if project else "this project"
        owners = ", ".join(sorted(project.members.owners)) if project else ""
        return Denied(
            f"needs {needed.word} in {name}; you are {role.word}",
            f"ask {owners}" if owners else "",
        )


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
