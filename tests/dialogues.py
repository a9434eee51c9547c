"""A person, as connecting meets them: hears everything, answers what the test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from skyforge_tui.domain.connection import Step, StepReport, StepState
from skyforge_tui.domain.errors import NotSignedIn, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof


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
