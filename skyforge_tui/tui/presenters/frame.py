"""The rows around every place: places and identity, crumb and lights, keys, notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_line,
    fitted,
    joined,
    literal,
    spread,
    width_of,
    wrapped_line,
)
from skyforge_tui.tui.presenters.glyphs import FAILED, PARTIAL, PASSED, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.lights import Light

MARGIN = 2
TALL = 30
"""From so many rows on there is a blank one below the crumbs."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places of the header; `id` is what a click reports."""

    key: str
    title: str
    id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts here: profile, person, and role in what is shown; empty parts are left out."""

    profile: str = ""
    person: str = ""
    role: str = ""


def header_line(
    places: Sequence[Place],
    active: str,
    identity: Identity,
    width: int,
    *,
    broken: int = 0,
    waiting: int = 0,
) -> Line:
    """Return the row of places, with who one is at its right end.

    The last place carries how much broke (red), else how much waits for a person (amber).
    The identity loses profile, then role; then the places lose the words of all but the active one.
    """
    inner = width - 2 * MARGIN
    count = _count(broken, waiting)
    for worded in (True, False):
        left = _places(places, active, count, worded=worded)
        for parts in _identities(identity):
            room = inner + 1 - width_of(left) - (2 if parts else 0)
            if width_of(parts) <= room:
                return (Span(" " * (MARGIN - 1)), *spread(left, parts, inner + 1))
    return (Span(" "), *cut_line(left, width - 1))


def _count(broken: int, waiting: int) -> Line:
    if broken:
        return (Span(f" {broken}", "bad", bold=True),)
    return (Span(f" {waiting}", "warn", bold=True),) if waiting else ()


def _places(places: Sequence[Place], active: str, count: Line, *, worded: bool) -> Line:
    """Return the places, each with a blank around it: the active one's band needs them."""
    spans: list[Span] = []
    for index, place in enumerate(places):
        is_active = place.id == active
        text = f" {place.key} {place.title}" if worded or is_active else f" {place.key}"
        tail = count if index == len(places) - 1 else ()
        if is_active:
            spans.append(Span(text, "accent", bold=True, on="place", ref=place.id))
            spans.extend(tail)
            spans.append(Span(" ", on="" if tail else "place"))
        else:
            spans.append(Span(text, "muted", ref=place.id))
            spans.extend((*tail, Span(" ")))
    return tuple(spans[:-1])


def _identities(identity: Identity) -> tuple[Line, ...]:
    profile, person, role = (literal(one) for one in _parts(identity))
    dot = Span(" · ", "muted")
    full: list[Span] = []
    for text, tone in ((profile, "muted"), (person, "muted"), (role, "text")):
        if text:
            if full:
                full.append(dot)
            full.append(Span(text, tone))  # type: ignore[arg-type]
    shorter = (Span(person, "muted"), dot, Span(role)) if person and role else ()
    shortest = (Span(person, "muted"),) if person else ()
    return tuple(full), shorter, shortest, ()


def _parts(identity: Identity) -> tuple[str, str, str]:
    return identity.profile, identity.person, identity.role


def title_line(title: str, count: str = "") -> Line:
    """Return the name of a place and how much it shows (`27 of 813`)."""
    return (Span(title, "strong", bold=True), *((Span(f" {count}", "muted"),) if count else ()))


def crumb_line(*steps: str) -> Line:
    """Return the way to here; the last step is the thing itself."""
    spans: list[Span] = []
    for index, step in enumerate(steps):
        is_last = index == len(steps) - 1
        if index:
            spans.append(Span(" › ", "muted"))
        spans.append(Span(literal(step), "strong" if is_last else "muted", bold=is_last))
    return tuple(spans)


def second_row(left: Line, lights: Sequence[Light], width: int, busy: Sequence[Line] = ()) -> Line:
    """Return crumb or title on the left and the lights on the right, as rich as they fit.

    A crumb too long loses its head, a title its name, which the tabs say too; the lights keep at
    least their dots. What is `busy`, the richest way to say it first, stands before the lights; it
    loses words before a crumb does.
    """
    if busy:
        return _busy_row(left, lights, width, busy)
    inner = width - 2 * MARGIN
    if not lights:
        return (Span(" " * MARGIN), *spread(left, (), inner))
    # Loaded when there are any, which is never in the first picture.
    from skyforge_tui.tui.presenters.lights import lights_line

    for keep in (left, *_shorter(left)):
        shown = lights_line(lights, inner - width_of(keep) - 2)
        if shown:
            return (Span(" " * MARGIN), *spread(keep, shown, inner))
    dots = lights_line(lights, max(0, inner - 12))
    room = inner - width_of(dots) - 2
    return (Span(" " * MARGIN), *spread(cut_line(left, room, "front"), dots, inner))


