"""One's own history: lines, sent commands and pins, and what happens when it cannot be kept."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.events import NoticeRaised
from skyforge_tui.domain.history import LineKind, Outcome
from skyforge_tui.domain.identity import Principal, TemplateId
from tests.fakes.core import Core

ADA = Principal("ada")


async def test_outcomes() -> None:
    """A sent command is kept with who sent it, when, where, and how it went."""
    core = Core()
    await core.history.log(ADA, "skyforge runs stop 1", "/srv")
    await core.history.log(ADA, "skyforge runs stop 1", "/srv", Conflict("it has ended"))
    await core.history.log(ADA, "skyforge runs stop 2", "/srv", Unavailable("no answer"))
    sent = await core.history.sent(ADA)
    assert [(one.outcome, one.note) for one in sent] == [
        (Outcome.OK, ""), (Outcome.REFUSED, "it has ended"), (Outcome.FAILED, "no answer"),
    ]  # fmt: skip
    assert {(one.by, one.directory, one.at) for one in sent} == {("ada", "/srv", core.clock.time)}


async def test_full_disk_is_told() -> None:
    """History that cannot be kept fails nothing: it is said."""
    core = Core()
    core.history_store.full = Unavailable("no space left", advice="free some")
    await core.history.log(ADA, "skyforge runs stop 1", "/srv")
    await core.history.remember(ADA, LineKind.COMMAND, "runs")
    assert [one.notice.body for one in core.told(NoticeRaised)] == ["no space left"] * 2


async def test_lines_come_newest_first() -> None:
    """A line used again is the newest, and stands there once."""
    core = Core()
    for line in ("runs", "labs", "runs"):
        await core.history.remember(ADA, LineKind.COMMAND, line)
    assert await core.history.lines(ADA, LineKind.COMMAND) == ["runs", "labs"]
    assert await core.history.lines(ADA, LineKind.LAUNCH) == []


async def test_pins() -> None:
    """Pinning takes the first free digit, pinning again frees it, and the tenth is refused."""
    core = Core()
    names = [TemplateId(f"local:/p#{at}") for at in range(10)]
    assert [await core.history.toggle_pin(ADA, one) for one in names[:9]] == list(range(1, 10))
    with pytest.raises(Conflict, match="nine"):
        await core.history.toggle_pin(ADA, names[9])
    assert await core.history.toggle_pin(ADA, names[3]) is None
    assert await core.history.toggle_pin(ADA, names[9]) == 4
    assert (await core.history.pins(ADA))[4] == names[9]
