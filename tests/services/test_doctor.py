"""Anybody may ask what this machine has."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from tests.fakes.core import Core
from tests.fakes.machine import FakeMachine

ANYBODY = Principal("nobody")


def a_check(name: str, state: CheckState = CheckState.OK) -> Check:
    """Return a check of a tool."""
    return Check(name, CheckGroup.TOOL, state, "something")


async def test_everything_in_reading_order() -> None:
    """An examination answers every check, in the machine's order."""
    core = Core(machine=FakeMachine(a_check("git"), a_check("make", CheckState.ERROR)))
    assert await core.doctor.names(ANYBODY) == ("git", "make")
    found = await core.doctor.examine(ANYBODY)
    assert [(one.name, one.state) for one in found] == [
        ("git", CheckState.OK), ("make", CheckState.ERROR)
    ]  # fmt: skip
    assert (await core.doctor.check(ANYBODY, "git")).state is CheckState.OK


async def test_a_machine_is_in_no_project() -> None:
    """There is no project whose roles would say who may look at the machine."""
    with pytest.raises(NotFound):
        await Core().doctor.project_of("machine")
