"""What a Semaphore server did before anybody looked: weeks of runs, told when they are asked for.

Only what lists show is made at once. What a run wrote is played again, from the same dice, when
somebody reads it: ten thousand runs cost no more than their rows in a list.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.estate import Project as Work
from skyforge_tui.demo.estate import Recipe
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import Room, State
from skyforge_tui.demo.servers.semaphore.tales import Tale, remember, tale_of
from skyforge_tui.demo.servers.semaphore.things import Template

_SPAN_S: Final = 45 * 86400
_LAST_S: Final = 3600
"""The last hour belongs to runs that are still going."""
_VARIANTS: Final = 6
_STOPPED: Final = 0.04
_SCHEDULED: Final = 0.7
_NOTES: Final = ("", "", "", "as agreed on Thursday", "again, with the right limit", "change 4711")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can have been run, and how often it was."""

    room: Room
    work: Work
    recipe: Recipe
    template: Template


class Past:
    """Makes runs that are over."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._dice = state.estate.dice("past")
        self._tales: dict[tuple[object, ...], Tale] = {}

    def make(self, count: int) -> None:
        """Add this many runs, the oldest first."""
        dice = self._dice
        latest = self._state.estate.clock.now() - _LAST_S * SECOND
        moments = sorted(latest - dice.randrange(_SPAN_S) * SECOND for _ in range(count))
        offers = offers_of(self._state)
        chosen = dice.choices(offers, [one.recipe.often for one in offers], k=count)
        for moment, offer in zip(moments, chosen, strict=True):
            self._add(moment, offer)

    def _add(self, moment: int, offer: Offer) -> None:
        room, template, dice = offer.room, offer.template, self._dice
        schedule = next(
            (one for one in room.schedules.values() if one.template_id == template.id), None
        )
        if dice.random() > _SCHEDULED:
            schedule = None
        actors = [name for name, role in offer.work.members.items() if role != "guest"]
        account = None if schedule else self._state.account(dice.choice(actors))
        commit = dice.choice(offer.work.repositories[0].commits[:5])
        run = Run(
            id=self._state.numbers.next("task"),
            project_id=room.project.id,
            template_id=template.id,
            user_id=None if account is None else account.id,
            created=moment,
            secret="",
            message=schedule.name if schedule else dice.choice(_NOTES),
            environment=answers_of(offer.recipe, dice),
            schedule_id=None if schedule is None else schedule.id,
            commit_hash=commit.sha,
            commit_message=commit.message,
        )
        variant = dice.randrange(_VARIANTS)
        tale = self._tale(run, offer, variant)
        run.start = moment + round(2.2 * SECOND)
        run.status = "error" if tale.code else "success"
        length = tale.length
        if dice.random() < _STOPPED:
            run.status, length = "stopped", length // 2
        run.end = run.start + length + SECOND // 3
        version = self._state.habits.version
        run.past = lambda: remember(run, room, template, self._tale(run, offer, variant), version)
        self._state.add_run(run)
        self._state.tell(
            "task", run.id,
            f"Task ID {run.id} ({template.name}) finished with status {run.status.upper()}",
            room=room, account=account, at=run.end,
        )  # fmt: skip

    def _tale(self, run: Run, offer: Offer, variant: int) -> Tale:
        """Return what happened, in one of the few ways in which a recipe's runs go."""
        key = (offer.recipe.name, offer.work.name, run.environment, variant)
        if key not in self._tales:
            dice = self._state.estate.dice("tale", *key)
            self._tales[key] = tale_of(run, offer.room, offer.template, dice)
        return self._tales[key]


def offers_of(state: State) -> list[Offer]:
    """Return all recipes with the templates that were made of them."""
    return [
        Offer(room, work, recipe, template)
        for room, work in zip(state.rooms.values(), state.estate.projects, strict=True)
        for recipe in work.recipes
        for template in room.templates.values()
        if template.name == recipe.name
    ]


def answers_of(recipe: Recipe, dice: random.Random) -> str:
    """Return what somebody answered, as JSON; nothing where nothing was asked."""
    answers = {one.name: dice.choice(one.usual) for one in recipe.questions if one.usual}
    return json.dumps(answers) if answers else ""
