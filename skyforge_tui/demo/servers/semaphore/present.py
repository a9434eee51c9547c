"""What goes on at a Semaphore server when one comes in: some runs are under way already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.servers.semaphore.past import answers_of, offers_of
from skyforge_tui.demo.servers.semaphore.starting import start
from skyforge_tui.demo.servers.semaphore.things import TaskRequest

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

_UNDER_WAY: Final = (
    ("edge-fabric", "BGP policy", "olga"),
    ("edge-fabric", "BGP policy", "mika"),
    ("edge-fabric", "Soak test", "rosa"),
    ("campus", "Upgrade software", "mika"),
    ("cloud-landing", "Network", "olga"),
    ("lab-services", "Netlab up", "rosa"),
)
"""Project, recipe and who started it; the second waits for the first."""


def set_going(server: SemaphoreServer) -> None:
    """Start what is under way."""
    state = server.state
    dice = state.estate.dice("present")
    offers = {(one.work.name, one.recipe.name): one for one in offers_of(state)}
    for project, name, username in _UNDER_WAY:
        offer = offers[project, name]
        request = TaskRequest(
            template_id=offer.template.id,
            environment=answers_of(offer.recipe, dice),
            message="since this morning",
        )
        run = start(state, offer.room, state.account(username), request)
        run.created -= dice.randint(5, 40) * SECOND
        server.life.begin(run)
