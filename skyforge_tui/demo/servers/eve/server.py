"""An EVE-NG server of the pretend world, from its labs to its port."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import turn
from skyforge_tui.demo.servers.eve.app import make_app
from skyforge_tui.demo.servers.eve.furnishing import furnish
from skyforge_tui.demo.servers.eve.habits import Habits
from skyforge_tui.demo.servers.eve.state import State
from skyforge_tui.demo.servers.web import WebServer, end


@dataclass(slots=True)
class Stock:
    """What a new server holds beside the company's labs."""

    more_labs: int = 0
    nodes: int = 3
    """Of each of those."""


class EveServer(WebServer):
    """A server: what it keeps, how it behaves, and what goes wrong with it."""

    kind = "eve"

    def __init__(
        self,
        estate: Estate,
        habits: Habits | None = None,
        *,
        stock: Stock | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(estate)
        self.habits = habits or Habits()
        self.state = State(estate, self.habits)
        self.exports: dict[str, bytes] = {}
        """Archives by the path under which they are fetched."""
        stock = stock or Stock()
        furnish(self.state, more_labs=stock.more_labs, nodes=stock.nodes)
        self.serve(make_app(self), port=port, tls=tls)

    async def close(self) -> None:
        """Serve no more; what goes on ends."""
        await super().close()
        await end(self.state.tasks)

    def expire(self) -> int:
        """End all sessions; return how many."""
        count = len(self.state.sessions)
        self.state.sessions.clear()
        return count

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in, by role; there are no tokens."""
        return {
            role: {"username": name, "password": self.estate.people[name].password}
            for role, name in BY_ROLE.items()
        }

    def status(self) -> dict[str, Any]:
        """Return counts."""
        return {
            "connections": self.listener.connections,
            "sessions": len(self.state.sessions),
            "labs": len(self.state.labs),
            "running_nodes": len(self.state.runs),
            "asked": dict(self.state.asked),
        }


def make_eve(
    estate: Estate, *, port: int = 0, tls: ssl.SSLContext | None = None, **habits: Any
) -> EveServer:
    """Return a server with these habits; fields of `Stock` are taken too.

    Raises:
        ValueError: a habit is none.
    """
    chosen, stock = Habits(), Stock()
    turn(habits, chosen, stock)
    return EveServer(estate, chosen, stock=stock, port=port, tls=tls)
