"""What uses what inside a project: things that are used cannot be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from skyforge_tui.demo.servers.semaphore.state import Room


@dataclass(frozen=True, slots=True)
class Users:
    """The users of a thing, as id and name."""

    templates: tuple[dict[str, Any], ...] = ()
    inventories: tuple[dict[str, Any], ...] = ()
    repositories: tuple[dict[str, Any], ...] = ()

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """Return them as `/refs` does."""
        return {
            "templates": list(self.templates),
            "inventories": list(self.inventories),
            "repositories": list(self.repositories),
        }

    def first(self) -> str:
        """Return which kind of thing uses it, or nothing."""
        for name, found in self.told().items():
            if found:
                return name
        return ""


def users_of(path: str, room: Room, number: int) -> Users:
    """Return what uses the thing `number` of the kind that is found at `path`."""
    templates = room.templates.values()
    match path:
        case "keys":
            return Users(
                _named(one for one in templates
                       if number in [vault.vault_key_id for vault in one.vaults]),
                _named(one for one in room.inventory.values()
                       if number in (one.ssh_key_id, one.become_key_id)),
                _named(one for one in room.repositories.values() if one.ssh_key_id == number),
            )  # fmt: skip
        case "repositories":
            return Users(
                _named(one for one in templates if one.repository_id == number),
                _named(one for one in room.inventory.values() if one.repository_id == number),
            )
        case "inventory":
            return Users(_named(one for one in templates if one.inventory_id == number))
        case "environment":
            return Users(
                _named(one for one in templates
                       if number in (one.environment_id, *one.environment_ids))
            )  # fmt: skip
    return Users()


def _named(things: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    return tuple({"id": one.id, "name": one.name} for one in things)
