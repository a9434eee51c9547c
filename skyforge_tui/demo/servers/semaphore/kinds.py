"""The kinds of things that a project holds, and what is particular about each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal
from skyforge_tui.demo.servers.semaphore.references import Users, users_of
from skyforge_tui.demo.servers.semaphore.shapes import Shape
from skyforge_tui.demo.servers.semaphore.state import Room, State
from skyforge_tui.demo.servers.semaphore.things import (
    Environment,
    GitRepository,
    Inventory,
    Key,
    View,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: where it is kept, how it is told, and what is asked of it."""

    path: str
    """The word in the path, and the name of its place in a room."""
    title: str
    """How the server calls one in its complaints."""
    noun: str
    """How events call one."""
    type: type[Any]
    tell: Callable[[Any], Shape]
    is_silent: bool
    """Whether old releases answer the making of one with nothing."""
    accept: Callable[[Any, Any, State], None] | None = None
    """Check what was given, and take from what is there what must not be lost."""

    def things(self, room: Room) -> dict[int, Any]:
        """Return all of a project, by id."""
        found: dict[int, Any] = getattr(room, self.path)
        return found

    def users(self, room: Room, number: int) -> Users:
        """Return what uses a thing."""
        return users_of(self.path, room, number)


def _accept_key(given: Key, before: Key | None, state: State) -> None:
    if before is not None and not given.override_secret:
        given.string, given.ssh, given.login_password = (
            before.string, before.ssh, before.login_password,
        )  # fmt: skip
    given.override_secret = False
    if given.type not in ("none", "ssh", "login_password", "string"):
        raise Refusal(400)


def _accept_environment(given: Environment, before: Environment | None, state: State) -> None:
    for text, name in ((given.json, "Extra"), (given.env or "{}", "Environment")):
        try:
            json.loads(text)
        except ValueError:
            raise Refusal(400, f"{name} variables must be valid JSON") from None
    kept = {} if before is None else {one.id: one for one in before.secrets}
    for one in given.secrets:
        if one.operation == "delete":
            kept.pop(one.id, None)
            continue
        if one.operation == "create" or before is None:
            one.id = state.numbers.next("secret")
        elif one.operation != "update":
            continue
        one.operation = ""
        kept[one.id] = one
    given.secrets = list(kept.values())


def _tell_environment(one: Environment) -> Shape:
    data = shapes.plain(one)
    data["secrets"] = [
        {"id": secret.id, "type": secret.type, "name": secret.name, "secret": ""}
        for secret in one.secrets
    ] or None
    return data


KINDS: Final = (
    Kind("keys", "Access Key", "key", Key, shapes.key, True, _accept_key),
    Kind("repositories", "Repository", "repository", GitRepository, shapes.plain, True),
    Kind("inventory", "Inventory", "inventory", Inventory, shapes.plain, False),
    Kind(
        "environment", "Environment", "environment", Environment, _tell_environment, True,
        _accept_environment,
    ),
    Kind("views", "View", "view", View, shapes.plain, False),
)  # fmt: skip
