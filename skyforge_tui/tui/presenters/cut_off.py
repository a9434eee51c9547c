"""A run whose server does not answer: what is known of it, since when, and when it is tried."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.domain.identity import LOCAL, upstream_of
from skyforge_tui.domain.run import Run
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, joined, line, literal

_RULE = 10
_RULE_AFTER = 40


def lost_light(run: Run, lights: Iterable[UpstreamHealth]) -> UpstreamHealth | None:
    """Return the light of a run's server, if that does not answer while the run goes on."""
    upstream = upstream_of(run.id)
    if upstream == LOCAL or run.state.is_final:
        return None
    for light in lights:
        if light.name == upstream and light.state is UpstreamState.ERROR:
            return light
    return None


def stale_upstreams(lights: Iterable[UpstreamHealth]) -> frozenset[str]:
    """Return the servers whose things are shown as they were last known."""
    return frozenset(
        one.name for one in lights if one.name != LOCAL and one.state is UpstreamState.ERROR
    )


MAY_GO_ON: Line = (Span("run may go on", "muted"),)


def cut_off_line(run: Run, light: UpstreamHealth, now: datetime) -> Line:
    """Return the first row of such a run's page."""
    took = None if light.as_of is None else run.duration(light.as_of)
    state: Line = (
        Span(f"{glyphs.CUT_OFF} ", "bad", bold=True),
        Span("cut off", "bad", bold=True),
        Span(f" at {tones.duration(took)}" if took is not None else "", "strong", bold=True),
    )
    since = "" if light.as_of is None else f" {_clock(light.as_of, now)}"
    told = [f"{literal(light.name)} lost{since}"]
    if light.attempt:
        told.append(f"try {light.attempt}{_until(light.retry_at, now)}")
    return joined([state, (Span(", ".join(told), "muted"),)], "  ")


def cut_end_line(light: UpstreamHealth, now: datetime) -> Line:
    """Return the row below what is kept of its output."""
    at = "" if light.as_of is None else f", {_clock(light.as_of, now)}"
    return line(
        Span(glyphs.TRACK * _RULE, "bad"),
        Span(f" {glyphs.CUT_OFF} cut off", "bad", bold=True),
        Span(f" here{at}. All above is on this disk. ", "muted"),
        Span(glyphs.TRACK * _RULE_AFTER, "bad"),
    )


def _clock(at: datetime, now: datetime) -> str:
    return f"{at.astimezone(now.tzinfo):%H:%M:%S}"


def _until(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    seconds = round((at - now).total_seconds())
    return f" in {seconds}s" if seconds > 0 else " now"
