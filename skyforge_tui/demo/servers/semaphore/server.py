"""A Semaphore server of the pretend world, from its database to its port."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import turn
from skyforge_tui.demo.people import Person
from skyforge_tui.demo.servers.semaphore.alarms import Alarms
from skyforge_tui.demo.servers.semaphore.app import make_app
from skyforge_tui.demo.servers.semaphore.feed import Feed
from skyforge_tui.demo.servers.semaphore.furnishing import furnish
from skyforge_tui.demo.servers.semaphore.habits import Habits
from skyforge_tui.demo.servers.semaphore.life import Life
from skyforge_tui.demo.servers.semaphore.numbers import Numbers
from skyforge_tui.demo.servers.semaphore.past import Past
from skyforge_tui.demo.servers.semaphore.present import set_going
from skyforge_tui.demo.servers.semaphore.sessions import Sessions
from skyforge_tui.demo.servers.semaphore.state import Room, State
from skyforge_tui.demo.servers.semaphore.telling import Teller
from skyforge_tui.demo.servers.semaphore.things import Template
from skyforge_tui.demo.servers.web import Dated, WebServer


@dataclass(slots=True)
class Stock:
    """What a new server holds beside the company's templates."""

    past_runs: int = 0
    more_templates: int = 0
    is_busy: bool = False
    """Whether some runs are under way when it opens."""


class SemaphoreServer(WebServer):
    """A server: what it keeps, how it behaves, and what goes wrong with it."""

    kind = "semaphore"

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
        self.state = State(estate, self.habits, Numbers(self.habits))
        self.sessions = Sessions(self.state)
        self.feed = Feed(self.habits, lambda scope: self.listener.reset(scope))
        self.life = Life(self.state, Teller(self.state, self.feed))
        self.alarms = Alarms(self)
        self.runners: list[dict[str, Any]] = []
        ping_s = 54 if self.habits.version.minor < 13 else 108
        app = Dated(make_app(self), estate.clock, lambda: self.habits.clock_skew_s)
        self.serve(app, port=port, tls=tls, ping_s=ping_s)
        self._stock = stock or Stock()
        furnish(self, self._stock.more_templates)
        Past(self.state).make(self._stock.past_runs)

    @property
    def url(self) -> str:
        """The address of the server, sub-path included, without `/api`."""
        return self.listener.url + self.habits.sub_path

    async def open(self) -> None:
        """Begin to serve."""
        await super().open()
        self.alarms.set_all()
        if self._stock.is_busy:
            set_going(self)

    async def crash(self) -> None:
        """Break off; some releases know nothing of the runs afterwards that were under way."""
        await super().crash()
        if self.habits.forgets_runs:
            self.life.forget()

    def expire(self) -> int:
        """End all sessions; return how many."""
        return self.sessions.expire()

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in, by role."""
        people = self.estate.people
        return {role: people[name].credentials(self.token(name)) for role, name in BY_ROLE.items()}

    def status(self) -> dict[str, Any]:
        """Return counts, and the e-mails with one-time codes that were sent."""
        return {
            "connections": self.listener.connections,
            "sockets": self.feed.audience,
            "sessions": len(self.sessions.by_cookie),
            "runs": len(self.state.runs),
            "active_runs": sum(not one.is_over for one in self.state.runs.values()),
            "mailbox": [{"to": one.to, "code": one.code} for one in self.sessions.mailbox],
        }

    def token(self, username: str) -> str:
        """Return the API token that a person has from the beginning."""
        return token_of(self.estate.people[username])

    def drop_project(self, room: Room) -> None:
        """Delete a project with everything in it."""
        for template in list(room.templates.values()):
            self.drop_template(room, template)
        del self.state.rooms[room.project.id]

    def drop_template(self, room: Room, template: Template) -> None:
        """Delete a template with its schedules and its runs."""
        for schedule in list(room.schedules.values()):
            if schedule.template_id == template.id:
                self.alarms.drop(room, schedule)
                del room.schedules[schedule.id]
        for run in list(self.state.runs_in(room.project.id, template.id)):
            self.life.drop(run)
            self.state.drop_run(run)
        del room.templates[template.id]


def make_semaphore(
    estate: Estate, *, port: int = 0, tls: ssl.SSLContext | None = None, **habits: Any
) -> SemaphoreServer:
    """Return a server with these habits; fields of `Stock` are taken too.

    Raises:
        ValueError: a habit is none.
    """
    chosen, stock = Habits(), Stock()
    turn(habits, chosen, stock)
    return SemaphoreServer(estate, chosen, stock=stock, port=port, tls=tls)


def token_of(person: Person) -> str:
    """Return a person's token as Semaphore's look: 44 characters in lower case."""
    return f"{person.token('semaphore')}sky="
