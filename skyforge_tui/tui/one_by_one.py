"""Doing something to each of several things, with how each went, and the failed ones again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

    from skyforge_tui.tui.presenters.how_it_went import HowItWent
    from skyforge_tui.tui.widgets.outcomes import Item


async def one_by_one(
    app: App[Any], title: str, items: Sequence[Item], *, can_be_left: bool = False
) -> HowItWent:
    """Do it to each in turn, in view; return how it went when the person has seen that.

    What `can_be_left` goes on when the person looks elsewhere: then it returns at its end.

    Raises: what none of them should have raised.
    """
    from textual.worker import WorkerError

    from skyforge_tui.tui.widgets.outcomes import Outcomes

    outcomes = Outcomes(title, items, can_be_left=can_be_left)
    await app.push_screen_wait(outcomes)
    if outcomes.is_left and outcomes.work is not None:
        with suppress(WorkerError):  # the application tells of a defect
            await outcomes.work.wait()
    if outcomes.defect is not None:
        raise outcomes.defect
    return outcomes.how_it_went
