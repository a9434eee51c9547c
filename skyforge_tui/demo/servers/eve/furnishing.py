"""What labs the company keeps on its EVE-NG, and what runs of them."""

from __future__ import annotations

import random
import uuid
from itertools import pairwise
from typing import Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.servers.eve.state import State
from skyforge_tui.demo.servers.eve.things import Account, Lab, Network, Node, Run

_TENANTS: Final = 1
_ROLES: Final = {"admin": "admin", "olga": "admin", "mika": "editor", "rosa": "editor"}
_LABS: Final[tuple[tuple[str, str, str, tuple[str, ...], int], ...]] = (
    ("/", "bgp-basics", "olga", ("r1", "r2", "r3"), 3),
    ("/", "dmvpn-phase3", "mika", ("hub", "spoke1", "spoke2", "spoke3"), 0),
    ("/team", "dc1 evpn", "olga", ("spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4"), 0),
    ("/team", "qos-lab", "rosa", ("pe1", "pe2", "ce1", "ce2", "gen"), 0),
    ("/team/training", "ospf-areas", "gus", ("r1", "r2", "r3", "r4", "r5"), 0),
    ("/team/training", "first-steps", "gus", (), 0),
    ("/Users/olga", "scratch", "olga", ("vpc1", "vpc2"), 0),
)  # fmt: skip
"""Folder, name, author, nodes, and how many of them run."""


def furnish(state: State, *, more_labs: int = 0, nodes: int = 3) -> None:
    """Fill a server with the company's people and labs, and `more_labs` of `nodes` nodes each."""
    for tenant, person in enumerate(state.estate.people.values(), _TENANTS):
        role = _ROLES.get(person.username, "user")
        state.accounts[person.username] = Account(
            person.username, person.password, person.name, role, tenant
        )
    for folder, name, author, names, running in _LABS:
        lab = add_lab(state, folder, name, author, names)
        tenant = state.accounts[author].tenant
        for node in list(lab.nodes.values())[:running]:
            state.runs[tenant, lab.id, node.id] = Run(0)
    for number in range(more_labs):
        names = tuple(f"n{one + 1}" for one in range(nodes))
        add_lab(state, f"/stock/{number // 25 + 1}", f"stock-{number + 1}", "mika", names)


def add_lab(state: State, folder: str, name: str, author: str, names: tuple[str, ...]) -> Lab:
    """Add a lab whose nodes stand in a ring; folders above it are made."""
    above = folder
    while above and above != "/":
        state.folders.add(above)
        above = above.rpartition("/")[0]
    path = f"{folder.rstrip('/')}/{name}.unl"
    rolls: random.Random = state.estate.dice("eve", path)
    now = state.estate.clock.now()
    lab = Lab(
        path, name, str(uuid.UUID(int=rolls.getrandbits(128), version=4)), author,
        f"{name} of {author}", saved_at=now - rolls.randrange(1, 40) * 86400 * SECOND,
    )  # fmt: skip
    for number, node in enumerate(names, 1):
        is_small = node.startswith(("vpc", "gen"))
        kind = ("vpcs", "vpcs", "none") if is_small else ("qemu", "vios", "vios-15.6.2T")
        lab.nodes[number] = Node(
            number, node, *kind, icon="Desktop.png" if is_small else "Router.png",
            left=100 + 120 * number, ethernet=1 if is_small else 4,
        )  # fmt: skip
    _wire(lab)
    state.labs[path] = lab
    return lab


def _wire(lab: Lab) -> None:
    """Connect each node with the next by a hidden bridge, where both have a free interface."""
    nodes = list(lab.nodes.values())
    for a, b in pairwise(nodes):
        at_a, at_b = len(a.links), len(b.links)
        if at_a >= a.ethernet or at_b >= b.ethernet:
            continue
        number = len(lab.networks) + 1
        lab.networks[number] = Network(number, f"Net-{a.name}iface_{at_a}", visibility=0)
        a.links[at_a], b.links[at_b] = number, number
