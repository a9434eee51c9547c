"""Puts what a pass of the sync learned beside what others learned meanwhile. Pure."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.ports.sync_book import SyncMemory


def together(
    before: SyncMemory, now: SyncMemory, learned: SyncMemory, *, has_written: bool
) -> SyncMemory:
    """Return what is to be remembered of a project from now on.

    A pass that began with `before` `learned` this, while `now` is what is remembered. One that
    wrote nothing must not forget what another learned; one that wrote tells how things are, and
    what a person said of files meanwhile holds.
    """
    if now == before:
        return learned
    if not has_written:
        return now
    there, mine = now.blueprint, learned.blueprint
    said = {
        path: stays
        for path, stays in there.settled.items()
        if before.blueprint.settled.get(path) is not stays
    }
    if not said or there.place != mine.place:
        return learned
    blueprint = replace(mine, settled={**mine.settled, **said}, commit="", head="")
    return replace(learned, blueprint=blueprint)
