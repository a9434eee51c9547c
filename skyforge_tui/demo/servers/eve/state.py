"""Everything a pretend EVE-NG keeps, and who is signed in."""

from __future__ import annotations

import asyncio
import hmac
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.habits import Habits
from skyforge_tui.demo.servers.eve.things import Account, Lab, Node, Run


@dataclass(slots=True)
class Session:
    """A sign-in; there is one for each account at most."""

    account: Account
    used: int


@dataclass(slots=True)
class State:
    """The server's memory."""

    estate: Estate
    habits: Habits
    accounts: dict[str, Account] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {"/"})
    labs: dict[str, Lab] = field(default_factory=dict)
    """By path."""
    runs: dict[tuple[int, str, int], Run] = field(default_factory=dict)
    """What runs: by tenant, lab and node."""
    sessions: dict[str, Session] = field(default_factory=dict)
    """By cookie."""
    asked: Counter[str] = field(default_factory=Counter)
    """How often each kind of request came, as `GET nodes`."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """What goes on although whoever asked for it may be gone."""

    # Signing in.

    def sign_in(self, username: str, password: str, html5: int) -> str:
        """Begin a session and return its cookie; another one of that account ends before.

        Raises:
            Refusal: name or password are wrong; even then the other session has ended.
        """
        for cookie in [key for key, one in self.sessions.items() if
                       one.account.username == username]:  # fmt: skip
            del self.sessions[cookie]
        account = self.accounts.get(username)
        if account is None or not hmac.compare_digest(account.password, password):
            raise Refusal(
                400,
                "Authentication failed: invalid username/password. Default username is "
                '"admin" with password "unl" (90014).',
            )
        account.html5 = html5
        rolls = self.estate.dice("eve", "cookie", username, self.asked.total())
        cookie = str(uuid.UUID(int=rolls.getrandbits(128), version=4))
        self.sessions[cookie] = Session(account, self.estate.clock.now())
        return cookie

    def account_of(self, cookie: str) -> Account | None:
        """Return who a cookie belongs to, unless it idled for too long."""
        session = self.sessions.get(cookie)
        now = self.estate.clock.now()
        if session is None or now - session.used > self.habits.idle_s * SECOND:
            return None
        session.used = now
        return session.account

    # Nodes.

    def status_of(self, tenant: int, lab: Lab, node: Node) -> int:
        """Return 0 stopped, 2 running or 3 running and still locked, as this pod sees it.

        Before Pro it is told by the console's port, which node 1 of every lab shares.
        """
        self._forget_ended()
        run = self.runs.get((tenant, lab.id, node.id))
        if run is None and self.habits.edition != "pro":
            run = next(
                (one for (whose, _, number), one in self.runs.items()
                 if whose == tenant and number == node.id),
                None,
            )  # fmt: skip
        if run is None:
            return 0
        return 2 if self.estate.clock.now() >= run.built_at else 3

    async def start(self, tenant: int, lab: Lab, node: Node) -> None:
        """Start a node; takes its time.

        Raises:
            Refusal: it does not start.
        """
        await self.take(self.habits.start_s + node.delay)
        if node.name in self.habits.broken_nodes.split(","):
            raise Refusal(400, "Failed to start node (12).")
        boot = round(self.habits.boot_s * SECOND)
        self.runs.setdefault((tenant, lab.id, node.id), Run(self.estate.clock.now() + boot))

    async def take(self, seconds: float) -> None:
        """Let something take its time, which may be none."""
        if seconds > 0:
            await self.estate.clock.sleep(seconds)

    def stop(self, tenant: int, lab: Lab, node: Node, linger_s: float = 0.0) -> None:
        """Stop a node; it may seem to run for a moment yet."""
        run = self.runs.get((tenant, lab.id, node.id))
        if run is not None:
            run.ends_at = self.estate.clock.now() + round(linger_s * SECOND)
        self._forget_ended()

    def _forget_ended(self) -> None:
        now = self.estate.clock.now()
        for key, run in list(self.runs.items()):
            if run.ends_at is not None and now >= run.ends_at:
                del self.runs[key]

    def running(self, lab: Lab) -> Iterator[int]:
        """Yield the tenants whose pods run something of a lab."""
        yield from {tenant for tenant, lab_id, _ in self.runs if lab_id == lab.id}

    # What goes on.

    async def go_on(self, lab: Lab, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something to a lab that nobody else may change meanwhile, whoever gives up waiting.

        Raises:
            Refusal: something else is going on in it for too long; or what the work raises.
        """
        await self.free(lab)
        lab.is_busy = True

        async def held() -> None:
            try:
                await work()
            finally:
                lab.is_busy = False

        task = asyncio.get_running_loop().create_task(held())
        self.tasks.add(task)
        task.add_done_callback(self._over)
        await asyncio.shield(task)

    async def free(self, lab: Lab) -> None:
        """Wait until nothing goes on in a lab.

        Raises:
            Refusal: it takes too long.
        """
        waited = 0.0
        while lab.is_busy:
            if waited >= self.habits.lock_patience_s:
                raise Refusal(400, "Failed to lock the lab (60061).")
            await self.estate.clock.sleep(0.5)
            waited += 0.5

    def _over(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has heard of it
