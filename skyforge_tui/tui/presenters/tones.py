"""States, ages, durations, times and sizes as people read them.

Quiet when well: success is plain text behind a small green sign; ink is spent on what deviates.
"""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.tui.presenters import glyphs
from skyforge_tui.tui.presenters.amounts import age, clock, count, duration, several, size
from skyforge_tui.tui.presenters.cells import Line, Span, Tone

__all__ = [
    "ASKS",
    "StateLook",
    "age",
    "clock",
    "count",
    "duration",
    "run_look",
    "run_state",
    "several",
    "size",
]


@dataclass(frozen=True, slots=True)
class StateLook:
    """A state as sign, word and tones, in that order at the same column of every table."""

    glyph: str
    word: str
    tone: Tone
    word_tone: Tone = "text"
    bold: bool = False

    @property
    def line(self) -> Line:
        """The sign and the word."""
        return (Span(self.glyph, self.tone, bold=self.bold), Span(f" {self.word}", self.word_tone))


_RUNS: dict[RunState, StateLook] = {
    RunState.WAITING: StateLook(glyphs.QUEUED, "queued", "muted", "muted"),
    RunState.STARTING: StateLook(glyphs.PENDING, "starting", "spin"),
    RunState.RUNNING: StateLook(glyphs.RUNNING, "running", "accent"),
    RunState.STOPPING: StateLook(glyphs.PENDING, "stopping", "spin"),
    RunState.STOPPED: StateLook(glyphs.STOPPED, "stopped", "muted", "muted"),
    RunState.SUCCESS: StateLook(glyphs.PASSED, "passed", "ok"),
    RunState.ERROR: StateLook(glyphs.FAILED, "failed", "bad", "bad", bold=True),
    RunState.LOST: StateLook(glyphs.FAILED, "lost", "bad", "bad", bold=True),
    RunState.UNKNOWN: StateLook(glyphs.UNKNOWN, "unknown", "muted", "muted"),
}
ASKS = StateLook(glyphs.ASKS, "asks you", "warn", "warn", bold=True)


def run_state(state: RunState, *, waits_for_input: bool = False) -> StateLook:
    """Return how a run's state looks; one that waits for a person asks, whatever else it does."""
    if waits_for_input and state is RunState.RUNNING:
        return ASKS
    return _RUNS[state]


def run_look(run: Run) -> StateLook:
    """Return how a run looks."""
    return run_state(run.state, waits_for_input=run.asks)
