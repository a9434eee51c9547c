"""Projects made and deleted in pictures: cards with steps that a test decides about."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.making import Draft, Follower, Outcome, Went
from skyforge_tui.tui.presenters.cells import Span
from skyforge_tui.tui.presenters.making import MAKING, REMOVING, Undertaking
from skyforge_tui.tui.widgets.making_card import MakingCard
from tests.tui.cockpit_harness import press, until_shown, write

_NO_ROOM = (
    "semaphore: only its administrators make projects: ask one for a project named Edge,"
    " with you as owner"
)
_STEPS = (
    Outcome("repository net/edge at gitea", Went.LEFT),
    Outcome("manifest .skyforge/project.toml", Went.LEFT),
    Outcome("create collaborator ines: editor", Went.LEFT),
    Outcome("create run project Edge", Went.FAILED, _NO_ROOM),
    Outcome("create key none", Went.FAILED),
)
_LOST = (
    Outcome(
        "run project Edge at semaphore", Went.LEFT, "12 runs go with it; 1 goes on now",
        ("key none", "repository edge", "inventory localhost", "variable group edge variables",
         "template Deploy", "template Nightly audit (not of its manifest)",
         "its schedules, and what ran there", "access of ines, jonas, mara"),
    ),
    Outcome(
        "repository https://git.example.net/net/edge", Went.LEFT, "",
        ("1,204 files with their whole history", "issues, releases and whatever else is there",
         "access of ines, jonas"),
    ),
)  # fmt: skip
ENDED = (Went.WAS_SO, Went.DONE, Went.DONE, Went.FAILED, Went.LEFT)
_KEPT = ("artifacts below edge", "labs, also at nl-1", "output of its runs that was read here")


def making(went: tuple[Went, ...] = ()) -> Callable[[Pilot[Any]], Coroutine[Any, Any, None]]:
    """Return steps that show what would be made, and how it went where that is given."""

    async def look() -> Draft:
        return Draft(_STEPS, ("what is in the repository already",))

    async def do(follower: Follower, _: Draft) -> None:
        for step, how in zip(_STEPS, went, strict=True):
            follower.tell(step.what, how, step.why if how is Went.FAILED else "")

    async def steps(pilot: Pilot[Any]) -> None:
        title = (Span("Make ", "strong", bold=True), Span("net/edge"))
        same = "skyforge projects create net/edge --on gitea --engine semaphore"
        asked = Undertaking(title, "make it", "change something", MAKING, look, do, same)
        await _shown(pilot, asked)
        await until_shown(pilot, "cannot be done")
        if went:
            await press(pilot, "enter", shows="do what is missing")

    return steps


async def removing(pilot: Pilot[Any]) -> None:
    """Show what would be deleted, half of its name typed."""

    async def look() -> Draft:
        return Draft(_LOST, _KEPT)

    async def do(follower: Follower, seen: Draft) -> None:
        follower.expect(seen.steps)

    title = (Span("Delete edge", "bad", bold=True),)
    same = "skyforge projects rm edge --confirm edge"
    asked = Undertaking(
        title, "delete it for good", "keep all", REMOVING, look, do, same, words="edge",
        is_destructive=True,
    )  # fmt: skip
    await _shown(pilot, asked)
    await until_shown(pilot, "keep all")
    await write(pilot, "ed")
    await until_shown(pilot, "Type edge ed")


async def _shown(pilot: Pilot[Any], asked: Undertaking) -> None:
    await pilot.app.push_screen(MakingCard(asked, lambda call: pilot.app.call_next(call)))
