"""Fills a new Semaphore server with the company's accounts, projects and templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.estate import Project as Work
from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.state import Account, Room, State
from skyforge_tui.demo.servers.semaphore.things import (
    Environment,
    GitRepository,
    Inventory,
    Key,
    Template,
)

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

_YEAR = 365 * 86400 * SECOND


def furnish(server: SemaphoreServer) -> None:
    """Fill the server."""
    state = server.state
    begun = state.estate.clock.now() - _YEAR
    for person in state.estate.people.values():
        account = Account(state.numbers.next("user"), person, begun)
        state.accounts[account.id] = account
        server.sessions.make_token(account, server.token(person.username))
    for work in state.estate.projects:
        room = state.add_project(shapes.new_project(work.name, begun), None)
        for username, role in work.members.items():
            member = state.account(username)
            if member is not None:
                room.members[member.id] = role
        _fill(state, room, work)


def _fill(state: State, room: Room, work: Work) -> None:
    room.hosts = work.hosts
    none = next(iter(room.keys.values()))
    for repository in work.repositories:
        state.add(room, "repositories", GitRepository(
            name=repository.name, git_url=repository.url, git_branch=repository.branches[0],
            ssh_key_id=none.id,
        ))  # fmt: skip
    inventory = state.add(room, "inventory", Inventory(
        name=work.name, inventory=_inventory(work), ssh_key_id=none.id
    ))  # fmt: skip
    state.add(room, "keys", Key(name="network-admin", type="login_password"))
    group = state.add(room, "environment", Environment(name="defaults", json='{"who":"network"}'))
    state.add(room, "templates", Template(
        name="Greet", playbook="site.yml", app="ansible", inventory_id=inventory.id,
        repository_id=next(iter(room.repositories)), environment_id=group.id, arguments="[]",
    ))  # fmt: skip


def _inventory(work: Work) -> str:
    """Return the machines as an inventory file."""
    return "\n".join(
        f"[{group}]\n" + "\n".join(hosts) + "\n" for group, hosts in work.hosts.items()
    )
