"""A refusal says who refused: we ourselves, and then nobody was asked, or a server that was."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Refused
from skyforge_tui.tui.errors import as_notice


@pytest.mark.parametrize("family", [Forbidden, Invalid, Conflict])
def test_what_we_refuse_was_not_sent(family: type[Refused]) -> None:
    """Where no server is named, nothing was sent, and that is said."""
    notice = as_notice(family("you may look, not run", operation="run:start", advice="ask olga"))
    assert (notice.title, notice.where) == ("Refused  start run", "")
    assert notice.body == "you may look, not run. Nothing was sent"
    assert notice.advice == "ask olga"


@pytest.mark.parametrize("family", [Forbidden, Invalid, Conflict])
def test_what_a_server_refuses_was_sent(family: type[Refused]) -> None:
    """Where a server refused, it is named, and nobody claims that nothing was sent."""
    notice = as_notice(family("no room", upstream="emea", operation="run.start"))
    assert (notice.title, notice.where, notice.body) == ("Refused  start run", "emea", "no room")