def _busy_row(left: Line, lights: Sequence[Light], width: int, busy: Sequence[Line]) -> Line:
    """Return the second row with what goes on in it."""
    from skyforge_tui.tui.presenters.lights import lights_line

    inner = width - 2 * MARGIN
    for said in busy:
        room = inner - width_of(left) - width_of(said) - 4
        shown = lights_line(lights, max(0, room)) if lights else ()
        if (shown or not lights) and room >= 0:
            return (Span(" " * MARGIN), *spread(left, joined([said, shown], "  "), inner))
    room = inner - width_of(busy[-1]) - 2
    keep = next((one for one in _shorter(left) if width_of(one) <= room), left)
    return (Span(" " * MARGIN), *spread(cut_line(keep, room, "front"), busy[-1], inner))


def _shorter(left: Line) -> list[Line]:
    """Return the crumb without its first step, its first two …; a title without its name."""
    match left:
        case (Span(bold=True), Span(text=count)):
            return [(Span(count.lstrip(), "muted"),)]
    steps = [index for index, span in enumerate(left) if span.text == " › "]
    return [(Span("› ", "muted"), *left[index + 1 :]) for index in steps]


def footer_line(hints: Sequence[KeyHint], width: int, lead: Line = (), help_key: str = "?") -> Line:
    """Return the keys that matter now; they drop from the right, `? keys` never does."""
    inner = width - 2 * MARGIN
    help_keys = hint_line(KeyHint(help_key, "keys", command_id="help"))
    room = inner - width_of(help_keys) - 2
    shown: list[Line] = []
    for hint in hints:
        longer = joined([*shown, hint_line(hint)])
        if width_of(longer) + (width_of(lead) + 3 if lead else 0) > room:
            break
        shown.append(hint_line(hint))
    left = joined([lead, joined(shown)], "   ")
    return (Span(" " * MARGIN), *spread(left, help_keys, inner))


@dataclass(frozen=True, slots=True)
class StripText:
    """What the notice strip says: a headline, why, what to do instead; and its edge's tone."""

    tone: Tone
    head: Line
    why: Line = ()
    advice: Line = ()

    def rows(self, width: int, *, hint: bool = True, most: int = 3) -> list[Line]:
        """Return rows of `width` cells, the way to close them at the end of the first.

        Three, and where the words need them more, at most `most`.
        """
        close = hint_line(KeyHint("esc", "close")) if hint else ()
        advice = wrapped_line(self.advice, width, 1 if most <= 3 else 2)
        why = wrapped_line(self.why, width, most - 1 - len(advice))
        return [spread(self.head, close, width), *(fitted(one, width) for one in (*why, *advice))]


_SIGNS: dict[Severity, tuple[Tone, str]] = {
    Severity.INFO: ("accent", PASSED),
    Severity.WARNING: ("warn", PARTIAL),
    Severity.REFUSED: ("warn", REFUSED),
    Severity.ERROR: ("bad", FAILED),
}


def notice_text(notice: Notice) -> StripText:
    """Return a notice as the strip says it: what, where and why, what next.

    A title in two parts (two blanks between) is a verdict and what it is about.
    """
    tone, sign = _SIGNS[notice.severity]
    verdict, _, about = literal(notice.title).partition("  ")
    if not about:
        verdict, about = "", verdict
    where = (Span(f"{literal(notice.where)}  ", "muted"),) if notice.where else ()
    return StripText(
        tone,
        (
            Span(f"{sign} {verdict}{'  ' if verdict else ''}", tone, bold=True),
            Span(about, "text", bold=True),
        ),
        (*where, Span(literal(notice.body), "text" if where else "muted")),
        (Span(literal(notice.advice), "muted"),),
    )
