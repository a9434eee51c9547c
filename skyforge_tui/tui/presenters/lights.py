"""One light per upstream: all of them as dots at least, in words as far as the row is wide.

Words go first, then names; never a dot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.tui.presenters.amounts import age
from skyforge_tui.tui.presenters.cells import Line, Span, joined, literal, width_of
from skyforge_tui.tui.presenters.glyphs import FAILED, READY, STOPPED_LAB, UNKNOWN


@dataclass(frozen=True, slots=True)
class Light:
    """An upstream as its light shows it."""

    name: str
    state: UpstreamState
    age: str = ""
    word: str = ""
    """How an ill one is, in a word or two."""
    needs_confirm: bool = False
    """Whether its guard asks before anything changes there."""
    is_read_only: bool = False
    is_unchecked: bool = False
    """Whether nobody checks who answers there: that is said wherever there is a word."""

    @property
    def is_well(self) -> bool:
        """Whether it answers, or was switched off on purpose."""
        return self.state in (UpstreamState.LIVE, UpstreamState.DISABLED)


def light_of(health: UpstreamHealth, now: datetime) -> Light:
    """Return the light of an upstream as last heard."""
    return Light(
        name=literal(health.name),
        state=health.state,
        age=age(now - health.as_of) if health.as_of else "",
        word=_word(health),
        needs_confirm=health.guard is Guard.CONFIRM,
        is_read_only=health.guard is Guard.READ_ONLY,
        is_unchecked=health.is_unchecked,
    )


def _word(health: UpstreamHealth) -> str:
    """Return how an ill upstream is: one that is tried again by itself was heard before."""
    if health.state is not UpstreamState.ERROR:
        return ""
    return "lost" if health.attempt else literal(health.error)


_DOTS: dict[UpstreamState, Span] = {
    UpstreamState.LIVE: Span(READY, "ok"),
    UpstreamState.DISABLED: Span(STOPPED_LAB, "muted"),
    UpstreamState.ERROR: Span(FAILED, "bad", bold=True),
    UpstreamState.UNKNOWN: Span(UNKNOWN, "muted"),
}


def lights_line(lights: Sequence[Light], width: int) -> Line:
    """Return the lights as rich as they fit into `width` cells."""
    ways: tuple[Callable[[Sequence[Light]], Line], ...] = (
        _in_words,
        lambda some: _as_dots(some, aged=True, worded=len(some)),
        lambda some: _as_dots(some, aged=True, worded=1),
        lambda some: _as_dots(some, aged=False, worded=1),
        lambda some: _as_dots(some, aged=False, worded=0),
        _only_dots,
    )
    found: Line = ()
    for way in ways:
        found = way(lights)
        if width_of(found) <= width:
            return found
    return found if width_of(found) <= width else ()


def _name(light: Light) -> Line:
    mark: Line = (Span("·unchecked", "warn"),) if light.is_unchecked else ()
    return (*_guarded(light), *mark)


def _guarded(light: Light) -> Line:
    if light.needs_confirm:
        return (Span(f"{light.name}!", "warn"),)
    if light.is_read_only:
        return (Span(f"{light.name}·ro", "muted"),)
    return (Span(light.name, "muted" if light.is_well else "text"),)


def _in_words(lights: Sequence[Light]) -> Line:
    """Healthy ones grouped by age, ill ones by name, state and age."""
    groups: dict[tuple[UpstreamState, str], list[Light]] = {}
    for light in lights:
        if light.is_well:
            groups.setdefault((light.state, light.age), []).append(light)
    parts: list[Line] = []
    for (state, old), group in sorted(groups.items(), key=lambda item: _seconds(item[0][1])):
        ending = "off" if state is UpstreamState.DISABLED else old
        names = [_name(light) for light in group]
        tail = ((Span(ending, "muted"),),) if ending else ()
        parts.append(joined([(_DOTS[state],), *names, *tail], " "))
    parts.extend(_ill(light, worded=True) for light in lights if not light.is_well)
    return joined(parts)


def _ill(light: Light, *, worded: bool) -> Line:
    tone = _DOTS[light.state].tone
    rest = " ".join(part for part in (light.word if worded else "", light.age) if part)
    return (
        _DOTS[light.state],
        Span(" "),
        *_name(light),
        *((Span(f" {rest}", tone),) if rest else ()),
    )


def _as_dots(lights: Sequence[Light], *, aged: bool, worded: int) -> Line:
    """One dot each, names only for the ill; the first `worded` of them say how they are."""
    well = [light for light in lights if light.is_well and not light.is_unchecked]
    spans: list[Span] = []
    for light in well:
        spans.append(_DOTS[light.state])
        if light.needs_confirm:
            spans.append(Span("!", "warn", bold=True))
    # This machine is never away: how old its news is says nothing of the servers beside it.
    away = [light for light in well if light.name != LOCAL] or well
    oldest = max((light.age for light in away), key=_seconds, default="")
    if aged and spans and oldest:
        spans.append(Span(f" {oldest}", "muted"))
    ill = [light for light in lights if light not in well]
    shown = [_ill(light, worded=index < worded) for index, light in enumerate(ill)]
    return joined([tuple(spans), joined(shown)], " " if len(shown) < 2 else "  ")


def _only_dots(lights: Sequence[Light]) -> Line:
    return tuple(_DOTS[light.state] for light in lights)


def _seconds(text: str) -> int:
    if not text:
        return 0
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 31536000}
    return int(text[:-1]) * units[text[-1]]
