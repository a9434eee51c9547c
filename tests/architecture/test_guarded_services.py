"""Nothing public of a service can be called without a permission."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import skyforge_tui.services
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import NEEDS, Permission
from skyforge_tui.services.authorization import Access, requires

EXEMPT = {"project_of"}
"""The guard itself asks it."""


def services() -> list[type[Any]]:
    """Return every service class of the package."""
    found = []
    for info in pkgutil.iter_modules(skyforge_tui.services.__path__, "skyforge_tui.services."):
        module = importlib.import_module(info.name)
        found += [
            one
            for name, one in inspect.getmembers(module, inspect.isclass)
            if name.endswith("Service") and one.__module__ == info.name
        ]
    return found


def unguarded(service: type[Any]) -> Iterator[str]:
    """Yield the public methods of a class that anybody may call."""
    for name, one in inspect.getmembers(service, callable):
        if name.startswith("_") or name in EXEMPT or isinstance(one, type):
            continue
        if not isinstance(getattr(one, "__permission__", None), Permission):
            yield f"{service.__name__}.{name}"


def test_every_service_is_guarded() -> None:
    """Every public method of every service carries its permission."""
    found = services()
    assert {one.__name__ for one in found} >= {"ProjectService", "RunService"}
    assert [name for service in found for name in unguarded(service)] == []


def test_every_service_knows_whose() -> None:
    """Every service can say to which project a target belongs."""
    for service in services():
        assert inspect.iscoroutinefunction(service.project_of), service


def test_walk_finds_planted() -> None:
    """The walk finds a method without a guard: a coroutine, a generator and a plain one."""

    class PlantedService:
        async def guarded(self, principal: Principal) -> None: ...

        async def open_door(self, principal: Principal) -> None: ...

        async def open_window(self, principal: Principal) -> Any:
            yield

        def open_hatch(self) -> None: ...

        async def _private(self) -> None: ...

        async def project_of(self, target: object) -> ProjectId:
            return ProjectId(str(target))

    PlantedService.guarded.__permission__ = Permission.RUN_LIST  # type: ignore[attr-defined]
    assert sorted(unguarded(PlantedService)) == [
        "PlantedService.open_door",
        "PlantedService.open_hatch",
        "PlantedService.open_window",
    ]


def test_guard_needs_principal() -> None:
    """A method that takes no principal first cannot be guarded."""
    with pytest.raises(TypeError, match="must take `principal` first"):

        @requires(Permission.RUN_LIST)  # type: ignore[arg-type]
        async def listing(self: Any, limit: int) -> None: ...

    with pytest.raises(TypeError, match="must take `principal` first"):

        @requires(Permission.RUN_LIST)  # type: ignore[arg-type]
        async def also(self: Any, limit: int, principal: Principal) -> None: ...


def test_guard_needs_target() -> None:
    """A permission with a role cannot guard a method that does not say whose thing it is."""
    with pytest.raises(TypeError, match="must name the guarded parameter"):

        @requires(Permission.RUN_START)
        async def launch(self: Any, principal: Principal, name: str) -> None: ...


def test_guard_names_a_parameter() -> None:
    """A guard for a parameter that is not there is refused, whatever the permission."""
    for permission in (Permission.RUN_START, Permission.RUN_LIST):
        with pytest.raises(TypeError, match="must name the guarded parameter"):

            @requires(permission, of="run")
            async def launch(self: Any, principal: Principal, run_id: str) -> None: ...


def test_guard_needs_a_coroutine() -> None:
    """What cannot be awaited cannot be guarded, or it would run before anybody asked."""
    with pytest.raises(TypeError, match="coroutine"):

        @requires(Permission.RUN_LIST)  # type: ignore[arg-type]
        def listing(self: Any, principal: Principal) -> None: ...

    with pytest.raises(TypeError, match="coroutine"):

        @requires(Permission.RUN_LIST)
        async def stream(self: Any, principal: Principal) -> Any:
            yield


def test_every_permission_has_a_role() -> None:
    """Every permission says which role it needs."""
    assert set(NEEDS) == set(Permission)


def test_permissions_are_used() -> None:
    """Every permission guards something."""
    used = {
        one.__permission__
        for service in services()
        for _, one in inspect.getmembers(service, callable)
        if hasattr(one, "__permission__")
    }
    assert used == set(Permission)


def test_contract_holds_every_service() -> None:
    """The hands that callers are given hold every service there is."""
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.file_parts import FileParts

    hands = [inspect.get_annotations(one) for one in (Services, FileParts)]
    held = {str(one) for hand in hands for one in hand.values()}
    assert {one.__name__ for one in services()} <= held
    assert Access.__name__ in held
