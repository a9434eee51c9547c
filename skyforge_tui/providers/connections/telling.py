"""Tells a person how an attempt to connect is going, and knows at which step it is."""

from __future__ import annotations

from skyforge_tui.domain.connection import Step, StepReport, StepState
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.ports.connector import Dialogue


class Teller:
    """Reports steps to `dialogue`."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.step = Step.ADDRESS

    def begin(self, step: Step, words: str = "") -> None:
        """Say that a step has begun."""
        self.step = step
        self.dialogue.tell(StepReport(step, StepState.RUNNING, words))

    def done(self, step: Step, words: str) -> None:
        """Say that a step is done."""
        self.step = step
        self.dialogue.tell(StepReport(step, StepState.DONE, words))

    def caution(self, step: Step, words: str, advice: str) -> None:
        """Say that a step is done, and what a person should know of it."""
        self.step = step
        self.dialogue.tell(StepReport(step, StepState.CAUTION, words, advice))

    def failed(self, error: SkyforgeError) -> None:
        """Say that the present step failed."""
        report = StepReport(self.step, StepState.FAILED, error.message, error.advice)
        self.dialogue.tell(report)
