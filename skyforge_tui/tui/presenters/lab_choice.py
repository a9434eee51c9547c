"""Where a project's labs run, as rows to choose from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.services.lab_choice import LabPlace
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, fitted, line, literal

_MODES: dict[UpstreamState, tuple[str, Tone, str]] = {
    UpstreamState.LIVE: (glyphs.READY, "ok", "live"),
    UpstreamState.DISABLED: (glyphs.NONE, "muted", "not there"),
    UpstreamState.ERROR: (glyphs.FAILED, "bad", "no answer"),
    UpstreamState.UNKNOWN: (glyphs.UNKNOWN, "muted", "not asked yet"),
}
ANYWHERE = "None is chosen: labs may run wherever labs run here."


def place_line(place: LabPlace, chosen: Sequence[str]) -> Line:
    """Return something that runs labs: its place in the choice, name, kind, and how it is."""
    rank = chosen.index(place.name) + 1 if place.name in chosen else 0
    mark = Span(f"{rank}." if rank else " ·", "accent" if rank else "muted", bold=bool(rank))
    glyph, tone, word = _MODES[place.mode]
    if not place.kind:
        glyph, tone, word = glyphs.UNKNOWN, "warn", "not known here"
    labs = tones.several(place.labs, "lab") if place.kind else ""
    return line(
        mark, "  ", fitted((Span(literal(place.name), bold=bool(rank)),), 20, cut="middle"), "  ",
        fitted((Span(literal(place.kind), "muted"),), 12), "  ",
        fitted((Span(f"{glyph} ", tone), Span(word, tone)), 16), Span(labs, "muted"),
    )  # fmt: skip


def labs_query(chosen: Sequence[str]) -> str:
    """Return what leaves only the labs of these servers in the table; empty for those of all.

    What a server is called stands last in its cell, and is no other one's whole name.
    """
    names = "|".join(re.escape(one).replace("/", r"\/") for one in chosen)
    return f"server:/ ({names})$/" if chosen else ""


def choice_words(slug: str, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the headless command that writes a choice, without the program's name."""
    options = (word for name in chosen for word in ("--lab-server", name))
    return ("projects", "servers", slug, *(options if chosen else ("--any",)))
