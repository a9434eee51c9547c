"""What can be asked of what asks for attention, and each concern as such a question sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from skyforge_tui.domain.concern import Concern, Distrust, Drift
from skyforge_tui.domain.freshness import UpstreamHealth
from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.searchable import Field, Record, record
from skyforge_tui.domain.vocabularies import RUNS, microseconds_of, run_record

ATTENTION = replace(
    RUNS,
    noun="concerns",
    fields=(
        Field("why", about="broke, needs me or runs"),
        Field("what", about="run, upstream, project or lab"),
        Field("name", about="what it is called"),
        *RUNS.fields,
    ),
    words=(*RUNS.words, "muted", "trust", "drift", "problem"),
)


def concern_record(one: Concern, now: datetime, me: Me, *, is_muted: bool) -> Record:
    """Return a concern as a question sees it; of a run, all that can be asked of runs too."""
    texts = {
        "why": str(one.why), "what": one.what, "name": one.name, "project": one.project,
        "who": one.who, "note": one.note,
    }  # fmt: skip
    words = {"muted"} if is_muted else set()
    if one.is_of(me):
        words.add("mine")
    age = None if one.at is None else microseconds_of(now - one.at)
    match one.thing:
        case Run():
            seen = run_record(one.thing, now, me)
            own = record(texts, {}, frozenset(words))
            return replace(seen, texts={**seen.texts, **own.texts}, words=seen.words | own.words)
        case Lab():
            state, server = str(one.thing.state), one.thing.provider
        case UpstreamHealth(name=name):
            state, server = "lost", name
        case Distrust():
            state, server = "trust", ""
        case Drift():
            state, server = "drift", ""
        case Project():
            state, server = "problem", ""
    texts["state"] = state
    return record(texts, {"age": age}, frozenset({*words, state}), server)
