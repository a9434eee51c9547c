"""Connecting for tests: a person who answers, a server that is found, a book in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from skyforge_tui.domain.connection import Found, Given, Server, Step, StepReport, StepState
from skyforge_tui.domain.errors import NotSignedIn, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.ports.connector import Dialogue, SecretPlace


@dataclass
class ScriptedDialogue:
    """Answers in order, and trusts what it is shown when `trusts`; implements `Dialogue`."""

    answers: list[str | Callable[[], str]] = field(default_factory=list)
    trusts: bool = False
    reports: list[StepReport] = field(default_factory=list)
    asked: list[tuple[Proof, str]] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)

    def tell(self, report: StepReport) -> None:
        """Keep what was told."""
        self.reports.append(report)

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Give the next answer."""
        self.asked.append((wanted, why))
        if not self.answers:
            raise NotSignedIn(why)
        answer = self.answers.pop(0)
        return Hidden(answer if isinstance(answer, str) else answer())

    async def trust(self, fingerprint: str, words: str) -> None:
        """Trust, or not."""
        self.shown.append((fingerprint, words))
        if not self.trusts:
            raise Untrusted(words, advice=f"--pin {fingerprint}")

    @property
    def states(self) -> dict[Step, StepState]:
        """How each step ended, in the order in which they first came."""
        return {one.step: one.state for one in self.reports}

    def words(self, step: Step) -> str:
        """Return the last words on a step."""
        return [one.words for one in self.reports if one.step is step][-1]


@dataclass
class MemoryBook:
    """Connections in memory; implements `ConnectionBook`."""

    known: list[Server] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    async def servers(self) -> tuple[Server, ...]:
        """Return what was written."""
        return tuple(self.known)

    async def write(self, server: Server) -> str:
        """Write it."""
        self.known = [one for one in self.known if one.name != server.name] + [server]
        return "book"

    async def secret_places(self) -> tuple[SecretPlace, ...]:
        """Return both."""
        return ("keyring", "file")

    async def keep_secret(self, place: SecretPlace, name: str, value: Hidden) -> str:
        """Keep it."""
        self.kept[f"{place}:{name}"] = value.reveal()
        return f"{place}:{name}"

    async def replace_secret(self, reference: str, value: Hidden) -> bool:
        """Replace nothing."""
        return False


Course = Callable[[Dialogue], Awaitable[None]]


@dataclass
class FakeConnector:
    """Finds what it is told to find; implements `Connector`."""

    token: str = "new-token"
    error: Exception | None = None
    kind: str = "semaphore"
    course: Course | None = None
    """What is told and asked before it is found."""
    given: Given | None = None
    """What was given last."""

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find it, or raise."""
        self.given = given
        if self.course is not None:
            await self.course(dialogue)
        if self.error:
            raise self.error
        token = given.token or Hidden(self.token if makes_token else "")
        return Found(server, "2.16", "ada", "all", 1.0, None, token)
